import { and, desc, eq, lt, sql } from 'drizzle-orm'

import type { Draft, DraftContent, DraftItem } from '../../schemas/api/workflows.ts'
import { contentDigest, contentOf, triggersOf } from '../publishing/draft-content.ts'
import type { Database } from './database.ts'
import { pageOf } from './keyset.ts'
import { drafts } from './tables.ts'

export type SaveResult =
  | { readonly ok: true; readonly draft: Draft }
  | { readonly ok: false; readonly reason: 'not_found' }
  | { readonly ok: false; readonly reason: 'revision_stale'; readonly current: Draft }

export async function createDraft(db: Database, id: string, content: DraftContent, now: number): Promise<Draft> {
  const draft: Draft = { ...contentOf(content), id, revision: 1, createdAt: now, updatedAt: now }
  await db.insert(drafts).values(draftRow(draft))
  return draft
}

export async function findDraft(db: Database, id: string): Promise<Draft | null> {
  const row = await db.select().from(drafts).where(eq(drafts.id, id)).get()
  return row === undefined ? null : draftOf(row)
}

/** Newest first. `before` is the id of the last draft of the page before. */
export async function listDrafts(
  db: Database,
  limit: number,
  before: string | undefined,
): Promise<{ items: DraftItem[]; next?: string }> {
  const rows = await db
    .select({
      id: drafts.id,
      name: drafts.name,
      revision: drafts.revision,
      createdAt: drafts.createdAt,
      updatedAt: drafts.updatedAt,
    })
    .from(drafts)
    .where(before === undefined ? undefined : lt(drafts.id, before))
    .orderBy(desc(drafts.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (row) => row.id)
}

/** Saves over `revision` and nothing else: one statement, so of two who read the same revision one is told. */
export async function saveDraft(
  db: Database,
  id: string,
  revision: number,
  content: DraftContent,
  now: number,
): Promise<SaveResult> {
  const saved = await db
    .update(drafts)
    .set({
      name: content.name,
      content: contentOf(content),
      digest: contentDigest(content),
      triggers: triggersOf(content),
      revision: sql`${drafts.revision} + 1`,
      updatedAt: now,
    })
    .where(and(eq(drafts.id, id), eq(drafts.revision, revision)))
    .returning()
    .get()
  if (saved !== undefined) return { ok: true, draft: draftOf(saved) }
  const current = await findDraft(db, id)
  return current === null ? { ok: false, reason: 'not_found' } : { ok: false, reason: 'revision_stale', current }
}

export const draftRow = (draft: Draft): typeof drafts.$inferInsert => ({
  id: draft.id,
  name: draft.name,
  content: contentOf(draft),
  digest: contentDigest(draft),
  triggers: triggersOf(draft),
  revision: draft.revision,
  createdAt: draft.createdAt,
  updatedAt: draft.updatedAt,
})

const draftOf = (row: typeof drafts.$inferSelect): Draft => ({
  ...row.content,
  id: row.id,
  revision: row.revision,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
})
