import type { EpochMs } from '../../schemas/time.ts'
import type { ExecutionState } from './state.ts'

/**
 * When the object must wake next by itself; null when only the world can move it, or nothing any
 * more. The alarm is derived from the log, never remembered beside it.
 *
 * An attempt in flight needs no alarm: its runner ends it in time, and after a crash the workflow
 * object, whose index says that the execution is unfinished, asks it what it is doing and so wakes
 * it. An alarm for each attempt would cost every execution two more commits. For the same reason the
 * default time limit, of days, is looked at on waking and has no alarm of its own. When others are
 * told what they have not heard is the object's matter: it knows what it has tried.
 */
export function nextWakeAt(state: ExecutionState): EpochMs | null {
  if (state.status !== 'running') return null
  if (hasMore(state)) return state.lastAt
  const timer = state.pause === null ? state.timers.soonest() : null
  const counts = state.pause?.timers !== 'frozen' && state.compensation === null
  const deadline = counts && state.graph.settings.timeoutMs !== undefined ? state.deadlineAt : null
  if (timer === null) return deadline
  return deadline === null ? timer.at : Math.min(timer.at, deadline)
}

/** Whether a turn left to the next one what nothing else has to happen for. */
export const hasMore = (state: ExecutionState): boolean =>
  state.status === 'running' && state.pause === null && state.pending.size > 0
