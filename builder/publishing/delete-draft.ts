import { and, eq, notExists } from 'drizzle-orm'

import type { Draft } from '../../schemas/api/workflows.ts'
import type { Database } from '../db/database.ts'
import { findDraft } from '../db/drafts.ts'
import { drafts, workflows } from '../db/tables.ts'
import type { RuntimeClient } from '../runtime-client.ts'
import { forgetIntention, recordPublished } from './published-record.ts'

export type DeleteResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'not_found' | 'draft_published' }
  | { readonly ok: false; readonly reason: 'revision_stale'; readonly current: Draft }

/** Deletes a draft that was never published. A published one stays: its hooks would go on with nobody seeing them. */
export async function deleteDraft(
  services: { readonly db: Database; readonly runtime: RuntimeClient; readonly now: () => number },
  id: string,
  revision: number | undefined,
): Promise<DeleteResult> {
  const { db } = services
  if (await deleteUnpublished(db, id, revision)) return { ok: true }
  const draft = await findDraft(db, id)
  if (draft === null) return { ok: false, reason: 'not_found' }
  if (revision !== undefined && revision !== draft.revision) {
    return { ok: false, reason: 'revision_stale', current: draft }
  }
  // A publish was begun. Only the runtime knows whether it came to anything.
  const published = await recordPublished(services, id)
  if (published !== null || !(await forgetIntention(db, id))) return { ok: false, reason: 'draft_published' }
  return (await deleteUnpublished(db, id, revision)) ? { ok: true } : { ok: false, reason: 'draft_published' }
}

async function deleteUnpublished(db: Database, id: string, revision: number | undefined): Promise<boolean> {
  const deleted = await db
    .delete(drafts)
    .where(
      and(
        eq(drafts.id, id),
        revision === undefined ? undefined : eq(drafts.revision, revision),
        notExists(db.select({ id: workflows.id }).from(workflows).where(eq(workflows.id, id))),
      ),
    )
    .returning({ id: drafts.id })
  return deleted.length > 0
}
