import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import type { ExecutionState } from './state.ts'

/** An expected refusal: a value, never thrown. `runtime/http/problem.ts` gives each its HTTP status. */
export type Rejection =
  | { readonly reason: 'already_started' }
  | { readonly reason: 'not_running'; readonly status: ExecutionState['status'] }
  /** A retry of an execution that has not failed. */
  | { readonly reason: 'not_failed'; readonly status: ExecutionState['status'] }
  /** What failed would fail again: it only computes. */
  | { readonly reason: 'computes_the_same'; readonly step: string }
  /** What was done has been undone, or is being undone. */
  | { readonly reason: 'compensated' }
  | { readonly reason: 'not_paused' }
  /** A person must say first what these steps did. */
  | { readonly reason: 'unknown_steps'; readonly steps: readonly string[] }
  | { readonly reason: 'not_unknown'; readonly step: string }
  | { readonly reason: 'too_many_signals'; readonly limit: number }
  /** The step has not begun to wait. */
  | { readonly reason: 'not_waiting'; readonly step: string }
  | {
      readonly reason: 'form_mismatch'
      readonly issues: readonly { readonly path: string; readonly message: string }[]
    }

export type Decision =
  | { readonly ok: true; readonly events: readonly ExecutionEvent[]; readonly state: ExecutionState }
  | { readonly ok: false; readonly rejection: Rejection }

export const reject = (rejection: Rejection): Decision => ({ ok: false, rejection })
