import { and, desc, eq, gte, lte, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'

import {
  type ExecutionListItem,
  type ExecutionStatus,
  type WaitKind,
  waitingStatuses,
} from '../../schemas/api/executions.ts'
import type { Database } from './database.ts'
import { keysetCursor, pageOf } from './keyset.ts'
import { drafts, executions } from './tables.ts'

export type ExecutionFilter = {
  readonly workflow?: string | undefined
  readonly status?: readonly ExecutionStatus[] | undefined
  /** Any of these. */
  readonly waitsFor?: readonly WaitKind[] | undefined
  /** First and last start (epoch ms), both included. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

const Place = z.tuple([z.int(), z.string().max(200)])
type Place = z.infer<typeof Place>
export const executionCursor = keysetCursor(Place)

type Row = typeof executions.$inferSelect

/** Newest start first, and by id among equals, so every row has one place and keeps it. */
export async function listExecutions(
  db: Database,
  filter: ExecutionFilter,
  limit: number,
  after: Place | undefined,
): Promise<{ items: ExecutionListItem[]; next?: Place }> {
  // One page per status, each read from an index in its order: sorting all that match would read all that match.
  const [first, ...others] = statusesOf(filter).map((status) => selectPage(db, { ...filter, status }, limit + 1, after))
  if (first === undefined) return { items: [] }
  const rows = (await db.batch([first, ...others]))
    .flat()
    .sort(byPlace)
    .slice(0, limit + 1)
  const names = await workflowNames(db, rows)
  const items = rows.map((row) => itemOf(row, names.get(row.workflowId) ?? row.workflowId))
  return pageOf(items, limit, (item): Place => [item.startedAt, item.id])
}

/** No index has what is waited for, but few of all executions wait: only those are looked at. Undefined stands for every status. */
function statusesOf({ status, waitsFor }: ExecutionFilter): readonly (ExecutionStatus | undefined)[] {
  if (waitsFor === undefined) return status ?? [undefined]
  return waitingStatuses.filter((waiting) => status?.includes(waiting) ?? true)
}

const selectPage = (
  db: Database,
  {
    workflow,
    status,
    waitsFor,
    from,
    to,
  }: Omit<ExecutionFilter, 'status'> & {
    readonly status: ExecutionStatus | undefined
  },
  limit: number,
  after: Place | undefined,
) =>
  db
    .select()
    .from(executions)
    .where(
      and(
        workflow === undefined ? undefined : eq(executions.workflowId, workflow),
        status === undefined ? undefined : eq(executions.status, status),
        waitsFor === undefined ? undefined : waitsForAny(waitsFor),
        from === undefined ? undefined : gte(executions.startedAt, from),
        to === undefined ? undefined : lte(executions.startedAt, to),
        after === undefined ? undefined : isAfter(after),
      ),
    )
    .orderBy(desc(executions.startedAt), desc(executions.id))
    .limit(limit)

const waitsForAny = (kinds: readonly WaitKind[]): SQL =>
  sql`EXISTS (SELECT 1 FROM json_each(${executions.waitsFor}) WHERE value IN (SELECT value FROM json_each(${JSON.stringify(kinds)})))`

const byPlace = (left: Row, right: Row): number =>
  right.startedAt - left.startedAt || (left.id < right.id ? 1 : left.id > right.id ? -1 : 0)

async function workflowNames(db: Database, rows: readonly Row[]): Promise<ReadonlyMap<string, string>> {
  const ids = JSON.stringify([...new Set(rows.map(({ workflowId }) => workflowId))])
  const named = await db
    .select({ id: drafts.id, name: drafts.name })
    .from(drafts)
    .where(sql`${drafts.id} IN (SELECT value FROM json_each(${ids}))`)
  return new Map(named.map(({ id, name }) => [id, name]))
}

const isAfter = ([startedAt, id]: Place): SQL =>
  sql`(${executions.startedAt}, ${executions.id}) < (${startedAt}, ${id})`

function itemOf(row: Row, workflowName: string): ExecutionListItem {
  return {
    id: row.id,
    workflowId: row.workflowId,
    workflowName,
    version: row.version,
    status: row.status,
    triggerNode: row.triggerNode,
    ...(row.waitsFor === null ? {} : { waitsFor: [...row.waitsFor] }),
    startedAt: row.startedAt,
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt }),
    ...(row.failedStep === null ? {} : { failedStep: row.failedStep }),
    ...(row.errorCode === null ? {} : { error: { code: row.errorCode, message: row.errorMessage ?? '' } }),
    position: row.position,
  }
}
