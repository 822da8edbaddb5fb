import { describe, expect, it } from 'vitest'

import { instantOf, instantText } from '../../runtime/engine/instant.ts'
import { limits } from '../../schemas/limits.ts'
import { cancelAndUndo, hear, pause, retryExecution } from '../support/commands.ts'
import {
  attemptFailed,
  attemptStarted,
  cancel,
  failAttempt,
  startExecution,
  started,
  succeed,
  t0,
  wake,
} from '../support/events.ts'
import { logOf } from '../support/given.ts'
import {
  approval,
  broken,
  child,
  delay,
  each,
  graphOf,
  http,
  inside,
  make,
  repeat,
  signalled,
  start,
} from '../support/graphs.ts'
import { childStarted, retried, unknown, unknownAnswered } from '../support/whole-events.ts'

import { instantsTold, told, why } from './why-told.ts'

const retry = { maxAttempts: 3, initialIntervalMs: 1000, jitter: 0 }
const charging = graphOf([start, http('charge', { retry }), make('receipt')], ['start -> charge', 'charge -> receipt'])
const since = '2026-01-01T00:00:00Z'

describe('what is said', () => {
  it('[WHY1] begins with what was asked about; a reason explains the one before it that is less deep', () => {
    const log = logOf(startExecution(charging), failAttempt('charge'))
    const error = { code: 'http_503', message: 'busy' }
    expect(why(log)).toEqual([
      { depth: 0, what: 'waiting', sentence: `the execution is waiting since ${since}`, at: t0, until: t0 + 1000 },
      {
        depth: 1,
        what: 'retry',
        step: 'charge',
        sentence: 'step charge waits for a retry at 2026-01-01T00:00:01Z, attempt 2; the last error was http_503: busy',
        until: t0 + 1000,
        attempt: 2,
        error,
      },
    ])
  })

  it('[WHY1] has every instant that a sentence names beside it, for whoever shows it in another zone', () => {
    const begun = startExecution(charging)
    const failed = failAttempt('charge', { retryable: false })
    const all = [
      instantsTold(logOf(begun)),
      instantsTold(logOf(begun, failAttempt('charge'))),
      instantsTold(logOf(begun, pause(t0 + 5))),
      instantsTold(logOf(begun, succeed('charge', 1))),
      instantsTold(logOf(begun, succeed('charge', 1)), 'charge'),
      instantsTold(logOf(begun, failed)),
      instantsTold(logOf(begun, cancel())),
      instantsTold(logOf(startExecution(graphOf([start, delay('rest')], ['start -> rest']))), 'rest'),
    ]
    expect(all.map((told) => told.map(([, isBeside]) => isBeside))).toEqual(
      [2, 2, 2, 1, 1, 2, 1, 1].map((count) => Array(count).fill(true)),
    )
  })

  it('[WHY1] names instants as ISO 8601 in UTC, which reads back as the same instant', () => {
    for (const text of [
      '1970-01-01T00:00:00Z',
      '1999-12-31T23:59:59.999Z',
      '2000-02-29T12:00:00Z',
      '2024-02-29T00:00:00.007Z',
      '2024-12-31T00:00:00Z',
      '2026-03-01T07:08:09Z',
      '2100-02-28T23:59:59Z',
      '2100-03-01T00:00:00Z',
      '9999-12-31T23:59:59.999Z',
    ]) {
      expect(instantText(instantOf(text) ?? -1)).toBe(text)
    }
  })

  it('[WHY2] explains each step once, and no more of them than a person reads', () => {
    const many = Array.from({ length: 2 * limits.whyReasons }, (_, index) => delay(`rest_${index}`))
    const graph = graphOf(
      [start, ...many],
      many.map(({ id }) => `start -> ${id}`),
    )
    expect(why(logOf(startExecution(graph)))).toHaveLength(limits.whyReasons)

    const diamond = graphOf(
      [start, delay('rest'), make('a'), make('b'), make('sum'), make('end')],
      ['start -> rest', 'rest -> a', 'rest -> b', 'a -> sum', 'b -> sum', 'sum -> end'],
    )
    expect(told(logOf(startExecution(diamond)), 'end')).toEqual([
      'step end has not begun: the edge sum.out may still be taken',
      '  step sum has not begun: the edges a.out and b.out may still be taken',
      '    step a has not begun: the edge rest.out may still be taken',
      '      step rest waits until 2026-01-01T00:00:01Z',
      '    step b has not begun: the edge rest.out may still be taken',
    ])
  })
})

describe('an execution', () => {
  it('[WHY3] that runs or waits says what its steps do, those in containers under these', () => {
    const graph = graphOf(
      [start, each('orders', { concurrency: 2 }), http('charge', { ...inside('orders') }), delay('rest')],
      ['start -> orders', 'orders.body -> charge', 'start -> rest'],
    )
    const trigger = { body: { items: [1, 2, 3] } }
    const log = logOf(startExecution(graph, { trigger }), succeed('charge@orders[0]', 'paid'))
    expect(told(log)).toEqual([
      `the execution is running since ${since}`,
      '  each orders has 2 of 3 items open and 1 over',
      '    attempt 1 of step charge@orders[1] is in flight, at most until 2026-01-01T00:00:30Z',
      '    attempt 1 of step charge@orders[2] is in flight, at most until 2026-01-01T00:00:30Z',
      '  step rest waits until 2026-01-01T00:00:01Z',
    ])
    expect(why(log)?.[1]?.iterations).toEqual({ size: 3, open: 2, over: 1, failed: 0 })
  })

  it('[WHY4] that is paused says since when, by whom, and what of its time', () => {
    expect(told(logOf(startExecution(charging), pause(t0 + 5)))).toEqual([
      'the execution is paused since 2026-01-01T00:00:00.005Z because a person asked for it; no time passes for its timers',
      '  attempt 1 of step charge is in flight, at most until 2026-01-01T00:00:30Z',
    ])
    const once = graphOf([start, http('charge', { once: true }), delay('rest')], ['start -> charge', 'start -> rest'])
    expect(told(logOf(startExecution(once), wake(t0)))).toEqual([
      `the execution is paused since ${since} because nobody has said yet what charge did; no time passes for its timers`,
      '  step charge is unknown: a crash left open what attempt 1 did, and a person must say it',
      '  step rest waits until 2026-01-01T00:00:01Z',
    ])
    const followed = told(logOf(startExecution(charging), hear(7, { notice: 'pause', timers: 'frozen' })))
    expect(followed?.[0]).toContain('because the execution that started it is paused; no time passes')
    const running = told(logOf(startExecution(charging), pause(t0, 'running')))
    expect(running?.[0]).toContain('its timers run on, and fire afterwards')
  })

  const booking = graphOf(
    [start, http('book'), broken('check'), http('release')],
    ['start -> book', 'book -> check', 'book.compensate -> release'],
  )
  const booked = [startExecution(booking), succeed('book', 'room 7')] as const
  const noField = expect.stringMatching(/^.*step check failed .*missing.*$/)

  it('[WHY5] that is being undone says why, and how far it is', () => {
    expect(told(logOf(...booked))).toEqual([
      expect.stringMatching(
        /^the execution is being undone, 0 of 1 steps so far, because step check failed with .*missing/,
      ),
      '  attempt 1 of step release is in flight, at most until 2026-01-01T00:00:30Z',
    ])
    const graph = graphOf(
      [start, http('book'), delay('rest'), http('release')],
      ['start -> book', 'book -> rest', 'book.compensate -> release'],
    )
    const log = logOf(startExecution(graph), succeed('book', 'room 7'), cancelAndUndo())
    expect(told(log, 'rest')).toEqual([
      'step rest is cancelled because the execution was cancelled: not needed any more',
    ])
    expect(told(log)?.[0]).toBe(
      'the execution is being undone, 0 of 1 steps so far, because the execution was cancelled: not needed any more',
    )
  })

  it('[WHY6] that has ended says how, at which step, and what was undone', () => {
    expect(told(logOf(startExecution(charging), succeed('charge', 1)))).toEqual([`the execution succeeded at ${since}`])
    expect(told(logOf(startExecution(charging), cancel()))).toEqual([
      `the execution was cancelled at ${since}: not needed any more`,
    ])
    expect(told(logOf(startExecution(charging), failAttempt('charge', { retryable: false })))).toEqual([
      `the execution failed at ${since} with http_503: busy`,
      `  step charge failed at ${since}, attempt 1 with http_503: busy, and ended what it is part of`,
    ])
    expect(told(logOf(...booked, succeed('release', null)))).toEqual([
      expect.stringMatching(/^the execution failed at .*missing/),
      noField,
      `  step release succeeded at ${since} and left by out`,
    ])
    const notReleased = told(logOf(...booked, failAttempt('release', { retryable: false })))
    expect(notReleased?.at(-1)).toBe(
      `  step release failed at ${since}, attempt 1 with http_503: busy, and the next one is undone all the same`,
    )
    const late = graphOf([start, delay('rest', 9000)], ['start -> rest'], { timeoutMs: 1000 })
    expect(told(logOf(startExecution(late), wake(t0 + 1000)))).toEqual([
      'the execution failed at 2026-01-01T00:00:01Z with execution_timeout: the execution did not end within its time limit',
    ])
  })
})

describe('a step that goes on', () => {
  it('[WHY7] says which attempt it is, when the next one begins, and why', () => {
    const [begun, attempt] = [started(charging), attemptStarted('charge')]
    expect(told([begun, attempt, attemptFailed('charge')], 'charge')).toEqual([
      'attempt 1 of step charge has failed with http_503: busy',
    ])
    const answered = [begun, attempt, unknown('charge'), unknownAnswered('charge', 'retry')]
    expect(told(answered, 'charge')).toEqual([
      'attempt 1 of step charge was left open, and the next one begins when the execution goes on',
    ])
    const failed = logOf(startExecution(charging), failAttempt('charge', { retryable: false }))
    expect(told([...failed, retried()], 'charge')).toEqual([
      'step charge begins anew, because the execution is retried',
    ])
    expect(
      told(logOf(startExecution(charging), failAttempt('charge', { retryable: false }), retryExecution()), 'charge'),
    ).toEqual(['attempt 2 of step charge is in flight, at most until 2026-01-01T00:00:30Z'])
  })

  it('[WHY8] says what it waits for, and until when', () => {
    const graph = graphOf(
      [start, signalled('payment', { timeoutMs: 60_000 }), approval('manager', { name: 'Refund' }), child('ship')],
      ['start -> payment', 'start -> manager', 'start -> ship'],
    )
    const log = [...logOf(startExecution(graph)), childStarted('ship', 'child-7')]
    expect(told(log)).toEqual([
      `the execution is waiting since ${since}`,
      '  step manager waits for the approval Refund',
      '  step payment waits for the signal paid, at most until 2026-01-01T00:01:00Z',
      '  step ship waits for the end of execution child-7, which it started',
    ])
  })

  it('[WHY9] that is a container says how many of its iterations are open and over, and which failed first', () => {
    const graph = graphOf(
      [start, each('orders', { concurrency: 1, onItemError: 'continue' }), http('charge', inside('orders'))],
      ['start -> orders', 'orders.body -> charge'],
    )
    const trigger = { body: { items: [1, 2, 3] } }
    const failing = failAttempt('charge@orders[0]', { retryable: false })
    expect(told(logOf(startExecution(graph, { trigger }), failing), 'orders')?.[0]).toBe(
      'each orders has 1 of 3 items open and 1 over, of which 1 failed, the first at 0',
    )
    const polling = graphOf(
      [start, repeat('poll', { while: 'true' }), delay('rest', 1000, inside('poll'))],
      ['start -> poll', 'poll.body -> rest'],
    )
    const log = logOf(startExecution(polling), wake(t0 + 1000))
    expect(told(log, 'poll')).toEqual([
      'repeat poll has 1 iteration open and 1 over',
      '  step rest@poll[1] waits until 2026-01-01T00:00:02Z',
    ])
    expect(why(log, 'poll')?.[0]?.iterations).toEqual({ open: 1, over: 1, failed: 0 })
  })

  it('[WHY9] that is left to the next turn has none open', () => {
    const graph = graphOf(
      [start, each('orders'), make('note', 1, inside('orders'))],
      ['start -> orders', 'orders.body -> note'],
    )
    const items = Array.from({ length: limits.turnEvents }, () => 0)
    expect(told(logOf(startExecution(graph, { trigger: { body: { items } } })), 'orders')).toEqual([
      expect.stringMatching(/^each orders has 0 of 500 items open and 1\d\d over$/),
    ])
  })

  it('[WHY9] that has too many items for one execution counts their batches', () => {
    const graph = graphOf(
      [start, each('orders'), make('note', 1, inside('orders'))],
      ['start -> orders', 'orders.body -> note'],
    )
    const items = Array.from({ length: limits.eachItems + 1 }, () => 0)
    expect(told(logOf(startExecution(graph, { trigger: { body: { items } } })), 'orders')?.[0]).toBe(
      'each orders has 1 of 2 batches open and 0 over',
    )
  })
})
