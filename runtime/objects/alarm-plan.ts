import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { type ExecutionState, hasMore, nextWakeAt, type Started, statusOf } from '../engine/index.ts'

/**
 * When the alarm of an execution comes: at the moment that the log says, and as a net under what this
 * process goes on with by itself, in case it dies meanwhile. A net is set once for many turns and
 * moves only when it has come.
 *
 * Attempts of an execution that has done nothing but run since it started need no net: the workflow
 * object, whose row says that it is running, asks soon. One that waited, was paused or had ended is
 * asked late or never, and its report that it runs again may be lost.
 */
export class AlarmPlan {
  #netAt: EpochMs = 0
  #isAskedSoon: boolean

  constructor(loaded: ExecutionState) {
    this.#isAskedSoon = loaded.status === 'not_started'
  }

  /** The alarm for a turn that leads to this state. */
  at(state: Started, now: EpochMs): EpochMs | null {
    const dueAt = nextWakeAt(state)
    const goesOn = hasMore(state)
    const isAskedSoon = this.#isAskedSoon && statusOf(state) === 'running'
    if (!goesOn && (isAskedSoon || !isInFlight(state))) return dueAt
    if (this.#netAt <= now) this.#netAt = now + limits.netMs
    // What is due while it goes on anyway, it finds by itself.
    return goesOn || dueAt === null ? this.#netAt : Math.min(dueAt, this.#netAt)
  }

  /** A turn has led to this state. */
  follow(state: Started): void {
    if (statusOf(state) !== 'running') this.#isAskedSoon = false
  }
}

/** Whether an attempt is. What a crash left open during a pause is busy, too, and waits for a person. */
function isInFlight({ busy, steps }: Started): boolean {
  for (const step of busy.keys()) if (steps.get(step)?.status === 'running') return true
  return false
}
