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
 * When the object must wake next by itself; null when only the world can move it, or nothing any
 * more. The alarm is derived from the log, never remembered beside it.
 *
 * An attempt in flight needs no alarm: its runner ends it in time, and after a crash the workflow
 * object, whose index says that the execution is unfinished, asks it what it is doing and so wakes
 * it. An alarm for each attempt would cost every execution two more commits. For the same reason the
 * default time limit, of days, is looked at on waking and has no alarm of its own.
 */
export function nextWakeAt(state: ExecutionState): EpochMs | null {
  if (state.status !== 'running') return null
  let wakeAt = state.graph.settings.timeoutMs === undefined ? Number.POSITIVE_INFINITY : deadlineAt(state)
  for (const step of state.active.keys()) {
    const current = state.steps.get(step)
    if (current !== undefined && current.status !== 'running') wakeAt = Math.min(wakeAt, dueAt(current))
  }
  return wakeAt === Number.POSITIVE_INFINITY ? null : wakeAt
}
