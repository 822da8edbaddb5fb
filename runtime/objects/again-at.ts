import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'

/**
 * When to try again what has not succeeded since an instant: after as long as it has lasted already,
 * within bounds. Nothing but the instant has to be remembered, so a restart changes nothing. After a
 * clock was put back, the way back counts, or everybody would try without a pause until it is where it was.
 */
export const againAt = (since: EpochMs, now: EpochMs): EpochMs =>
  now + Math.min(Math.max(Math.abs(now - since), limits.againMinMs), limits.againMaxMs)
