import type { Failure, StepRequest } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { nodeFor } from './attempt.ts'
import { childOfBatch } from './batch.ts'
import { resolveRequest } from './begin.ts'
import { decide } from './decide.ts'
import type { Rejection } from './decision.ts'
import { programOf } from './program.ts'
import type { ExecutionState, Started } from './state.ts'
import { isBatch } from './step-key.ts'
import { type Read, Turn } from './turn.ts'
import { undoingOf } from './undoing.ts'

/** What would undo one step, and what it would ask the world for; or why it could not. */
export type PlannedUndo = {
  readonly step: StepKey
  readonly undoes: StepKey
  readonly request?: StepRequest
  /** Of a batch: how many steps its child undoes, as far as that is known, and which execution the child is. */
  readonly child?: { readonly executionId?: string; readonly steps?: number }
  readonly failure?: Failure
}

/** What a cancel with `compensate` would undo now, newest first. It is decided as that cancel is, and nothing is recorded. */
export function undoPlan(
  state: ExecutionState,
  read: Read,
  now: EpochMs,
):
  | { readonly ok: true; readonly steps: readonly PlannedUndo[] }
  | { readonly ok: false; readonly rejection: Rejection } {
  const decision = decide({ type: 'CancelExecution', now, reason: '', compensate: true }, state, read)
  if (!decision.ok) return decision
  const { events } = decision
  const readAll: Read = (position) => events[position - state.position - 1] ?? read(position)
  const turn = new Turn(decision.state, readAll, now)
  const steps = turn.state.compensation?.steps ?? []
  return { ok: true, steps: steps.map((step) => planned(turn, step)) }
}

function planned(turn: Turn, undoes: StepKey): PlannedUndo {
  const step = undoingOf(turn.state, undoes)
  if (isBatch(undoes)) return { step, undoes, child: childOf(turn.state, undoes) }
  const { program, reads } = programOf(turn.state.graph).node(nodeFor(turn, step))
  // What only computes asks the world for nothing.
  if (program.role !== 'act') return { step, undoes }
  const resolved = resolveRequest(turn, step, program, reads)
  return resolved.ok ? { step, undoes, request: resolved.request } : { step, undoes, failure: resolved.failure }
}

function childOf(state: Started, batch: StepKey): NonNullable<PlannedUndo['child']> {
  const { executionId, undoable } = childOfBatch(state, batch)
  return { ...(executionId === null ? {} : { executionId }), ...(undoable === null ? {} : { steps: undoable }) }
}
