import type { ExecutionReport, ExecutionView } from '../../schemas/api/executions.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import type { Started } from '../engine/index.ts'
import { StorageFault } from './storage-fault.ts'

type Read = (position: number) => ExecutionEvent

/**
 * What is shown of an execution whose log did not verify: the sound part, and why. When not even the
 * beginning can be read only the id is known, and `workflowId` is empty, `version` and `startedAt` are 0.
 */
export function quarantinedView(id: string, state: Started | null, message: string, read: Read): ExecutionView {
  return {
    id,
    workflowId: state?.workflowId ?? '',
    version: state?.version ?? 0,
    status: 'quarantined',
    trigger: state === null ? null : triggerOf(read),
    startedAt: state?.startedAt ?? 0,
    error: { code: 'quarantined', message },
    position: state?.position ?? 0,
  }
}

/** `position` is the end of the log, not of its sound part: the index has perhaps heard of what can no longer be read. */
export const quarantinedReport = (state: Started, message: string, position: number): ExecutionReport => ({
  id: state.executionId,
  workflowId: state.workflowId,
  version: state.version,
  status: 'quarantined',
  triggerNode: state.triggerNode,
  startedAt: state.startedAt,
  error: { code: 'quarantined', message },
  position,
})

/** A state that was folded from a snapshot may stand on a first event that can no longer be read. */
function triggerOf(read: Read): unknown {
  try {
    const first = read(1)
    return first.type === 'ExecutionStarted' ? first.trigger : null
  } catch (error) {
    if (error instanceof StorageFault) throw error
    return null
  }
}
