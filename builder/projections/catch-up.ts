import { z } from 'zod'

import { type ChangesPage, ExecutionReport, type IndexChange } from '../../schemas/api/executions.ts'
import { limits } from '../../schemas/limits.ts'
import type { Database } from '../db/database.ts'
import { advance, type Checkpoint, findCheckpoint, findRows, forgetRows } from '../db/projection-store.ts'
import type { RuntimeClient } from '../runtime-client.ts'
import { countRow, type ExecutionCounts } from './execution-counts.ts'
import { type ExecutionRow, projectExecution } from './execution-row.ts'

type World = { readonly db: Database; readonly runtime: RuntimeClient; readonly now: () => number }

const Page = z.object({
  changes: z.array(z.object({ change: z.int().min(1), report: ExecutionReport })),
  last: z.int().min(0),
})

/**
 * Reads what changed since the checkpoint, page by page, until what there was when it began is in
 * the projection. Null when the builder knows no such workflow; else the checkpoint it ended at.
 * Any number of these may work on one workflow at once.
 *
 * `known` saves reading the checkpoint; when it has moved meanwhile, it is read after all.
 */
export async function catchUp(world: World, workflowId: string, known?: Checkpoint): Promise<Checkpoint | null> {
  const startedAt = world.now()
  let target: number | null = null
  let checkpoint = known ?? (await findCheckpoint(world.db, workflowId))
  while (checkpoint !== null) {
    const page = readPage(await world.runtime.changes(workflowId, checkpoint.readUpTo, limits.changesPage), checkpoint)
    target ??= page.last
    // The index is behind what was read from it: the objects were restored from an older copy, and they are the truth.
    if (page.last < checkpoint.readUpTo) {
      console.warn(`workflow ${workflowId}: its index went back to change ${page.last}; its projection starts again`)
      await forgetRows(world.db, checkpoint)
      target = null
      checkpoint = await findCheckpoint(world.db, workflowId)
      continue
    }
    const readUpTo = page.changes.at(-1)?.change ?? page.last
    const isDone = readUpTo >= target
    const moved = await apply(world.db, checkpoint, page, {
      readUpTo,
      pulledAt: isDone ? startedAt : checkpoint.pulledAt,
    })
    if (moved !== null && isDone) return moved
    checkpoint = moved ?? (await findCheckpoint(world.db, workflowId))
  }
  return null
}

/** Parsed, and held to its contract: each change newer than the one before. A page that breaks it is not written. */
function readPage(answer: ChangesPage, { id, readUpTo }: Checkpoint): ChangesPage {
  const page = Page.parse(answer) satisfies ChangesPage
  let newest = readUpTo
  for (const { change, report } of page.changes) {
    if (change <= newest || change > page.last) throw new Error(`workflow ${id}: change ${change} is out of order`)
    if (report.workflowId !== id) throw new Error(`workflow ${id}: change ${change} is of another workflow`)
    newest = change
  }
  return page
}

async function apply(
  db: Database,
  from: Checkpoint,
  page: ChangesPage,
  to: { readonly readUpTo: number; readonly pulledAt: number },
): Promise<Checkpoint | null> {
  const isNews = page.changes.length > 0 || page.last !== from.lastChange || to.readUpTo !== from.readUpTo
  if (!isNews && to.pulledAt < from.pulledAt + limits.pullRecordMs)
    return { ...from, pulledAt: Math.max(from.pulledAt, to.pulledAt) }
  const { rows, counts } = fold(
    from,
    await findRows(
      db,
      page.changes.map(({ report }) => report.id),
    ),
    page.changes,
  )
  const moved = { ...counts, readUpTo: to.readUpTo, lastChange: page.last, pulledAt: to.pulledAt }
  return (await advance(db, from, rows, moved)) ? { ...from, ...moved } : null
}

function fold(
  from: ExecutionCounts,
  known: ReadonlyMap<string, ExecutionRow>,
  changes: readonly IndexChange[],
): { readonly rows: readonly ExecutionRow[]; readonly counts: ExecutionCounts } {
  const rows = new Map<string, ExecutionRow>()
  let counts: ExecutionCounts = {
    executionsTotal: from.executionsTotal,
    executionsRunning: from.executionsRunning,
    executionsFailed: from.executionsFailed,
    lastStartedAt: from.lastStartedAt,
  }
  for (const change of changes) {
    const before = rows.get(change.report.id) ?? known.get(change.report.id) ?? null
    const after = projectExecution(before, change)
    if (after === before) continue
    counts = countRow(counts, before, after)
    rows.set(after.id, after)
  }
  return { rows: [...rows.values()], counts }
}
