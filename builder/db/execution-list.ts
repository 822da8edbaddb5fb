import { and, desc, eq, gte, inArray, lte, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'

import type { ExecutionListItem, ExecutionStatus } from '../../schemas/api/executions.ts'
import type { Database } from './database.ts'
import { keysetCursor, pageOf } from './keyset.ts'
import { drafts, executions } from './tables.ts'

export type ExecutionFilter = {
  readonly workflow?: string | undefined
  readonly status?: readonly ExecutionStatus[] | undefined
  /** First and last start (epoch ms), both included. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

const Place = z.tuple([z.int(), z.string().max(200)])
type Place = z.infer<typeof Place>
export const executionCursor = keysetCursor(Place)

/** Newest start first, and by id among equals, so every row has one place and keeps it. */
export async function listExecutions(
  db: Database,
  filter: ExecutionFilter,
  limit: number,
  after: Place | undefined,
): Promise<{ items: ExecutionListItem[]; next?: Place }> {
  const rows = await db
    .select({ execution: executions, workflowName: drafts.name })
    .from(executions)
    .leftJoin(drafts, eq(drafts.id, executions.workflowId))
    .where(and(...conditions(filter), after === undefined ? undefined : isAfter(after)))
    .orderBy(desc(executions.startedAt), desc(executions.id))
    .limit(limit + 1)
  const items = rows.map(({ execution, workflowName }) => itemOf(execution, workflowName ?? execution.workflowId))
  return pageOf(items, limit, (item): Place => [item.startedAt, item.id])
}

const conditions = ({ workflow, status, from, to }: ExecutionFilter): readonly (SQL | undefined)[] => [
  workflow === undefined ? undefined : eq(executions.workflowId, workflow),
  status === undefined ? undefined : inArray(executions.status, [...status]),
  from === undefined ? undefined : gte(executions.startedAt, from),
  to === undefined ? undefined : lte(executions.startedAt, to),
]

const isAfter = ([startedAt, id]: Place): SQL =>
  sql`(${executions.startedAt}, ${executions.id}) < (${startedAt}, ${id})`

function itemOf(row: typeof executions.$inferSelect, workflowName: string): ExecutionListItem {
  return {
    id: row.id,
    workflowId: row.workflowId,
    workflowName,
    version: row.version,
    status: row.status,
    triggerNode: row.triggerNode,
    startedAt: row.startedAt,
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt }),
    ...(row.failedStep === null ? {} : { failedStep: row.failedStep }),
    ...(row.errorCode === null ? {} : { error: { code: row.errorCode, message: row.errorMessage ?? '' } }),
    position: row.position,
  }
}
