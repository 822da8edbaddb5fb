import { describe, expect, it } from 'vitest'

import type { Started } from '../../runtime/engine/state.ts'
import { limits } from '../../schemas/limits.ts'
import { pause, retryExecution } from '../support/commands.ts'
import {
  attemptFailed,
  attemptStarted,
  busy,
  cancel,
  delayed,
  done,
  executionFailed,
  failAttempt,
  made,
  requestOf,
  startExecution,
  succeed,
  succeeded,
  t0,
  wake,
} from '../support/events.ts'
import { eventsOf, fold, given, logOf } from '../support/given.ts'
import { approval, broken, delay, each, graphOf, http, inside, make, signalled, start } from '../support/graphs.ts'
import { approvalAwaited, iterated, retried, signalAwaited } from '../support/whole-events.ts'

describe('a retry of an execution', () => {
  const graph = graphOf(
    [
      start,
      http('charge', { retry: { maxAttempts: 2, initialIntervalMs: 0, jitter: 0 } }),
      http('other'),
      make('after'),
    ],
    ['start -> charge', 'start -> other', 'charge -> after'],
  )
  const refused = failAttempt('charge', { retryable: false })
  const failed = logOf(startExecution(graph), refused)

  it('[RTY1] begins the failed step and those that were cancelled with it anew, in the order of the keys', () => {
    given(...failed)
      .when(retryExecution(t0 + 9))
      .then(
        retried(t0 + 9),
        attemptStarted('charge', 2, t0 + 9, { request: requestOf('charge') }),
        attemptStarted('other', 2, t0 + 9, { request: requestOf('other') }),
      )
  })

  it('[RTY1] counts failures from the beginning', () => {
    const again = failAttempt('charge', { attempt: 2 })
    const log = logOf(startExecution(graph), refused, retryExecution(), again)
    expect(log.at(-1)).toEqual(attemptFailed('charge', 2, { retryAt: t0 }))
    const last = [...log, ...eventsOf(log, wake(t0, ['other#2']), failAttempt('charge', { attempt: 3 }))]
    expect(last.at(-1)).toEqual(executionFailed(busy, 'charge'))
    expect(fold(last)).toMatchObject({ failedStep: 'charge' })
  })

  it('[RTY1] may be asked for again and again, and the execution may succeed at last', () => {
    const commands = [retryExecution(), failAttempt('charge', { attempt: 2, retryable: false }), retryExecution()]
    const log = logOf(startExecution(graph), refused, ...commands)
    expect(log.at(-1)).toEqual(attemptStarted('other', 3, t0, { request: requestOf('other') }))
    const ends = eventsOf(log, succeed('charge', 1, 3), succeed('other', 2, 3))
    expect(ends.at(-1)).toEqual(succeeded(['other', 'after']))
  })

  it('[RTY2] goes on inside containers where it was', () => {
    const items = graphOf(
      [start, each('orders', { concurrency: 2 }), http('check', inside('orders'))],
      ['start -> orders', 'orders.body -> check'],
    )
    const log = logOf(
      startExecution(items, { trigger: { body: { items: ['a', 'b', 'c'] } } }),
      succeed('check@orders[0]', 'A'),
      failAttempt('check@orders[1]'),
    )
    const after = given(...log).when(retryExecution(t0 + 9))
    after.then(
      retried(t0 + 9),
      attemptStarted('check@orders[1]', 2, t0 + 9, { request: requestOf('check') }),
      attemptStarted('check@orders[2]', 2, t0 + 9, { request: requestOf('check') }),
    )
    expect(after.state).toMatchObject({ status: 'running', scopes: { size: 2 } })
    const ends = [...log, ...eventsOf(log, retryExecution(), succeed('check@orders[1]', 'B', 2))]
    given(...ends)
      .when(succeed('check@orders[2]', 'C', 2))
      .then(
        done('check@orders[2]', 'C', { attempt: 2 }),
        iterated('orders', 2, ['check@orders[2]', 21], { bytes: 4 }),
        done('orders', ['A', 'B', 'C']),
        succeeded('orders'),
      )
  })

  it('[RTY2] goes on inside nested containers, and gives up no iteration twice', () => {
    const nested = graphOf(
      [
        start,
        each('orders', { onItemError: 'continue' }, { onError: 'fail' }),
        each('lines', { items: 'item' }, inside('orders')),
        http('check', inside('lines')),
        http('last'),
      ],
      ['start -> orders', 'orders.body -> lines', 'lines.body -> check', 'start -> last'],
    )
    const log = logOf(
      startExecution(nested, { trigger: { body: { items: [[1], [2, 3]] } } }),
      failAttempt('check@orders[0]/lines[0]'),
      succeed('check@orders[1]/lines[0]', 'two'),
      failAttempt('last'),
      retryExecution(t0 + 9),
    )
    expect(log.slice(-3)).toEqual([
      retried(t0 + 9),
      attemptStarted('check@orders[1]/lines[1]', 2, t0 + 9, { request: requestOf('check') }),
      attemptStarted('last', 2, t0 + 9, { request: requestOf('last') }),
    ])
    const ends = eventsOf(log, succeed('check@orders[1]/lines[1]', 'three', 2))
    const error = { code: 'http_503', message: 'busy', step: 'check@orders[0]/lines[0]' }
    expect(ends.at(-1)).toEqual(done('orders', [{ error }, ['two', 'three']], { at: t0 + 9 }))
  })

  it('[RTY2][CON9] goes on with what a long turn had left over when the time was up', () => {
    const many = Array.from({ length: 300 }, (_, index) => index)
    const items = graphOf(
      [start, each('orders'), make('note', 'note', inside('orders'))],
      ['start -> orders', 'orders.body -> note'],
      {
        timeoutMs: 1000,
      },
    )
    const cut = logOf(startExecution(items, { trigger: { body: { items: many } } }))
    const over = [...cut, ...eventsOf(cut, wake(t0 + 1000))]
    expect(over.at(-1)).toMatchObject({ type: 'ExecutionFailed', failure: { code: 'execution_timeout' } })
    expect(eventsOf(over, retryExecution(t0 + 2000)).at(-1)).toEqual(succeeded('orders', t0 + 2000))
  })

  it('[RTY3] begins what edges had reached when the execution ended', () => {
    const log = logOf(startExecution(graph), pause(), succeed('charge', 1), failAttempt('other'))
    expect(log.at(-1)).toEqual(executionFailed(busy, 'other'))
    given(...log)
      .when(retryExecution(t0 + 9))
      .then(
        retried(t0 + 9),
        attemptStarted('other', 2, t0 + 9, { request: requestOf('other') }),
        made('after', { at: t0 + 9 }),
      )
  })

  it('[RTY4] gives it the whole time again', () => {
    const brief = graphOf([start, http('fetch')], ['start -> fetch'], { timeoutMs: 1000 })
    const log = logOf(startExecution(brief), wake(t0 + 1000, ['fetch']))
    const after = given(...log).when(retryExecution(t0 + 5000))
    after.then(retried(t0 + 5000), attemptStarted('fetch', 2, t0 + 5000, { request: requestOf('fetch') }))
    expect((after.state as Started).deadlineAt).toBe(t0 + 6000)
  })

  it('[RTY5] needs one that has failed', () => {
    given(...logOf(startExecution(graph)))
      .when(retryExecution())
      .thenRejected({ reason: 'not_failed', status: 'running' })
    given(...logOf(startExecution(graph), cancel()))
      .when(retryExecution())
      .thenRejected({ reason: 'not_failed', status: 'cancelled' })
    given().when(retryExecution()).thenRejected({ reason: 'not_running', status: 'not_started' })
  })

  it('[RTY6] is refused when what was done has been undone', () => {
    const undone = graphOf(
      [start, http('charge'), make('refund'), http('ship')],
      ['start -> charge', 'charge -> ship', 'charge.compensate -> refund'],
    )
    const log = logOf(startExecution(undone), succeed('charge', 1), failAttempt('ship'))
    expect(log.at(-1)).toEqual(executionFailed(busy, 'ship'))
    given(...log)
      .when(retryExecution())
      .thenRejected({ reason: 'compensated' })
  })

  it('[RTY7] is refused when what failed would fail again', () => {
    const same = (id: string) => ({ reason: 'computes_the_same', step: id }) as const
    for (const node of [
      broken('step'),
      delay('step', '{{ trigger.body.missing }}'),
      http('step', { config: { url: 'https://{{ trigger.body.missing }}' } }),
      approval('step', { message: '{{ trigger.body.missing }}' }),
      each('step', { items: 'trigger.body.missing' }),
    ]) {
      given(...logOf(startExecution(graphOf([start, node], ['start -> step']))))
        .when(retryExecution())
        .thenRejected(same('step'))
    }
  })

  it('[RTY8] waits anew, for the whole time, for an answer that had not come', () => {
    const asking = graphOf([start, approval('ask', { timeoutMs: 1000 })], ['start -> ask'])
    given(...logOf(startExecution(asking), wake(t0 + 1000)))
      .when(retryExecution(t0 + 5000))
      .then(retried(t0 + 5000), approvalAwaited('ask', { at: t0 + 5000, until: t0 + 6000 }))
  })

  it('[RTY8] delays anew, for the whole time, what had begun to', () => {
    const waiting = graphOf(
      [start, delay('nap', 1000), signalled('pay', { timeoutMs: 1000 }), http('fetch'), make('after')],
      ['start -> nap', 'start -> pay', 'start -> fetch', 'pay -> after'],
    )
    const log = logOf(startExecution(waiting), failAttempt('fetch'))
    given(...log)
      .when(retryExecution(t0 + 500))
      .then(
        retried(t0 + 500),
        attemptStarted('fetch', 2, t0 + 500, { request: requestOf('fetch') }),
        delayed('nap', t0 + 1500, t0 + 500),
        signalAwaited('pay', { at: t0 + 500, until: t0 + 1500 }),
      )
  })

  it('[RTY9] cancels the others when a step reads now what makes it fail', () => {
    const url = "https://api.example/{{ steps.?b.output.hasValue() ? steps.b.output.missing : 'a' }}"
    const reading = graphOf(
      [start, http('a', { config: { url } }), http('b'), http('c')],
      ['start -> a', 'start -> b', 'start -> c'],
    )
    const log = logOf(startExecution(reading), succeed('b', {}), failAttempt('c'))
    const after = given(...log).when(retryExecution(t0 + 9))
    expect(after.state).toMatchObject({ status: 'failed', failedStep: 'a' })
    expect(eventsOf(log, retryExecution(t0 + 9)).map(({ type }) => type)).toEqual([
      'ExecutionRetried',
      'StepFailed',
      'StepCancelled',
      'ExecutionFailed',
    ])
  })

  it('[RTY1][ATT13] counts crashes from the beginning, too', () => {
    const crashes = Array.from({ length: limits.interruptions }, () => wake(t0, ['other']))
    const log = logOf(startExecution(graph), ...crashes)
    expect(log.at(-1)).toMatchObject({ type: 'ExecutionFailed', failure: { code: 'interrupted' } })
    const on = eventsOf(log, retryExecution(), wake(t0, ['other#2']))
    expect(on.at(-1)).toEqual(attemptStarted('charge', limits.interruptions + 2, t0))
  })

  it('[RTY1] is not folded into a log that has not failed', () => {
    expect(() => fold([...logOf(startExecution(graph)), retried()])).toThrow('only a failed execution is retried')
  })
})
