import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import {
  attemptFailed,
  attemptStarted,
  busy,
  done,
  executionFailed,
  failAttempt,
  ignored,
  interrupted,
  made,
  requestOf,
  startExecution,
  started,
  stepCancelled,
  stepFailed,
  succeed,
  succeeded,
  t0,
  wake,
} from '../support/events.ts'
import { given, logOf } from '../support/given.ts'
import { graphOf, http, make, start } from '../support/graphs.ts'

const retry = { maxAttempts: 3, initialIntervalMs: 1000, backoffCoefficient: 2, maxIntervalMs: 60_000, jitter: 0 }
const once = graphOf([start, http('fetch')], ['start -> fetch'])
const thrice = graphOf([start, http('fetch', { retry }), make('after')], ['start -> fetch', 'fetch -> after'])
describe('an acting step', () => {
  it('[ATT1] begins with an attempt that records its request', () => {
    given().when(startExecution(once)).then(started(once), attemptStarted('fetch'))
  })

  it('[ATT1] resolves the texts of the request when it begins', () => {
    const graph = graphOf(
      [start, http('fetch', { config: { url: 'https://api.example/{{ trigger.body.customer.name }}' } })],
      ['start -> fetch'],
    )
    const config = { ...requestOf('fetch').config, url: 'https://api.example/Ada' }
    given()
      .when(startExecution(graph))
      .then(started(graph), attemptStarted('fetch', 1, t0, { request: { ...requestOf('fetch'), config } }))
  })

  it('[ATT2] ends when its attempt succeeds', () => {
    given(started(once), attemptStarted('fetch'))
      .when(succeed('fetch', { status: 200 }))
      .then(done('fetch', { status: 200 }, { attempt: 1 }), succeeded('fetch'))
  })

  it('[ATT3] carries one idempotency key through all its attempts', () => {
    given(started(thrice), attemptStarted('fetch'), attemptFailed('fetch', 1, { retryAt: t0 + 1000 }))
      .when(wake(t0 + 1000))
      .then(attemptStarted('fetch', 2, t0 + 1000, { idempotencyKey: 'execution-1.fetch' }))
  })

  it('[ATT4] gives an attempt the time limit of its node', () => {
    const graph = graphOf([start, http('fetch', { timeoutMs: 500 })], ['start -> fetch'])
    given()
      .when(startExecution(graph))
      .then(started(graph), attemptStarted('fetch', 1, t0, { timeoutAt: t0 + 500 }))
  })

  it('[ATT4] gives an attempt thirty seconds when its node says nothing', () => {
    given()
      .when(startExecution(once))
      .then(started(once), attemptStarted('fetch', 1, t0, { timeoutAt: t0 + limits.attemptTimeoutDefaultMs }))
  })

  it('[ATT15] fails when its request cannot be resolved', () => {
    const graph = graphOf(
      [start, http('fetch', { config: { url: 'https://api.example/{{ trigger.body.missing }}' } })],
      ['start -> fetch'],
    )
    const decision = given().when(startExecution(graph))
    expect(decision.state).toMatchObject({ status: 'failed', failedStep: 'fetch', position: 3 })
  })

  it('[ATT17] fails when its request, in which a text beside a secret is twice, is larger than a row has room for', () => {
    const body = '{{ secrets.key }} {{ trigger.body }}'
    const config = { url: 'https://api.example/orders', method: 'POST', bodyAs: 'text', body }
    const graph = graphOf([start, http('fetch', { config })], ['start -> fetch'])
    const sending = (chars: number) => logOf(startExecution(graph, { trigger: { body: 'x'.repeat(chars) } }))
    const half = limits.stepRequestBytes / 2
    expect(sending(half - 1000).at(-1)).toMatchObject({ type: 'AttemptStarted' })
    const refused = sending(half)
    expect(refused.map(({ type }) => type)).toEqual(['ExecutionStarted', 'StepFailed', 'ExecutionFailed'])
    expect(refused.at(-1)).toMatchObject({ failure: { code: 'request_too_large' } })
  })
})

describe('a failed attempt', () => {
  const second = [
    started(thrice),
    attemptStarted('fetch'),
    attemptFailed('fetch', 1, { retryAt: t0 + 1000 }),
    attemptStarted('fetch', 2, t0 + 1000),
  ]

  it('[ATT5] is followed by another after the interval of the policy', () => {
    given(started(thrice), attemptStarted('fetch'))
      .when(failAttempt('fetch'))
      .then(attemptFailed('fetch', 1, { retryAt: t0 + 1000 }))
  })

  it('[ATT6] multiplies the interval by the coefficient with each failure', () => {
    given(...second)
      .when(failAttempt('fetch', { attempt: 2, now: t0 + 1500 }))
      .then(attemptFailed('fetch', 2, { at: t0 + 1500, retryAt: t0 + 1500 + 2000 }))
  })

  it('[ATT6] never waits longer than the longest interval', () => {
    const capped = graphOf([start, http('fetch', { retry: { ...retry, maxIntervalMs: 300 } })], ['start -> fetch'])
    given(started(capped), attemptStarted('fetch'))
      .when(failAttempt('fetch'))
      .then(attemptFailed('fetch', 1, { retryAt: t0 + 300 }))
  })

  it.each([
    { chance: 0, ms: 800 },
    { chance: 0.5, ms: 1000 },
    { chance: 0.75, ms: 1100 },
  ])('[ATT6] moves the interval by chance: $chance gives $ms ms', ({ chance, ms }) => {
    const jittered = graphOf([start, http('fetch', { retry: { ...retry, jitter: 0.2 } })], ['start -> fetch'])
    given(started(jittered), attemptStarted('fetch'))
      .when(failAttempt('fetch', { chance }))
      .then(attemptFailed('fetch', 1, { retryAt: t0 + ms }))
  })

  it('[ATT7] waits as long as the other side asks', () => {
    given(started(thrice), attemptStarted('fetch'))
      .when(failAttempt('fetch', { notBefore: t0 + 90_000 }))
      .then(attemptFailed('fetch', 1, { retryAt: t0 + 90_000 }))
  })

  it('[ATT7] waits out its own interval when the other side asks for less', () => {
    given(started(thrice), attemptStarted('fetch'))
      .when(failAttempt('fetch', { notBefore: t0 + 10 }))
      .then(attemptFailed('fetch', 1, { retryAt: t0 + 1000 }))
  })

  const given3 = [...second, attemptFailed('fetch', 2, { retryAt: t0 + 3000 }), attemptStarted('fetch', 3, t0 + 3000)]
  it('[ATT8] ends the step when the policy allows no other', () => {
    given(...given3)
      .when(failAttempt('fetch', { attempt: 3, now: t0 + 3000 }))
      .then(
        attemptFailed('fetch', 3, { at: t0 + 3000 }),
        stepFailed('fetch', busy, { at: t0 + 3000 }),
        executionFailed(busy, 'fetch', t0 + 3000),
      )
  })

  it('[ATT8] ends the step when the node has no policy', () => {
    given(started(once), attemptStarted('fetch'))
      .when(failAttempt('fetch'))
      .then(attemptFailed('fetch'), stepFailed('fetch', busy), executionFailed(busy, 'fetch'))
  })

  it('[ATT8] ends the step when trying again cannot help', () => {
    given(started(thrice), attemptStarted('fetch'))
      .when(failAttempt('fetch', { retryable: false }))
      .then(attemptFailed('fetch'), stepFailed('fetch', busy), executionFailed(busy, 'fetch'))
  })

  it('[ATT9] ends the step when the next could not begin before the deadline', () => {
    const brief = graphOf([start, http('fetch', { retry })], ['start -> fetch'], { timeoutMs: 60_000 })
    given(started(brief), attemptStarted('fetch'))
      .when(failAttempt('fetch', { notBefore: t0 + 60_000 }))
      .then(attemptFailed('fetch'), stepFailed('fetch', busy), executionFailed(busy, 'fetch'))
    given(started(brief), attemptStarted('fetch'))
      .when(failAttempt('fetch', { notBefore: t0 + 59_999 }))
      .then(attemptFailed('fetch', 1, { retryAt: t0 + 59_999 }))
  })

  it('[ATT10] leaves its details to the failure of the step when it is the last', () => {
    const detailed = { ...busy, details: { status: 503, body: 'come back later' } }
    given(started(once), attemptStarted('fetch'))
      .when(failAttempt('fetch', { failure: detailed }))
      .then(attemptFailed('fetch'), stepFailed('fetch', detailed), executionFailed(busy, 'fetch'))
    given(started(thrice), attemptStarted('fetch'))
      .when(failAttempt('fetch', { failure: detailed }))
      .then(attemptFailed('fetch', 1, { failure: detailed, retryAt: t0 + 1000 }))
  })
})

describe('an interrupted attempt', () => {
  it('[ATT12] is one that is in flight in the log and not in the object; the next begins at once', () => {
    given(started(once), attemptStarted('fetch'))
      .when(wake(t0 + 10))
      .then(interrupted('fetch', 1, t0 + 10), attemptStarted('fetch', 2, t0 + 10))
  })

  it('[ATT12] is one whose number differs from what the object carries out', () => {
    given(started(once), attemptStarted('fetch'), interrupted('fetch'), attemptStarted('fetch', 2))
      .when(wake(t0 + 10, ['fetch#1']))
      .then(interrupted('fetch', 2, t0 + 10), attemptStarted('fetch', 3, t0 + 10))
  })

  it('[ATT12] is not counted by the policy', () => {
    const twice = graphOf([start, http('fetch', { retry: { ...retry, maxAttempts: 2 } })], ['start -> fetch'])
    given(started(twice), attemptStarted('fetch'), interrupted('fetch'), attemptStarted('fetch', 2))
      .when(failAttempt('fetch', { attempt: 2 }))
      .then(attemptFailed('fetch', 2, { retryAt: t0 + 1000 }))
  })

  it('[ATT12] is interrupted and not timed out when both could be said', () => {
    given(started(once), attemptStarted('fetch'))
      .when(wake(t0 + 30_000))
      .then(interrupted('fetch', 1, t0 + 30_000), attemptStarted('fetch', 2, t0 + 30_000))
  })

  it('[ATT13] ends the step when it is the last that a step may survive', () => {
    const attempts = Array.from({ length: limits.interruptions }, (_, index) => index + 1)
    const crashes = attempts.flatMap((attempt) =>
      attempt === 1 ? [attemptStarted('fetch')] : [interrupted('fetch', attempt - 1), attemptStarted('fetch', attempt)],
    )
    const failure = { code: 'interrupted', message: '100 attempts were interrupted by a crash' }
    given(started(thrice), ...crashes)
      .when(wake(t0))
      .then(
        interrupted('fetch', 100),
        attemptFailed('fetch', 100, { failure }),
        stepFailed('fetch', failure),
        executionFailed(failure, 'fetch'),
      )
  })

  it('[ATT12] lets the step succeed with a later attempt', () => {
    given(started(thrice), attemptStarted('fetch'), interrupted('fetch'), attemptStarted('fetch', 2))
      .when(succeed('fetch', 'late', 2))
      .then(done('fetch', 'late', { attempt: 2 }), made('after'), succeeded('after'))
  })
})

describe('an answer that comes too late', () => {
  const other = graphOf([start, http('fetch', { retry }), http('other')], ['start -> fetch', 'start -> other'])
  const begun = [started(other), attemptStarted('fetch'), attemptStarted('other')]

  it('[ATT14] is recorded and changes nothing when the step is over', () => {
    given(...begun, done('fetch', 1, { attempt: 1 }))
      .when(succeed('fetch', 2))
      .then(ignored('fetch', 'the step is succeeded'))
  })

  it('[ATT14] is recorded and changes nothing when a newer attempt is in flight', () => {
    given(...begun, interrupted('fetch'), attemptStarted('fetch', 2))
      .when(failAttempt('fetch'))
      .then(ignored('fetch', 'attempt 2 is in flight', 'failed'))
  })

  it('[ATT14] is recorded and changes nothing while the step waits for its next attempt', () => {
    given(...begun, attemptFailed('fetch', 1, { retryAt: t0 + 1000 }))
      .when(succeed('fetch', 1))
      .then(ignored('fetch', 'the step is retrying'))
  })

  it('[ATT14] is recorded and changes nothing when the step never began', () => {
    given(...begun)
      .when(succeed('nowhere', 1))
      .then(ignored('nowhere', 'the step is not under way'))
  })

  it('[ATT14] is refused when the execution is over', () => {
    given(started(once), attemptStarted('fetch'), stepCancelled('fetch'), executionFailed(busy))
      .when(succeed('fetch', 1))
      .thenRejected({ reason: 'not_running', status: 'failed' })
  })
})
