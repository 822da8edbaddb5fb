import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import type { ExecutionState } from './state.ts'

/** Why a command was refused. An expected answer, so a value and not an exception. */
export type Rejection =
  | { readonly reason: 'already_started' }
  | { readonly reason: 'not_running'; readonly status: ExecutionState['status'] }

export type Decision =
  | {
      readonly ok: true
      readonly events: readonly ExecutionEvent[] /** The state after them. */
      readonly state: ExecutionState
    }
  | { readonly ok: false; readonly rejection: Rejection }

export const reject = (rejection: Rejection): Decision => ({ ok: false, rejection })
