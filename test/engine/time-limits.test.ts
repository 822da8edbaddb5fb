import { describe, it } from 'vitest'

import { attemptFailed, attemptStarted, executionFailed, started, stepFailed, t0, wake } from '../support/events.ts'
import { given } from '../support/given.ts'
import { graphOf, http, make, start, step } from '../support/graphs.ts'

const retry = { maxAttempts: 3, initialIntervalMs: 1000, backoffCoefficient: 2, maxIntervalMs: 60_000, jitter: 0 }
const once = graphOf([start, http('fetch')], ['start -> fetch'])
const thrice = graphOf([start, http('fetch', { retry }), make('after')], ['start -> fetch', 'fetch -> after'])
const timedOut = (attempt: number) => ({
  code: 'timeout',
  message: `attempt ${attempt} gave no answer within its time limit`,
})

describe('a time limit of an attempt', () => {
  it('[ATT11] makes it a failed one, which may be followed by another', () => {
    given(started(thrice), attemptStarted('fetch'))
      .when(wake(t0 + 30_000, ['fetch']))
      .then(attemptFailed('fetch', 1, { at: t0 + 30_000, failure: timedOut(1), retryAt: t0 + 31_000 }))
  })

  it('[ATT11] ends the step when the policy allows no other', () => {
    given(started(once), attemptStarted('fetch'))
      .when(wake(t0 + 30_000, ['fetch']))
      .then(
        attemptFailed('fetch', 1, { at: t0 + 30_000, failure: timedOut(1) }),
        stepFailed('fetch', timedOut(1), { at: t0 + 30_000 }),
        executionFailed(timedOut(1), 'fetch', t0 + 30_000),
      )
  })

  it('[ATT11] does not count the time for which the attempt was kept back', () => {
    const kept = (now: number) => ({
      ...wake(now, ['fetch']),
      inFlight: [{ step: step('fetch'), attempt: 1, waitedMs: 10_000 }],
    })
    given(started(once), attemptStarted('fetch'))
      .when(kept(t0 + 39_999))
      .then()
    given(started(once), attemptStarted('fetch'))
      .when(kept(t0 + 40_000))
      .then(
        attemptFailed('fetch', 1, { at: t0 + 40_000, failure: timedOut(1) }),
        stepFailed('fetch', timedOut(1), { at: t0 + 40_000 }),
        executionFailed(timedOut(1), 'fetch', t0 + 40_000),
      )
  })

  it('[ATT11] is not over one millisecond before', () => {
    given(started(once), attemptStarted('fetch'))
      .when(wake(t0 + 29_999, ['fetch']))
      .then()
  })
})
