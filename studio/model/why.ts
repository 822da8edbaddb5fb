import { whyExecution, whyStep } from '../../runtime/engine/why.ts'
import type { Reason } from '../../schemas/api/why.ts'
import { StepKey } from '../../schemas/graph.ts'
import { type ExecutionLog, startedOf, stateAt } from './execution-log.ts'
import { recordedAt } from './execution-output.ts'

/** A reason as it is shown: with the step it is about, when there is one to go to. */
export type ShownReason = Reason & { readonly key: StepKey | null }

/** Why the execution did what it did at a position; or why one step of it did. Folded here, so the past is explained as well. */
export function whyAt(log: ExecutionLog, position: number, step: StepKey | null): readonly ShownReason[] {
  const state = startedOf(stateAt(log, position))
  if (state === null) return []
  const read = (at: number) => recordedAt(log.events, at)
  const reasons = step === null ? whyExecution(state, read) : (whyStep(state, read, step) ?? [])
  return reasons.map((reason) => ({ ...reason, key: StepKey.safeParse(reason.step).data ?? null }))
}
