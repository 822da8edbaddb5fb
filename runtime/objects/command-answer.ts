import type { ExecutionStatus } from '../../schemas/api/executions.ts'
import type { SettledWait } from '../../schemas/api/linked-wait.ts'
import type { StepKey } from '../../schemas/graph.ts'
import type { Rejection, Started } from '../engine/index.ts'
import type { PlannedUndo } from '../engine/undo-plan.ts'
import type { Quarantined } from './execution.ts'

/** What became of a command to an execution. `status` is what the execution is doing now. */
export type CommandAnswer =
  /** Nothing was ever started here. */
  | { readonly type: 'not_found' }
  /** Nothing was changed. */
  | {
      readonly type: 'rejected'
      readonly rejection: Rejection | Quarantined
      readonly status: ExecutionStatus
      readonly settled: SettledWait | null
    }
  /** An answer to a step that waits no longer. That it came is recorded; it changes nothing else. */
  | { readonly type: 'late'; readonly status: ExecutionStatus; readonly settled: SettledWait | null }
  /** `isTaken`: a step goes on with what was sent. `isRepeated`: it came before, so that nothing was recorded. */
  | {
      readonly type: 'done'
      readonly status: ExecutionStatus
      readonly isTaken: boolean
      readonly isRepeated: boolean
    }

/** What a cancel would undo, or why it would be refused. */
export type UndoPlanAnswer =
  | Extract<CommandAnswer, { type: 'not_found' | 'rejected' }>
  | { readonly type: 'planned'; readonly status: ExecutionStatus; readonly steps: readonly PlannedUndo[] }

/** Null when the step is not over, or belongs to an iteration that is. */
export function settledOf(state: Started, step: StepKey): SettledWait | null {
  const current = state.steps.get(step)
  if (current === undefined || !('endedAt' in current)) return null
  return { status: current.status, ports: 'ports' in current ? current.ports : [], at: current.endedAt }
}
