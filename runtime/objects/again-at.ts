import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'

/**
 * When to try again what has not succeeded since an instant: after as long as it has lasted already,
 * within bounds. Nothing but the instant has to be remembered, so a restart changes nothing.
 */
export const againAt = (since: EpochMs, now: EpochMs): EpochMs =>
  now + Math.min(Math.max(now - since, limits.againMinMs), limits.againMaxMs)
