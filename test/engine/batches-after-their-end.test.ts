import { describe, expect, it } from 'vitest'

import { endedByFailStep, undoableCount } from '../../runtime/engine/child.ts'
import type { Started } from '../../runtime/engine/state.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import { cancelAndUndo, endChild, hear } from '../support/commands.ts'
import {
  attemptStarted,
  busy,
  cancel,
  done,
  executionFailed,
  failAttempt,
  requestOf,
  startExecution,
  started,
  stepCancelled,
  stepFailed,
  succeed,
  succeeded,
  t0,
} from '../support/events.ts'
import { eventsOf, fold, given, logOf, readFrom } from '../support/given.ts'
import { each, graphOf, http, inside, make, start, step } from '../support/graphs.ts'
import {
  childStarted,
  eachStarted,
  heard,
  iterationStarted,
  parentHeard,
  resumed,
  retried,
  undoing,
} from '../support/whole-events.ts'

const graph = graphOf(
  [start, each('orders'), http('charge', inside('orders')), make('refund', '{{ item }}', inside('orders'))],
  ['start -> orders', 'orders.body -> charge', 'charge.compensate -> refund'],
)
const cancelledFor = (reason: string): ExecutionEvent => ({ type: 'ExecutionCancelled', at: t0, reason })

describe('a batch', () => {
  const batch = { container: step('orders'), first: 0, items: ['a', 'b'], concurrency: 1, bytes: 1, scope: {} }
  const parent = {
    executionId: 'parent-1',
    step: step('orders@orders[0]'),
    depth: 1,
    isAwaited: true,
    isOfFailure: false,
  }
  const begin = startExecution(graph, { batch, parent })
  const charged = (index: number) => succeed(`charge@orders[${index}]`, 'paid')
  const over = logOf(begin, charged(0), charged(1))
  const reason = 'execution parent-1 is undone'
  const undo = hear(9, { notice: 'undo', reason })
  const heardIt = parentHeard('undo', 9)
  const countOf = (log: readonly ExecutionEvent[]) => undoableCount(fold(log) as Started)

  it('[CMP10] goes on after its end to undo what it did, and ends again', () => {
    given(...over)
      .when(undo)
      .then(
        heardIt,
        undoing(['charge@orders[1]', 'charge@orders[0]'], { type: 'cancelled', reason }),
        done('refund@orders[1]', { value: 'b' }),
        done('refund@orders[0]', { value: 'a' }),
        cancelledFor(reason),
      )
  })

  it('[CMP10] tells its end again, and has nothing more to undo', () => {
    const told = [...over, heard('ended', over.length)]
    const log = [...told, ...eventsOf(told, undo)]
    expect([countOf(told), countOf(log)]).toEqual([2, 0])
    expect([...(fold(log) as Started).notices.values()]).toMatchObject([{ notice: 'ended' }])
    given(...log)
      .when(undo)
      .then()
    given(...log)
      .when(hear(10, { notice: 'retry' }))
      .thenRejected({ reason: 'compensated' })
  })

  it('[EAC11] goes on where it was when its parent says so, however it ended', () => {
    const goesOn = (...log: readonly ExecutionEvent[]) =>
      given(...log)
        .when(hear(9, { notice: 'retry' }))
        .then(parentHeard('retry', 9), retried(), attemptStarted('charge@orders[1]', 2, t0, again))
    const again = { request: requestOf('charge') }
    goesOn(...logOf(begin, charged(0), failAttempt('charge@orders[1]', { retryable: false })))
    goesOn(...logOf(begin, charged(0), cancel()))
    const whole = given(...over).when(hear(9, { notice: 'retry' }))
    whole.then(parentHeard('retry', 9), retried(), succeeded('orders'))
  })

  it('[EAC11] goes on as it is when it has not ended, and hears no more that it is to stop', () => {
    const held = logOf(begin, hear(7, { notice: 'pause', timers: 'frozen' }))
    given(...held)
      .when(hear(9, { notice: 'retry' }))
      .then(parentHeard('retry', 9), resumed())
    given(...logOf(begin, hear(9, { notice: 'retry' })))
      .when(hear(8, { notice: 'cancel', reason, compensate: false }))
      .then()
  })

  it('[EAC11] does not go on where it would only do the same', () => {
    const stop = { id: 'stop', kind: 'fail', config: { message: 'no' }, ...inside('orders') }
    const computing = graphOf([start, each('orders'), stop], ['start -> orders', 'orders.body -> stop'])
    given(...logOf(startExecution(computing, { batch, parent })))
      .when(hear(9, { notice: 'retry' }))
      .thenRejected({ reason: 'computes_the_same', step: step('stop@orders[0]') })
  })

  it('[CMP10] does not undo itself when it fails: its parent may go on', () => {
    const fails = logOf(begin, charged(0), failAttempt('charge@orders[1]', { retryable: false }))
    const why = 'item 1 failed at charge@orders[1]: busy'
    expect(fails.slice(-2)).toEqual([
      stepFailed('orders', { code: 'item_failed', message: why }),
      executionFailed(busy, 'charge@orders[1]'),
    ])
    given(...fails)
      .when(undo)
      .then(
        heardIt,
        undoing(['charge@orders[0]'], { type: 'failed', failure: busy, step: step('charge@orders[1]') }),
        done('refund@orders[0]', { value: 'a' }),
        executionFailed(busy, 'charge@orders[1]'),
      )
  })

  it('[CMP10] fails without a step at its deadline, and is undone as such', () => {
    const failure = { code: 'execution_timeout', message: 'late' }
    const late = [...logOf(begin, charged(0)), stepCancelled('charge@orders[1]'), stepCancelled('orders')]
    given(...late, executionFailed(failure))
      .when(undo)
      .then(
        heardIt,
        undoing(['charge@orders[0]'], { type: 'failed', failure }),
        done('refund@orders[0]', { value: 'a' }),
        executionFailed(failure),
      )
  })

  it('[CMP11] stops and undoes what it did when it is not over, or ends when it did nothing', () => {
    given(...logOf(begin, charged(0)))
      .when(undo)
      .then(
        heardIt,
        stepCancelled('charge@orders[1]'),
        stepCancelled('orders'),
        undoing(['charge@orders[0]'], { type: 'cancelled', reason }),
        done('refund@orders[0]', { value: 'a' }),
        cancelledFor(reason),
      )
    given(...logOf(begin))
      .when(undo)
      .then(heardIt, stepCancelled('charge@orders[0]'), stepCancelled('orders'), cancelledFor(reason))
  })

  it('[CMP10] that a person had undone is not undone again', () => {
    const undone = logOf(begin, charged(0), cancelAndUndo())
    expect(countOf(undone)).toBe(0)
    given(...undone)
      .when(undo)
      .then(heardIt)
  })

  it('[CMP11] that has ended and did nothing stays as it is', () => {
    given(...logOf(begin, cancel()))
      .when(undo)
      .then(heardIt)
  })

  it('[CMP10] counts a batch inside it by what that says, and one that was left as one', () => {
    const inner = { requestAt: 3, executionId: null }
    const undoable = { step: step('x'), batch: { ...inner, undoable: 5 }, older: null }
    const state = { ...(fold(over) as Started), undoable }
    expect(undoableCount(state)).toBe(5)
    expect(undoableCount({ ...state, undoable: { ...undoable, batch: { ...inner, undoable: null } } })).toBe(1)
    expect(countOf([started(graph)])).toBe(0)
  })

  it('[EAC9][CON7] says whether a fail step ended it, in it or in a batch of it', () => {
    const stop = { id: 'stop', kind: 'fail', config: { message: 'no' }, ...inside('orders') }
    const stopping = graphOf([start, each('orders'), stop], ['start -> orders', 'orders.body -> stop'])
    const saysSo = (log: readonly ExecutionEvent[]) =>
      endedByFailStep({ state: fold(log) as Started, read: readFrom(log) })
    expect(saysSo(logOf(startExecution(stopping, { batch, parent })))).toBe(true)
    expect(saysSo(logOf(startExecution(stopping, { trigger: { body: { items: [1] } } })))).toBe(false)
    expect(saysSo(over)).toBe(false)
    expect(saysSo(logOf(begin, failAttempt('charge@orders[0]', { retryable: false })))).toBe(false)
    const inner = 'lines@orders[0]/lines[0]'
    const nested = graphOf(
      [start, each('orders'), each('lines', {}, inside('orders')), http('call', inside('lines'))],
      ['start -> orders', 'orders.body -> lines', 'lines.body -> call'],
    )
    const within = [
      started(nested, { batch, parent }),
      iterationStarted('orders', 0),
      eachStarted('lines@orders[0]', [1, 2], { batchSize: 1 }),
      iterationStarted('lines@orders[0]', 0),
      attemptStarted(inner, 1, t0, { request: { kind: 'batch', config: {}, injections: [] } }),
      childStarted(inner),
    ]
    const ended = (byFailStep: boolean) =>
      endChild(inner, { status: 'failed', failure: busy }, 'child-1', { byFailStep })
    expect(saysSo([...within, ...eventsOf(within, ended(true))])).toBe(true)
    expect(saysSo([...within, ...eventsOf(within, ended(false))])).toBe(false)
  })

  it('[CMP10] is all that is undone so', () => {
    const calling = graphOf([start, http('call')], ['start -> call'])
    const cancelled = logOf(startExecution(calling), cancel())
    expect(() => given(...cancelled).when(undo)).toThrow('only a batch is undone for its parent')
    expect(() => given(...cancelled).when(hear(9, { notice: 'retry' }))).toThrow(
      'only a batch is retried by its parent',
    )
    expect(() => fold([...cancelled, undoing([], { type: 'cancelled', reason })])).toThrow(
      'only a failed execution is retried',
    )
  })
})
