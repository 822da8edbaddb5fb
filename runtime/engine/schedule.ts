import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'
import type { ExecutionState, Started, StepState } from './state.ts'

/** When a step wants to be looked at next; never, for one that waits for nothing. */
export function dueAt(step: StepState): EpochMs {
  if (step.status === 'running') return step.timeoutAt
  if (step.status === 'retrying') return step.retryAt
  if (step.status === 'delayed') return step.until
  return Number.POSITIVE_INFINITY
}

export const deadlineAt = (state: Started): EpochMs =>
  state.startedAt + (state.graph.settings.timeoutMs ?? limits.executionTimeoutDefaultMs)

/**
 * When the object must wake next; null once the execution has ended. The alarm is derived from the
 * log, never remembered beside it. While an attempt is in flight it comes soon, whatever else is
 * due: after a crash nobody but the alarm finds out that the attempt is gone.
 */
export function nextWakeAt(state: ExecutionState, now: EpochMs): EpochMs | null {
  if (state.status !== 'running') return null
  let wakeAt = deadlineAt(state)
  for (const step of state.active.keys()) {
    const current = state.steps.get(step)
    if (current === undefined) continue
    wakeAt = Math.min(wakeAt, dueAt(current))
    if (current.status === 'running') wakeAt = Math.min(wakeAt, now + limits.recoveryMs)
  }
  return wakeAt
}
