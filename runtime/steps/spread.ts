import { limits } from '../../schemas/limits.ts'
import type { Attempt, AttemptOutcome, StepRunner } from './step-runner.ts'

/**
 * Carries out the first attempts here, and each of the others where there is room for it: Cloudflare
 * keeps a seventh connection of one invocation waiting until another has its answer, and all that an
 * object does is one invocation. https://developers.cloudflare.com/workers/platform/limits/
 */
export function spread(here: StepRunner, elsewhere: (attempt: Attempt) => Promise<AttemptOutcome>): StepRunner {
  let running = 0
  return async (attempt, signal) => {
    if (running >= limits.httpConnections) return elsewhereOf(attempt, elsewhere)
    running += 1
    try {
      return await here(attempt, signal)
    } finally {
      running -= 1
    }
  }
}

/**
 * What becomes of the other invocation is not known when it breaks off: another attempt carries the same key.
 * A signal is no value of a call, so an attempt that was cancelled goes on there until it ends or its time is over.
 */
async function elsewhereOf(
  attempt: Attempt,
  elsewhere: (attempt: Attempt) => Promise<AttemptOutcome>,
): Promise<AttemptOutcome> {
  try {
    return await elsewhere(attempt)
  } catch (error) {
    const message = `the attempt broke off: ${error instanceof Error ? error.message : String(error)}`
    return { ok: false, failure: { code: 'attempt_broken_off', message }, retryable: true }
  }
}
