import { and, desc, eq, lt } from 'drizzle-orm'
import type { HookRef } from '../../schemas/api/runtime.ts'
import type { Draft, WorkflowItem } from '../../schemas/api/workflows.ts'
import type { Graph } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { noExecutions } from '../projections/execution-counts.ts'
import type { Database } from './database.ts'
import { pageOf } from './keyset.ts'
import { drafts, versions, workflows } from './tables.ts'

export type VersionItem = { version: number; contentHash: string; publishedAt: number }

const columns = {
  draft: {
    id: drafts.id,
    name: drafts.name,
    digest: drafts.digest,
    triggers: drafts.triggers,
    revision: drafts.revision,
    updatedAt: drafts.updatedAt,
  },
  workflow: workflows,
  active: { version: versions.version, contentHash: versions.contentHash, publishedAt: versions.publishedAt },
}
const isActive = and(eq(versions.workflowId, workflows.id), eq(versions.version, workflows.activeVersion))

/** Newest first. `before` is the id of the last workflow of the page before. */
export async function listWorkflows(
  db: Database,
  limit: number,
  before: string | undefined,
): Promise<{ items: WorkflowItem[]; next?: string }> {
  const rows = await db
    .select(columns)
    .from(drafts)
    .leftJoin(workflows, eq(workflows.id, drafts.id))
    .leftJoin(versions, isActive)
    .where(before === undefined ? undefined : lt(drafts.id, before))
    .orderBy(desc(drafts.id))
    .limit(limit + 1)
  return pageOf(rows.map(itemOf), limit, (item) => item.id)
}

export type WorkflowFound = {
  readonly item: WorkflowItem
  readonly draft: Draft
  readonly active?: { readonly version: number; readonly graph: Graph; readonly hooks: readonly HookRef[] }
  readonly versions: readonly VersionItem[]
}

export async function findWorkflow(db: Database, id: string): Promise<WorkflowFound | null> {
  const row = await db
    .select({ ...columns, content: drafts.content, createdAt: drafts.createdAt })
    .from(drafts)
    .leftJoin(workflows, eq(workflows.id, drafts.id))
    .leftJoin(versions, isActive)
    .where(eq(drafts.id, id))
    .get()
  if (row === undefined) return null
  const item = itemOf(row)
  const draft = {
    ...row.content,
    id,
    revision: row.draft.revision,
    createdAt: row.createdAt,
    updatedAt: item.updatedAt,
  }
  const found = { item, draft, versions: await selectVersions(db, id, limits.listPage, undefined) }
  if (row.active === null) return found
  const { version } = row.active
  const active = await db
    .select({ graph: versions.graph, hooks: versions.hooks })
    .from(versions)
    .where(and(eq(versions.workflowId, id), eq(versions.version, version)))
    .get()
  if (active === undefined || active.graph === null) return found
  return { ...found, active: { version, graph: active.graph, hooks: active.hooks ?? [] } }
}

/** Newest first. `before` is the last version of the page before. */
export async function listVersions(
  db: Database,
  workflowId: string,
  limit: number,
  before: number | undefined,
): Promise<{ items: VersionItem[]; next?: number }> {
  return pageOf(await selectVersions(db, workflowId, limit + 1, before), limit, (item) => item.version)
}

const selectVersions = (db: Database, workflowId: string, limit: number, before: number | undefined) =>
  db
    .select(columns.active)
    .from(versions)
    .where(and(eq(versions.workflowId, workflowId), before === undefined ? undefined : lt(versions.version, before)))
    .orderBy(desc(versions.version))
    .limit(limit)

type Row = {
  readonly draft: {
    id: string
    name: string
    digest: string
    triggers: readonly string[]
    revision: number
    updatedAt: number
  }
  readonly workflow: typeof workflows.$inferSelect | null
  readonly active: VersionItem | null
}

function itemOf({ draft, workflow, active }: Row): WorkflowItem {
  const counts = workflow ?? noExecutions
  return {
    id: draft.id,
    name: draft.name,
    triggers: [...(active === null || workflow === null ? draft.triggers : workflow.triggers)],
    draftRevision: draft.revision,
    ...(active === null ? {} : { published: active }),
    draftChanged: workflow?.activeDigest !== draft.digest,
    executions: {
      total: counts.executionsTotal,
      running: counts.executionsRunning,
      failed: counts.executionsFailed,
      ...(counts.lastStartedAt === null ? {} : { lastStartedAt: counts.lastStartedAt }),
    },
    updatedAt: draft.updatedAt,
  }
}
