import type { EpochMs } from '../../schemas/time.ts'
import type { Execution } from './execution.ts'
import type { ChildAnswer, ParentTells } from './relatives.ts'

/**
 * The parent of a batch wants it to go on where it was, or to undo what it did; null when there is
 * nothing to undo. Asked again, it does nothing more.
 */
export function hearAsked(execution: Execution, told: ParentTells, now: EpochMs): ChildAnswer | null {
  const isUndo = told.wish.notice === 'undo'
  if (!execution.isKnown) {
    // Its start may still be on its way. It is no longer wanted.
    execution.neverBegin()
    return isUndo ? null : refusal('nothing is known of it')
  }
  const result = execution.handle({ type: 'HearParent', now, ...told })
  if (!result.ok) {
    // A newer release may read what this one cannot: it is to be asked again.
    if (result.rejection.reason === 'quarantined') throw new Error(result.rejection.message)
    return refusal(`it was refused as ${result.rejection.reason}`)
  }
  if (result.state.status === 'not_started' || (isUndo && result.state.status !== 'running')) return null
  const { workflowId, version, executionId } = result.state
  return { ok: true, workflowId, executionId, version }
}

const refusal = (why: string): ChildAnswer => ({
  ok: false,
  failure: { code: 'batch_not_retried', message: `the batch cannot go on where it was: ${why}` },
})
