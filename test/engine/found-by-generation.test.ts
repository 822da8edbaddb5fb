import { describe, it } from 'vitest'

import { answerUnknown, pause } from '../support/commands.ts'
import {
  attemptFailed,
  busy,
  executionFailed,
  failAttempt,
  made,
  startExecution,
  stepFailed,
  succeeded,
  t0,
  wake,
} from '../support/events.ts'
import { given, logOf } from '../support/given.ts'
import { graphOf, http, make, start } from '../support/graphs.ts'
import { resumed, unknownAnswered } from '../support/whole-events.ts'

describe('generated executions have shown', () => {
  it('[PAU7] that steps begin in the order of the keys also when the answer that ends the pause leads to them', () => {
    const graph = graphOf(
      [start, http('charge', { once: true }), make('b'), make('a')],
      ['start -> charge', 'charge.error -> b', 'charge.error -> a'],
    )
    const failure = { code: 'failed_by_hand', message: 'the bank has no such payment' }
    given(...logOf(startExecution(graph), wake(1)))
      .when(answerUnknown('charge', { outcome: 'failed', message: failure.message }))
      .then(
        unknownAnswered('charge', 'failed'),
        stepFailed('charge', failure, { handled: 'port', ports: ['error'] }),
        resumed(),
        made('a'),
        made('b'),
        succeeded(['b', 'a']),
      )
  })

  it('[PAU4] that an attempt that fails in a pause is retried before a deadline that the pause puts off', () => {
    const policy = { maxAttempts: 2, initialIntervalMs: 500, jitter: 0 }
    const graph = graphOf([start, http('fetch', { retry: policy })], ['start -> fetch'], { timeoutMs: 1000 })
    const at = t0 + 5000
    given(...logOf(startExecution(graph), pause(t0 + 100)))
      .when(failAttempt('fetch', { now: at }))
      .then(attemptFailed('fetch', 1, { at, retryAt: at + 500 }))
  })

  it('[ATT9] that one is not retried when the deadline would come first all the same', () => {
    const policy = { maxAttempts: 2, initialIntervalMs: 900, jitter: 0 }
    const graph = graphOf([start, http('fetch', { retry: policy })], ['start -> fetch'], { timeoutMs: 1000 })
    const at = t0 + 5000
    given(...logOf(startExecution(graph), pause(t0 + 100)))
      .when(failAttempt('fetch', { now: at }))
      .then(attemptFailed('fetch', 1, { at }), stepFailed('fetch', busy, { at }), executionFailed(busy, 'fetch', at))
  })
})
