import { describe, expect, it } from 'vitest'

import { childKey, stepOfChild } from '../../runtime/engine/child.ts'
import type { Started } from '../../runtime/engine/state.ts'
import { undoPlan } from '../../runtime/engine/undo-plan.ts'
import type { EventOf } from '../../schemas/execution-events.ts'
import { cancelAndUndo, endChild } from '../support/commands.ts'
import {
  attemptStarted,
  busy,
  cancel,
  cancelled,
  done,
  executionFailed,
  failAttempt,
  made,
  startExecution,
  stepCancelled,
  stepFailed,
  succeed,
  t0,
} from '../support/events.ts'
import { eventsOf, fold, given, logOf, readFrom } from '../support/given.ts'
import { each, graphOf, http, inside, make, start, step } from '../support/graphs.ts'
import { childStarted, eachStarted, iterationStarted, undoing } from '../support/whole-events.ts'

const graph = graphOf(
  [
    start,
    http('book'),
    make('release', 'released'),
    each('orders'),
    http('charge', inside('orders')),
    make('refund', '{{ item }}', inside('orders')),
    http('last'),
  ],
  [
    'start -> book',
    'book -> orders',
    'orders.body -> charge',
    'orders -> last',
    'book.compensate -> release',
    'charge.compensate -> refund',
  ],
)
const [first, second] = ['orders@orders[0]', 'orders@orders[1]']
/** What undoes them. */
const [undoFirst, undoSecond] = [`${first}/orders[0]`, `${second}/orders[0]`]
const child1 = { workflowId: 'workflow-1', executionId: 'child-1', version: 3 }
const child2 = { ...child1, executionId: 'child-2' }
const asksToUndo = (id: string, child: string, attempt = 1) =>
  attemptStarted(id, attempt, t0, { request: { kind: 'undo', config: { child }, injections: [] } })

/** Three orders in batches of two: the first is done, and the second has begun. */
const inTwos = [
  ...logOf(startExecution(graph)),
  done('book', 'a room', { attempt: 1 }),
  eachStarted('orders', ['a', 'b', 'c'], { batchSize: 2 }),
  iterationStarted('orders', 0),
  attemptStarted(first, 1, t0, { request: { kind: 'batch', config: {}, injections: [] } }),
  childStarted(first),
]
const ended = (id: string, executionId: string, undoable: number) =>
  endChild(id, { status: 'succeeded', output: ['A', 'B'] }, executionId, { heardAt: 0, undoable })
const firstDone = [...inTwos, ...eventsOf(inTwos, ended(first, 'child-1', 2))]
const secondBegun = [...firstDone, ...eventsOf(firstDone, succeed(second, child2))]
const bothDone = [...secondBegun, ...eventsOf(secondBegun, ended(second, 'child-2', 1))]
const failed = { type: 'failed', failure: busy, step: step('last') } as const

describe('an execution that has worked in batches', () => {
  it('[CMP10] has each of them undone by its child, in their place among the steps', () => {
    given(...bothDone)
      .when(failAttempt('last', { retryable: false }))
      .then(
        ...eventsOf(bothDone, failAttempt('last', { retryable: false })).slice(0, 2),
        undoing([second, first, 'book'], failed),
        asksToUndo(undoSecond, `execution-1.${second}`),
      )
  })

  it('[CMP10] goes on when the child has ended once more', () => {
    const fails = [...bothDone, ...eventsOf(bothDone, failAttempt('last', { retryable: false }))]
    const asked = [...fails, ...eventsOf(fails, succeed(undoSecond, child2))]
    expect(asked.at(-1)).toEqual({ ...childStarted(undoSecond), ...child2 })
    const again = endChild(second, { status: 'cancelled', failure: busy }, 'child-2', {
      heardAt: asked.length - 1,
      undoable: 0,
    })
    given(...asked)
      .when(again)
      .then(done(undoSecond, null, { attempt: 1 }), asksToUndo(undoFirst, `execution-1.${first}`))
  })

  it('[CMP10] ends when all is undone, whatever came of it', () => {
    const commands = [
      failAttempt('last', { retryable: false }),
      succeed(undoSecond, child2),
      endChild(second, { status: 'quarantined', failure: busy }, 'child-2'),
      succeed(undoFirst, null),
    ]
    const log = eventsOf(bothDone, ...commands)
    expect(log.slice(-5)).toEqual([
      stepFailed(
        undoSecond,
        { ...busy, details: { executionId: 'child-2', status: 'quarantined' } },
        { handled: 'continue' },
      ),
      asksToUndo(undoFirst, `execution-1.${first}`),
      done(undoFirst, null, { attempt: 1 }),
      made('release', { output: { value: 'released' } }),
      executionFailed(busy, 'last'),
    ])
  })

  it('[CHD13] does not take an end of the time before for that', () => {
    const asked = eventsOf(bothDone, failAttempt('last', { retryable: false }), succeed(undoSecond, child2))
    given(...bothDone, ...asked)
      .when(ended(second, 'child-2', 1))
      .then()
    const early = eventsOf(bothDone, failAttempt('last', { retryable: false }))
    given(...bothDone, ...early)
      .when(ended(second, 'child-2', 1))
      .thenRejected({ reason: 'not_waiting', step: step(undoSecond) })
  })

  it('[CMP10] leaves out a batch in which nothing can be undone', () => {
    const idle = [...inTwos, ...eventsOf(inTwos, ended(first, 'child-1', 0))]
    const log = eventsOf(
      idle,
      succeed(second, child2),
      ended(second, 'child-2', 0),
      failAttempt('last', { retryable: false }),
    )
    expect(log.filter(({ type }) => type === 'CompensationStarted')).toEqual([undoing(['book'], failed)])
  })

  it('[CMP11] has a batch undone that was left before it ended, and tells it at once to stop', () => {
    const after = given(...secondBegun).when(cancelAndUndo())
    after.then(
      stepCancelled('orders'),
      stepCancelled(second),
      undoing([second, first, 'book'], { type: 'cancelled', reason: 'not needed any more' }),
      asksToUndo(undoSecond, `execution-1.${second}`),
    )
    const { notices } = after.state as Started
    expect([...notices.values()]).toMatchObject([{ notice: 'cancel' }])
  })

  it('[CMP11] also when nobody knows whether it began, but not when it was refused', () => {
    const undone = (code: string) => {
      const log = eventsOf(firstDone, failAttempt(second, { retryable: false, failure: { code, message: '' } }))
      return log.flatMap((event) => (event.type === 'CompensationStarted' ? event.steps : []))
    }
    expect(undone('child_not_reached')).toEqual([second, first, 'book'])
    expect(undone('workflow_not_found')).toEqual([first, 'book'])
  })

  it('[CMP11] undoes nothing of it when nobody asked for that', () => {
    given(...secondBegun)
      .when(cancel())
      .then(stepCancelled('orders'), stepCancelled(second), cancelled())
  })

  it('[CMP10] has one undone that failed', () => {
    const fails = endChild(second, { status: 'failed', failure: busy }, 'child-2', { heardAt: 0, undoable: 1 })
    const log = eventsOf(secondBegun, fails)
    const details = { executionId: 'child-2', status: 'failed' }
    expect(log.slice(0, 3)).toEqual([
      { ...stepFailed(second, { ...busy, details }), undoable: 1 },
      stepFailed('orders', { code: 'item_failed', message: `batch 1 failed at ${second}: busy` }),
      undoing([second, first, 'book'], { type: 'failed', failure: busy, step: step(second) }),
    ])
  })

  it('[PLN4] says in its plan how many steps of a batch, and which execution undoes them', () => {
    const plan = undoPlan(fold(secondBegun), readFrom(secondBegun), t0)
    expect(plan).toEqual({
      ok: true,
      steps: [
        { undoes: second, step: undoSecond, child: { executionId: 'child-2' } },
        { undoes: first, step: undoFirst, child: { executionId: 'child-1', steps: 2 } },
        { undoes: 'book', step: 'release' },
      ],
    })
  })

  it('[PLN4] says nothing of a child that nobody knows yet', () => {
    expect(undoPlan(fold(firstDone), readFrom(firstDone), t0)).toMatchObject({
      steps: [{ undoes: second, child: {} }, { undoes: first }, { undoes: 'book' }],
    })
  })

  it('[CMP10] finds the child of a batch by the request that started it', () => {
    const asked = asksToUndo(undoFirst, `execution-1.${first}`) as EventOf<'AttemptStarted'>
    expect(childKey(asked)).toBe(`execution-1.${first}`)
    expect(stepOfChild(fold(bothDone) as Started, step(first))).toBe(first)
  })
})
