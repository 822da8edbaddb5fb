import type { ExecutionStatus } from '../../schemas/api/executions.ts'
import type { ExecutionRow } from './execution-row.ts'

/** What a workflow's row says of its executions. `running` counts all that have not ended. */
export type ExecutionCounts = {
  readonly executionsTotal: number
  readonly executionsRunning: number
  readonly executionsFailed: number
  readonly lastStartedAt: number | null
}

export const noExecutions: ExecutionCounts = {
  executionsTotal: 0,
  executionsRunning: 0,
  executionsFailed: 0,
  lastStartedAt: null,
}

const isRunning: Record<ExecutionStatus, boolean> = {
  running: true,
  waiting: true,
  paused: true,
  succeeded: false,
  failed: false,
  cancelled: false,
  quarantined: false,
}

/** The counts after one row has become another. */
export function countRow(counts: ExecutionCounts, before: ExecutionRow | null, after: ExecutionRow): ExecutionCounts {
  const difference = (holds: (row: ExecutionRow) => boolean): number =>
    Number(holds(after)) - Number(before !== null && holds(before))
  return {
    executionsTotal: counts.executionsTotal + difference(() => true),
    executionsRunning: counts.executionsRunning + difference((row) => isRunning[row.status]),
    executionsFailed: counts.executionsFailed + difference((row) => row.status === 'failed'),
    lastStartedAt: Math.max(counts.lastStartedAt ?? 0, after.startedAt),
  }
}
