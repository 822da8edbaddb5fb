import type { ExecutionReport, IndexChange } from '../../schemas/api/executions.ts'
import { limits } from '../../schemas/limits.ts'
import type { executions } from '../db/tables.ts'

export type ExecutionRow = typeof executions.$inferSelect

/**
 * The projection of one execution: the row after a change. What includes more events wins, and of
 * two that include the same events the later change; so any order, and any repetition, ends alike.
 */
export function projectExecution(row: ExecutionRow | null, { change, report }: IndexChange): ExecutionRow {
  return row !== null && !isNewer({ position: report.position, change }, row) ? row : rowOf(report, change)
}

type Place = { readonly position: number; readonly change: number }

const isNewer = (place: Place, than: Place): boolean =>
  place.position > than.position || (place.position === than.position && place.change > than.change)

const rowOf = (report: ExecutionReport, change: number): ExecutionRow => ({
  id: report.id,
  workflowId: report.workflowId,
  version: report.version,
  status: report.status,
  triggerNode: report.triggerNode,
  waitsFor: report.waitsFor ?? null,
  startedAt: report.startedAt,
  endedAt: report.endedAt ?? null,
  failedStep: report.failedStep ?? null,
  errorCode: report.error?.code.slice(0, limits.listMessageLength) ?? null,
  errorMessage: report.error?.message.slice(0, limits.listMessageLength) ?? null,
  position: report.position,
  change,
})
