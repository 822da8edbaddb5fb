import type { Failure, StepRequest } from '../../schemas/execution-events.ts'
import type { Node, RetryPolicy, StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { assert } from './assert.ts'
import { backoffMs } from './backoff.ts'
import { deadlineAsOf } from './deadline.ts'
import { boundedFailure } from './failure.ts'
import type { TryingState } from './state.ts'
import { isBatch, nodeOf } from './step-key.ts'
import { topologyOf } from './topology.ts'
import type { Turn } from './turn.ts'

/** The same for every attempt of a step, over restarts too, and different for every execution. */
export const idempotencyKey = (executionId: string, step: StepKey): string => `${executionId}.${step}`

/** Records that an attempt is about to leave the object: with a `request` the first, without one the next. */
export function startAttempt(turn: Turn, step: StepKey, request?: StepRequest): void {
  const { state, at } = turn
  const before = state.steps.get(step)
  const attempt = (before !== undefined && 'attempt' in before ? before.attempt : 0) + 1
  const timeoutMs = nodeFor(turn, step).timeoutMs ?? limits.attemptTimeoutDefaultMs
  turn.record({
    type: 'AttemptStarted',
    at,
    step,
    attempt,
    timeoutAt: at + timeoutMs,
    idempotencyKey: idempotencyKey(state.executionId, step),
    ...(request === undefined ? {} : { request }),
  })
}

export type AttemptFailure = {
  readonly failure: Failure
  readonly retryable: boolean
  /** The other side asked not to be called before this instant. */
  readonly notBefore?: number | undefined
  readonly chance: number
}

/** Records a failed attempt, and when the next one begins if there is one. True when it was the last. */
export function failAttempt(
  turn: Turn,
  step: StepKey,
  { failure: cause, retryable, notBefore, chance }: AttemptFailure,
): boolean {
  const { state, at } = turn
  const failure = boundedFailure(cause)
  const { attempt, failures: before } = tryingStep(turn, step)
  const failures = before + 1
  const policy = policyOf(step, nodeFor(turn, step))
  if (retryable && policy !== null && failures < policy.maxAttempts) {
    const retryAt = Math.max(at + backoffMs(policy, failures, chance), notBefore ?? 0)
    // An attempt that could not begin before the execution's deadline would only hide this failure behind a timeout.
    if (retryAt < deadlineAsOf(state, at) || state.compensation !== null) {
      turn.record({ type: 'AttemptFailed', at, step, attempt, failure, retryAt })
      return false
    }
  }
  // The step's own failure follows in this turn and keeps the details: a body is stored once.
  const { code, message } = failure
  turn.record({ type: 'AttemptFailed', at, step, attempt, failure: { code, message } })
  return true
}

/** Starting a child is a call between our own objects: without a policy a fault of the platform is not the workflow's failure. */
const childPolicy: RetryPolicy = {
  maxAttempts: 10,
  initialIntervalMs: 500,
  backoffCoefficient: 2,
  maxIntervalMs: 60_000,
  jitter: 0.1,
}

const policyOf = (step: StepKey, { kind, retry }: Node): RetryPolicy | null =>
  retry ?? (kind === 'workflow' || isBatch(step) ? childPolicy : null)

/** The state of a step whose attempts have begun and are not over. */
export function tryingStep(turn: Turn, step: StepKey): TryingState {
  const current = turn.state.steps.get(step)
  assert(current !== undefined && 'requestAt' in current, `step ${step} has attempts that are not over`)
  return current
}

export const nodeFor = (turn: Turn, step: StepKey): Node => topologyOf(turn.state.graph).node(nodeOf(step))
