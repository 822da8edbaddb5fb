import type { RetryPolicy } from '../../schemas/graph.ts'

/**
 * Milliseconds between failure number `failures` and the next attempt. `chance` in [0, 1) moves it by
 * at most `jitter` of itself either way, so that many executions that failed together do not come back together.
 */
export function backoffMs(policy: RetryPolicy, failures: number, chance: number): number {
  const uncappedMs = policy.initialIntervalMs * policy.backoffCoefficient ** (failures - 1)
  const cappedMs = Math.min(uncappedMs, policy.maxIntervalMs)
  return Math.round(cappedMs * (1 + policy.jitter * (2 * chance - 1)))
}
