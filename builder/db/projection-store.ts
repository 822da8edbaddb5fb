import { and, asc, count, eq, exists, getTableColumns, type SQL, sql } from 'drizzle-orm'

import { type ExecutionCounts, noExecutions } from '../projections/execution-counts.ts'
import type { ExecutionRow } from '../projections/execution-row.ts'
import type { Database } from './database.ts'
import { executions, workflows } from './tables.ts'

/** How far a workflow's projection has read, and what it has counted on the way. */
export type Checkpoint = ExecutionCounts & {
  readonly id: string
  readonly activeVersion: number | null
  readonly epoch: number
  readonly readUpTo: number
  readonly lastChange: number
  readonly pulledAt: number
}

const checkpointColumns = {
  id: workflows.id,
  activeVersion: workflows.activeVersion,
  epoch: workflows.epoch,
  readUpTo: workflows.readUpTo,
  lastChange: workflows.lastChange,
  pulledAt: workflows.pulledAt,
  executionsTotal: workflows.executionsTotal,
  executionsRunning: workflows.executionsRunning,
  executionsFailed: workflows.executionsFailed,
  lastStartedAt: workflows.lastStartedAt,
} as const

export async function findCheckpoint(db: Database, workflowId: string): Promise<Checkpoint | null> {
  const row = await db.select(checkpointColumns).from(workflows).where(eq(workflows.id, workflowId)).get()
  return row ?? null
}

/** The checkpoints that were read longest ago, or the one of `workflowId`. */
export async function stalestCheckpoints(
  db: Database,
  workflowId: string | undefined,
  limit: number,
): Promise<readonly Checkpoint[]> {
  return db
    .select(checkpointColumns)
    .from(workflows)
    .where(workflowId === undefined ? undefined : eq(workflows.id, workflowId))
    .orderBy(asc(workflows.pulledAt), asc(workflows.id))
    .limit(limit)
}

/** How many changes are known that the rows lack, of one workflow or of all. */
export async function knownLag(db: Database, workflowId: string | undefined): Promise<number> {
  const row = await db
    .select({ lag: sql<number>`coalesce(sum(max(0, ${workflows.lastChange} - ${workflows.readUpTo})), 0)` })
    .from(workflows)
    .where(workflowId === undefined ? undefined : eq(workflows.id, workflowId))
    .get()
  return row?.lag ?? 0
}

export async function countRows(db: Database): Promise<number> {
  const row = await db.select({ count: count() }).from(executions).get()
  return row?.count ?? 0
}

export async function findRows(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, ExecutionRow>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select()
    .from(executions)
    .where(sql`${executions.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`)
  return new Map(rows.map((row) => [row.id, row]))
}

/**
 * Writes the rows and the checkpoint in one transaction, over the checkpoint `from` only. False when
 * somebody else has moved it meanwhile: then nothing is written.
 */
export async function advance(
  db: Database,
  from: Checkpoint,
  rows: readonly ExecutionRow[],
  to: ExecutionCounts & Pick<Checkpoint, 'readUpTo' | 'lastChange' | 'pulledAt'>,
): Promise<boolean> {
  const move = db
    .update(workflows)
    .set({ ...to, pulledAt: sql`max(${workflows.pulledAt}, ${to.pulledAt})` })
    .where(isAt(from))
    .returning({ id: workflows.id })
  const moved = rows.length === 0 ? await move : (await db.batch([upsert(db, from, rows), move]))[1]
  return moved.length > 0
}

/** Back to nothing read. False when somebody else has moved the checkpoint meanwhile. */
export async function forgetRows(db: Database, from: Checkpoint): Promise<boolean> {
  const [, moved] = await db.batch([
    db
      .delete(executions)
      .where(
        and(
          eq(executions.workflowId, from.id),
          exists(db.select({ id: workflows.id }).from(workflows).where(isAt(from))),
        ),
      ),
    db
      .update(workflows)
      .set({ ...noExecutions, epoch: from.epoch + 1, readUpTo: 0, pulledAt: 0 })
      .where(isAt(from))
      .returning({ id: workflows.id }),
  ])
  return moved.length > 0
}

const isAt = (from: Checkpoint): SQL | undefined =>
  and(eq(workflows.id, from.id), eq(workflows.readUpTo, from.readUpTo), eq(workflows.epoch, from.epoch))

/** All rows travel as one JSON parameter: a statement may have 100 parameters, and a page has more columns than that. */
function upsert(db: Database, from: Checkpoint, rows: readonly ExecutionRow[]) {
  const columns = Object.entries(getTableColumns(executions))
  const values = columns.map(([field]) => sql.raw(`value ->> '${field}'`))
  return db
    .insert(executions)
    .select(sql`
      SELECT ${sql.join(values, sql`, `)} FROM json_each(${JSON.stringify(rows)})
      WHERE EXISTS (SELECT 1 FROM ${workflows} WHERE ${isAt(from)})`)
    .onConflictDoUpdate({
      target: executions.id,
      set: Object.fromEntries(columns.map(([field, { name }]) => [field, sql`excluded.${sql.identifier(name)}`])),
      setWhere: sql`(excluded.position, excluded.change) > (${executions.position}, ${executions.change})`,
    })
}
