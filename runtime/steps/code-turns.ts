import { limits } from '../../schemas/limits.ts'

/**
 * When code may hold the process again, in epoch milliseconds. All the objects of a process share its one thread, so
 * this is the process's and no object's. A number, not a promise: an object must not wait for another's.
 */
let freeFrom = 0

/** Waits until code may run; false when that is not before `deadline`, or the attempt is aborted. */
export async function turnCame(now: () => number, deadline: number, signal: AbortSignal): Promise<boolean> {
  do {
    // At least one turn of the event loop, so that what else is due goes first.
    await new Promise((resolve) => setTimeout(resolve, restMs(now())))
    if (signal.aborted || now() >= deadline) return false
  } while (restMs(now()) > 0)
  return true
}

/**
 * After a run of this much work, which began at `startedAt`, code leaves the process to others for five times as long:
 * fuel counts neither the memory that the platform clears nor what it collects afterwards.
 * A short one holds it no longer than what any other step does, and a list of ten thousand must not wait for each.
 */
export function leaveTurn(startedAt: number, spent: number): void {
  const ms = spent * msForUnit
  if (ms > limits.codeShortMs) freeFrom = startedAt + ms * shareOfOthers
}

/** Not the clock: a Worker's stands still while it computes. */
const msForUnit = 1 / limits.codeFuelPerMs
const shareOfOthers = 6
const mostMs = (limits.codeFuel * 2 + limits.codeReportFuel) * msForUnit * shareOfOthers

/** None after what can only be a clock that was set back. */
function restMs(now: number): number {
  const rest = Math.max(freeFrom - now, 0)
  return rest > mostMs ? 0 : rest
}
