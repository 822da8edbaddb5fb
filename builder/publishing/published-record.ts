import { and, eq, isNull, sql } from 'drizzle-orm'

import type { PublishedWorkflow } from '../../schemas/api/runtime.ts'
import type { Database } from '../db/database.ts'
import { draftRow } from '../db/drafts.ts'
import { drafts, versions, workflows } from '../db/tables.ts'
import type { RuntimeClient } from '../runtime-client.ts'
import { contentDigest, contentOf, triggersOf } from './draft-content.ts'

const ATTEMPTS = 10

/** Written before the runtime is asked to publish: from then on a crash cannot lose sight of the workflow. */
export async function intendToPublish(db: Database, workflowId: string): Promise<void> {
  await db.insert(workflows).values({ id: workflowId, triggers: [] }).onConflictDoNothing()
}

/**
 * Makes the record of what is published equal to what the runtime holds, and answers with it; null
 * when the runtime knows no such workflow. Every writer reads the record's number, then the runtime,
 * then writes over that number only: so the last one to write has read the runtime last.
 *
 * `published` is what the caller has just published: the digest of the draft it came from.
 */
export async function recordPublished(
  { db, runtime, now }: { readonly db: Database; readonly runtime: RuntimeClient; readonly now: () => number },
  workflowId: string,
  published?: { readonly version: number; readonly digest: string },
): Promise<PublishedWorkflow | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const known = await db
      .select({ number: workflows.recordNumber, version: workflows.activeVersion, digest: workflows.activeDigest })
      .from(workflows)
      .where(eq(workflows.id, workflowId))
      .get()
    const held = await runtime.workflow(workflowId)
    if (held === null) return null
    const source = [published, known].find((candidate) => candidate?.version === held.active.version)
    const digest = source?.digest ?? contentDigest(held.active.graph)
    if (await write(db, held, { digest, over: known?.number ?? 0, now: now() })) return held
  }
  throw new Error(`the record of workflow ${workflowId} was overwritten ${ATTEMPTS} times in a row`)
}

/**
 * Forgets an intention that came to nothing. One that comes to something after all is recorded again by
 * whoever asked for it. False when the workflow is published.
 */
export async function forgetIntention(db: Database, workflowId: string): Promise<boolean> {
  await db.delete(workflows).where(and(eq(workflows.id, workflowId), isNull(workflows.activeVersion)))
  const left = await db.select({ id: workflows.id }).from(workflows).where(eq(workflows.id, workflowId)).get()
  return left === undefined
}

async function write(
  db: Database,
  held: PublishedWorkflow,
  record: { readonly digest: string; readonly over: number; readonly now: number },
): Promise<boolean> {
  const { workflowId, active } = held
  const content = contentOf(active.graph)
  const columns = { activeVersion: active.version, activeDigest: record.digest, triggers: triggersOf(content) }
  const [, , , written] = await db.batch([
    // What is published is always visible: a draft that was deleted while it was being published comes back.
    db
      .insert(drafts)
      .values(draftRow({ ...content, id: workflowId, revision: 1, createdAt: record.now, updatedAt: record.now }))
      .onConflictDoNothing(),
    db
      .insert(versions)
      .select(sql`
        SELECT ${workflowId}, value ->> 'version', value ->> 'contentHash', value ->> 'publishedAt', NULL, NULL
        FROM json_each(${JSON.stringify(held.versions)}) WHERE true`)
      .onConflictDoNothing(),
    db
      .update(versions)
      .set({ graph: active.graph, hooks: active.hooks })
      .where(and(eq(versions.workflowId, workflowId), eq(versions.version, active.version))),
    db
      .insert(workflows)
      .values({ id: workflowId, ...columns, recordNumber: 1 })
      .onConflictDoUpdate({
        target: workflows.id,
        set: { ...columns, recordNumber: record.over + 1 },
        setWhere: eq(workflows.recordNumber, record.over),
      })
      .returning({ id: workflows.id }),
  ])
  return written.length > 0
}
