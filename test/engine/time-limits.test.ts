import { describe, expect, it } from 'vitest'

import {
  attemptFailed,
  attemptStarted,
  executionFailed,
  startExecution,
  started,
  stepFailed,
  succeed,
  t0,
  wake,
} from '../support/events.ts'
import { eventsOf, given, logOf } from '../support/given.ts'
import { graphOf, http, make, signalled, start, step } from '../support/graphs.ts'

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

describe('the deadline of an execution', () => {
  it('[CMP5] does not end an undoing that something due before it has begun', () => {
    const pressed = graphOf(
      [start, http('charge'), signalled('answer', { timeoutMs: 1000 }), http('refund')],
      ['start -> charge', 'charge -> answer', 'charge.compensate -> refund'],
      { timeoutMs: 2000 },
    )
    const waiting = logOf(startExecution(pressed), succeed('charge', 1))
    const timedOut = eventsOf(waiting, wake(t0 + 5000))
    expect(timedOut.map(({ type }) => type)).toEqual(['StepFailed', 'CompensationStarted', 'AttemptStarted'])
    expect(timedOut[1]).toMatchObject({ cause: { failure: { code: 'wait_timeout' } } })
  })
})
