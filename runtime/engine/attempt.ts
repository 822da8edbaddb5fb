import type { Failure, StepRequest } from '../../schemas/execution-events.ts'
import type { Node, StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { backoffMs } from './backoff.ts'
import { nodeOf } from './step-key.ts'
import { topologyOf } from './topology.ts'
import type { Turn } from './turn.ts'

/** The same for every attempt of a step, over restarts too, and different for every execution. */
export const idempotencyKey = (executionId: string, step: StepKey): string => `${executionId}.${step}`

/** Records that the next attempt is about to leave the object. `request` is given with the first. */
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

/** Records a failed attempt, and when the policy allows another. True when it was the last. */
export function failAttempt(
  turn: Turn,
  step: StepKey,
  attempt: number,
  { failure, retryable, notBefore, chance }: AttemptFailure,
): boolean {
  const { state, at } = turn
  const before = state.steps.get(step)
  const failures = (before !== undefined && 'failures' in before ? before.failures : 0) + 1
  const policy = nodeFor(turn, step).retry
  const isLast = !retryable || policy === undefined || failures >= policy.maxAttempts
  if (isLast) {
    // The step's own failure follows in this turn and keeps the details: a body is stored once.
    const { code, message } = failure
    turn.record({ type: 'AttemptFailed', at, step, attempt, failure: { code, message } })
  } else {
    const retryAt = Math.max(at + backoffMs(policy, failures, chance), notBefore ?? 0)
    turn.record({ type: 'AttemptFailed', at, step, attempt, failure, retryAt })
  }
  return isLast
}

export const nodeFor = (turn: Turn, step: StepKey): Node => topologyOf(turn.state.graph).node(nodeOf(step))
