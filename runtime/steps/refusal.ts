import type { Failure } from '../../schemas/execution-events.ts'

/** Why an attempt came to nothing: an expected outcome, so a value and not an exception. */
export type Refusal = { readonly ok: false; readonly failure: Failure; readonly retryable: boolean }

/** The request itself is at fault: the same request fails again. */
export const refuse = (code: string, message: string, details?: unknown): Refusal => ({
  ok: false,
  failure: { code, message, ...(details === undefined ? {} : { details }) },
  retryable: false,
})

/** The world is at fault: the same request may succeed later. */
export const failForNow = (code: string, message: string): Refusal => ({
  ok: false,
  failure: { code, message },
  retryable: true,
})
