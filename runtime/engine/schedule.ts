import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { assert } from './assert.ts'
import type { ExecutionState, Started, StepState } from './state.ts'

/** When an active step wants to be looked at next. Between turns it is in flight, or waits for a retry or a moment. */
export function dueAt(step: StepState | undefined): EpochMs {
  if (step?.status === 'running') return step.timeoutAt
  if (step?.status === 'retrying') return step.retryAt
  assert(step?.status === 'delayed', 'an active step has a moment at which it goes on')
  return step.until
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
    wakeAt = Math.min(wakeAt, dueAt(current))
    if (current?.status === 'running') wakeAt = Math.min(wakeAt, now + limits.recoveryMs)
  }
  return wakeAt
}
