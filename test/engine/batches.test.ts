import { describe, expect, it } from 'vitest'

import { batchOf } from '../../runtime/engine/batch.ts'
import type { Started } from '../../runtime/engine/state.ts'
import type { ExecutionEvent, StepRequest } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import { endChild, pause, resume, retryExecution } from '../support/commands.ts'
import {
  attemptFailed,
  attemptStarted,
  busy,
  done,
  executionFailed,
  failAttempt,
  made,
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
import { each, graphOf, http, inside, make, type NodeText, repeat, signalled, start, step } from '../support/graphs.ts'
import { childStarted, eachStarted, iterated, iterationStarted, resumed, retried } from '../support/whole-events.ts'

const graph = graphOf(
  [
    start,
    make('rate', 2),
    each('orders', { collect: '[item, steps.check.output]' }),
    http('check', {
      config: { url: 'https://api.example/{{ trigger.body.shop }}/{{ steps.rate.output.value }}' },
      ...inside('orders'),
    }),
    make('after', '{{ steps.orders.output }}'),
  ],
  ['start -> rate', 'rate -> orders', 'orders.body -> check', 'orders -> after'],
)
const request: StepRequest = { kind: 'batch', config: {}, injections: [] }
const startedBatch = (index: number, attempt = 1, at = t0) =>
  attemptStarted(`orders@orders[${index}]`, attempt, at, {
    request,
    idempotencyKey: `execution-1.orders@orders[${index}]`,
  })
/** Three orders in batches of two. */
const inTwos = [
  started(graph),
  made('rate', { output: { value: 2 } }),
  eachStarted('orders', ['a', 'b', 'c'], { batchSize: 2 }),
  iterationStarted('orders', 0),
  startedBatch(0),
]
const answered = [...inTwos, childStarted('orders@orders[0]')]
const endedAfter = (heardAt: number) =>
  endChild('orders@orders[0]', { status: 'succeeded', output: ['A', 'B'] }, 'child-1', { heardAt })
const ended = endedAfter(0)

describe('a list that is too long for one execution', () => {
  it('[EAC8] is worked on in batches, each by a child execution', () => {
    const items = Array.from({ length: limits.eachItems + 1 }, () => 0)
    const trigger = { body: { items } }
    given()
      .when(startExecution(graph, { trigger }))
      .then(
        started(graph, { trigger }),
        made('rate', { output: { value: 2 } }),
        eachStarted('orders', items, { batchSize: limits.eachItems }),
        iterationStarted('orders', 0),
        startedBatch(0),
      )
  })

  it('[EAC8] goes on with the next batch when one is over, and makes one list of their results', () => {
    given(...answered)
      .when(ended)
      .then(
        done('orders@orders[0]', ['A', 'B'], { attempt: 1 }),
        iterated('orders', 0, ['orders@orders[0]', 7], { bytes: 8 }),
        iterationStarted('orders', 1),
        startedBatch(1),
      )
    const log = [...answered, ...eventsOf(answered, ended, succeed('orders@orders[1]', child1, 1))]
    given(...log)
      .when(endChild('orders@orders[1]', { status: 'succeeded', output: ['C'] }))
      .then(
        done('orders@orders[1]', ['C'], { attempt: 1 }),
        iterated('orders', 1, ['orders@orders[1]', 12], { bytes: 4 }),
        done('orders', ['A', 'B', 'C']),
        done('after', { value: ['A', 'B', 'C'] }),
        succeeded('after'),
      )
  })

  it('[EAC8] gives a batch its items, and what they may read of what is outside', () => {
    const state = fold(inTwos) as Started
    expect(batchOf(state, readFrom(inTwos), step('orders@orders[0]'))).toMatchObject({
      batch: {
        container: 'orders',
        first: 0,
        items: ['a', 'b'],
        concurrency: 10,
        bytes: 1,
        scope: { steps: { rate: { output: { value: 2 } } } },
      },
      trigger: { body: { total: 40 } },
    })
  })

  it('[EAC8][PAU7] begins in a pause and after it nothing of what its child does', () => {
    const held = [...answered, ...eventsOf(answered, pause())]
    given(...held)
      .when(resume(t0 + 9))
      .then(resumed(t0 + 9))
  })

  it('[EAC9] ends the `each` with a batch that fails, also when that goes on without items', () => {
    const going = graphOf(
      [start, each('orders', { onItemError: 'continue' }), http('check', inside('orders'))],
      ['start -> orders', 'orders.body -> check'],
    )
    const log = [started(going), ...answered.slice(2)].filter(({ type }) => type !== 'StepSucceeded')
    const after = given(...log).when(endChild('orders@orders[0]', { status: 'failed', failure: busy }))
    expect(after.state).toMatchObject({ status: 'failed', failedStep: 'orders@orders[0]' })
  })

  it('[EAC9][CHD2] starts a batch ten times, and again when the execution is retried', () => {
    given(...inTwos)
      .when(failAttempt('orders@orders[0]'))
      .then(attemptFailed('orders@orders[0]', 1, { retryAt: t0 + 500 }))
    const failed = [...inTwos, ...eventsOf(inTwos, failAttempt('orders@orders[0]', { retryable: false }))]
    given(...failed)
      .when(retryExecution(t0 + 9))
      // No child had started that could go on.
      .then(retried(t0 + 9), startedBatch(0, 2, t0 + 9))
  })

  it('[EAC11] lets the child go on that failed, or was left, when the execution is retried', () => {
    const goesOn = (log: readonly ExecutionEvent[]) =>
      given(...log)
        .when(retryExecution(t0 + 9))
        .then(
          retried(t0 + 9),
          attemptStarted('orders@orders[0]', 2, t0 + 9, {
            request: { kind: 'retry', config: { child: 'execution-1.orders@orders[0]' }, injections: [] },
          }),
        )
    goesOn([...answered, ...eventsOf(answered, endChild('orders@orders[0]', { status: 'failed', failure: busy }))])
    goesOn([...answered, stepCancelled('orders'), stepCancelled('orders@orders[0]'), executionFailed(busy)])
  })

  it('[EAC11] asks the same child as often as the execution is retried', () => {
    const left = [...answered, stepCancelled('orders'), stepCancelled('orders@orders[0]'), executionFailed(busy)]
    const going = [...left, ...eventsOf(left, retryExecution(), succeed('orders@orders[0]', child1, 2))]
    const fails = endChild('orders@orders[0]', { status: 'failed', failure: busy }, 'child-1', { heardAt: 1000 })
    const log = [...going, ...eventsOf(going, fails, retryExecution())]
    expect(log.at(-1)).toMatchObject({ attempt: 3, request: { config: { child: 'execution-1.orders@orders[0]' } } })
  })

  it('[EAC11][CHD13] waits for the end that follows, not for one of the time before', () => {
    const fails = endChild('orders@orders[0]', { status: 'failed', failure: busy }, 'child-1', { heardAt: 0 })
    const failed = [...answered, ...eventsOf(answered, fails)]
    const again = [...failed, ...eventsOf(failed, retryExecution(), succeed('orders@orders[0]', child1, 2))]
    given(...again)
      .when(fails)
      .then()
    const next = given(...again).when(endedAfter(again.length - 1))
    expect((next.state as Started).active.has(step('orders@orders[1]'))).toBe(true)
  })

  it('[EAC10] is refused when something inside answers the caller or waits for a signal, at any depth', () => {
    const items = Array.from({ length: limits.eachItems + 1 }, () => 0)
    const why = (inner: NodeText) => {
      const nested = graphOf(
        [start, each('orders'), each('lines', {}, inside('orders')), inner],
        ['start -> orders', 'orders.body -> lines', `lines.body -> ${inner.id}`],
      )
      return logOf(startExecution(nested, { trigger: { body: { items } } })).at(-1)
    }
    const refused = (reason: string) => ({
      type: 'ExecutionFailed',
      failure: {
        code: 'too_many_items',
        message: `10001 items are worked on by child executions, and ${reason}: use at most 10000 items, or do this outside`,
      },
    })
    const say = { id: 'say', kind: 'respond', config: { status: 200 }, ...inside('lines') }
    expect(why(say)).toMatchObject(refused('nobody hears the answer of say there'))
    expect(why(signalled('paid', {}, inside('lines')))).toMatchObject(refused('no signal reaches paid there'))
  })

  it('[EAC10] is refused when a batch of it and what is read inside are more than one event holds', () => {
    const big = 'x'.repeat(500 * 1024)
    const wide = graphOf(
      [
        start,
        make('one', big),
        make('two', big),
        each('orders'),
        make('note', '{{ [steps.one, steps.two] }}', inside('orders')),
      ],
      ['start -> one', 'one -> two', 'two -> orders', 'orders.body -> note'],
    )
    const last = (text: string) => {
      const items = Array.from({ length: limits.eachItems + 1 }, () => text)
      return logOf(startExecution(wide, { trigger: { body: { items } } })).at(-1)
    }
    expect(last('')).toMatchObject({ type: 'AttemptStarted' })
    expect(last('x'.repeat(80))).toMatchObject({ type: 'ExecutionFailed', failure: { code: 'batch_too_large' } })
  })

  it('[EAC9][CON7] ends the execution when a fail step ended it, whatever the `each` would do', () => {
    const caught = graphOf(
      [start, each('orders'), http('check', inside('orders')), make('mend')],
      ['start -> orders', 'orders.body -> check', 'orders.error -> mend'],
    )
    const log = [started(caught), ...answered.slice(2)]
    const fails = (byFailStep: boolean) =>
      endChild('orders@orders[0]', { status: 'failed', failure: busy }, 'child-1', { byFailStep })
    expect(given(...log).when(fails(false)).state.status).toBe('succeeded')
    expect(given(...log).when(fails(true)).state).toMatchObject({ status: 'failed', failedStep: 'orders@orders[0]' })
  })

  const child1 = { workflowId: 'workflow-1', executionId: 'child-1', version: 3 }
})

describe('an execution that works on a batch', () => {
  it('[EAC8][STP10] reads what the iteration before came to in a `repeat` round it, and the index of its item', () => {
    const nested = graphOf(
      [
        start,
        repeat('tries', { while: 'true' }),
        each('orders', {}, inside('tries')),
        make('note', '{{ [previous, item, index] }}', inside('orders')),
      ],
      ['start -> tries', 'tries.body -> orders', 'orders.body -> note'],
    )
    const container = step('orders@tries[4]')
    const scope = { steps: {}, previous: 'before' }
    const log = logOf(startExecution(nested, { batch: { ...batch, container, items: ['c'], scope } }))
    expect(log.find(({ type }) => type === 'StepSucceeded')).toEqual(
      done('note@tries[4]/orders[2]', { value: ['before', 'c', 2] }),
    )
  })

  const batch = {
    container: step('orders'),
    first: 2,
    items: ['c', 'd'],
    concurrency: 1,
    bytes: 1,
    scope: { steps: { rate: { output: { value: 2 } } }, execution: { id: 'execution-0', startedAt: t0 } },
  }
  const trigger = { body: { shop: 'x' } }
  const begin = startExecution(graph, { batch, trigger })
  const url = 'https://api.example/x/2'
  const checking = (index: number) => {
    const asked = requestOf('check')
    return attemptStarted(`check@orders[${index}]`, 1, t0, { request: { ...asked, config: { ...asked.config, url } } })
  }

  it('[EAC8] runs the container with its items, and with nothing before or after it', () => {
    given().when(begin).then(started(graph, { batch, trigger }), iterationStarted('orders', 2), checking(2))
    const log = logOf(begin, succeed('check@orders[2]', 'C'))
    given(...log)
      .when(succeed('check@orders[3]', 'D'))
      .then(
        done('check@orders[3]', 'D', { attempt: 1 }),
        iterated('orders', 3, { shape: 'collected', value: ['d', 'D'] }, { bytes: 10 }),
        done('orders', [
          ['c', 'C'],
          ['d', 'D'],
        ]),
        succeeded('orders'),
      )
  })

  it('[EAC8] fails with an item that fails, whatever its container would do in the parent', () => {
    const caught = graphOf(
      [start, each('orders'), http('check', inside('orders')), make('mend')],
      ['start -> orders', 'orders.body -> check', 'orders.error -> mend'],
    )
    const log = logOf(startExecution(caught, { batch }), failAttempt('check@orders[2]'))
    expect(log.slice(-2)).toEqual([
      stepFailed('orders', { code: 'item_failed', message: 'item 2 failed at check@orders[2]: busy' }),
      executionFailed(busy, 'check@orders[2]'),
    ])
  })
})
