import type { PublishResult } from '../../schemas/api/runtime.ts'
import type { Draft } from '../../schemas/api/workflows.ts'
import type { GraphProblem } from '../../schemas/graph.ts'
import type { Database } from '../db/database.ts'
import { findDraft } from '../db/drafts.ts'
import type { RuntimeClient } from '../runtime-client.ts'
import { contentDigest, contentOf } from './draft-content.ts'
import { forgetIntention, intendToPublish, recordPublished } from './published-record.ts'

export type PublishRefusal =
  | { readonly ok: false; readonly reason: 'not_found' }
  | { readonly ok: false; readonly reason: 'revision_stale'; readonly current: Draft }
  | { readonly ok: false; readonly reason: 'graph_invalid'; readonly problems: readonly GraphProblem[] }

/**
 * Publishes the draft, or only its revision `revision`. It can be asked again whenever the answer was
 * lost: the same content has the same version.
 */
export async function publishDraft(
  services: { readonly db: Database; readonly runtime: RuntimeClient; readonly now: () => number },
  draftId: string,
  revision: number | undefined,
): Promise<Extract<PublishResult, { ok: true }> | PublishRefusal> {
  const draft = await findDraft(services.db, draftId)
  if (draft === null) return { ok: false, reason: 'not_found' }
  if (revision !== undefined && revision !== draft.revision) {
    return { ok: false, reason: 'revision_stale', current: draft }
  }
  await intendToPublish(services.db, draftId)
  const content = contentOf(draft)
  const result = await services.runtime.publish(draftId, content)
  if (!result.ok) {
    await forgetIntention(services.db, draftId)
    return { ok: false, reason: 'graph_invalid', problems: result.problems }
  }
  await recordPublished(services, draftId, { version: result.version, digest: contentDigest(content) })
  return result
}
