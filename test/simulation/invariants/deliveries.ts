import { statusOf } from '../../../runtime/engine/index.ts'
import { NEVER_STARTED } from '../../../runtime/objects/starts.ts'
import { ExecutionReport } from '../../../schemas/api/executions.ts'
import { limits } from '../../../schemas/limits.ts'
import type { Acknowledged } from '../client.ts'
import type { ExecutionRecord } from '../execution-record.ts'
import type { Invariants } from './invariant.ts'

/** A client was told that its execution is started. */
export type Told = {
  readonly acknowledged: Acknowledged
  readonly record: ExecutionRecord | undefined
  /** The execution that this wish's key was first known to stand for; null when it has no key, or it may have expired. */
  readonly first: string | null
  /** The answer of the same execution that somebody was told before. */
  readonly earlierResponse: unknown
}

export const acknowledgementInvariants: Invariants<Told> = {
  'I1 what was acknowledged is in the log': ({ record }) => record !== undefined && record.rows.length > 0,
  'I1 what was acknowledged is in the index': ({ acknowledged: { wish, executionId } }) =>
    wish.workflow.disk.sql.exec('SELECT id FROM executions WHERE id = ?', executionId).toArray().length === 1,
  'I1 what was acknowledged at a hook is in its log of deliveries': ({ acknowledged: { wish, executionId } }) =>
    wish.door === 'execute' ||
    wish.workflow.disk.sql.exec('SELECT 1 FROM deliveries WHERE execution_id = ?', executionId).toArray().length > 0,
  'I2 a key stands for one execution': ({ acknowledged, first }) =>
    first === null || first === acknowledged.executionId,
  'I4 an execution has one answer for all its callers': ({ acknowledged: { outcome }, earlierResponse }) =>
    outcome?.response === undefined ||
    outcome.response === null ||
    earlierResponse === null ||
    JSON.stringify(outcome.response) === JSON.stringify(earlierResponse),
  'I4 a caller is told a status that the log has had': ({ acknowledged: { outcome }, record }) =>
    outcome === null ||
    outcome.status === 'quarantined' ||
    (record?.states ?? []).some((state) => state.status !== 'not_started' && statusOf(state) === outcome.status),
}

/** The rows of a workflow's index after something was written there. */
export type Index = {
  readonly rows: readonly { readonly report: ExecutionReport; readonly checkAt: number | null }[]
  readonly alarm: number | null
  /** Nobody can tell that the alarm will not come, or its handler is about to set it. */
  readonly isAlarmOpen: boolean
  readonly hasDiskFailed: boolean
  readonly latest: number
}

const unfinished = new Set(['running', 'waiting', 'paused', 'quarantined'])

export const indexInvariants: Invariants<Index> = {
  'T1 what the index does not know to have ended is asked some time': ({ rows }) =>
    rows.every(({ report, checkAt }) => checkAt !== null || !unfinished.has(report.status)),
  'T2 the alarm comes when the first of them is to be asked': ({ rows, alarm, isAlarmOpen, hasDiskFailed, latest }) => {
    const due = Math.min(...rows.map(({ checkAt }) => checkAt ?? Number.POSITIVE_INFINITY))
    if (isAlarmOpen || due === Number.POSITIVE_INFINITY) return true
    // A sweep that broke off is made again after a while.
    return alarm !== null && alarm <= Math.max(due, latest) + (hasDiskFailed ? limits.sweepMaxMs : 1)
  },
}

/** A row of the index that was pulled, and what was pulled of that execution before. */
export type Pulled = {
  readonly report: ExecutionReport
  readonly change: number
  readonly before: { readonly report: ExecutionReport; readonly change: number } | undefined
  /** Positions of the log. */
  readonly length: number
  /** Null for a row that the execution did not write itself. */
  readonly expected: ExecutionReport | null
}

export const projectionInvariants: Invariants<Pulled> = {
  'P1 a row is what the log says at its position': ({ report, expected }) =>
    expected === null || JSON.stringify(ExecutionReport.parse(expected)) === JSON.stringify(report),
  'P1 a row knows no more than the log': ({ report, length }) =>
    report.position <= length ||
    // Given up, or no longer wanted, before it began.
    report.error?.code === NEVER_STARTED ||
    (report.status === 'cancelled' && length === 0),
  'P2 a row never goes back': ({ report, change, before }) =>
    before === undefined || (report.position >= before.report.position && change >= before.change),
}
