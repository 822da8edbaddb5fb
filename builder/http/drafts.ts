import { z } from 'zod'

import { Draft, DraftContent, DraftItem } from '../../schemas/api/workflows.ts'
import { limits } from '../../schemas/limits.ts'
import { createDraft, findDraft, listDrafts, type SaveResult, saveDraft } from '../db/drafts.ts'
import { keysetCursor } from '../db/keyset.ts'
import { deleteDraft } from '../publishing/delete-draft.ts'
import { contentOf } from '../publishing/draft-content.ts'
import { documentedProblems, documentedWriteProblems } from './documented-problems.ts'
import { Refusal } from './problem.ts'
import {
  createRoute,
  etag,
  idParam,
  ifMatchHeader,
  json,
  jsonBody,
  pageQuery,
  readCursor,
  requiredRevisionOf,
  revisionOf,
  routes,
} from './route-parts.ts'
import type { Services } from './services.ts'

/** Strict: a field that would be dropped is refused instead. */
const SaveDraft = z.strictObject(DraftContent.shape)
const { name, nodes, edges, settings } = DraftContent.shape
const ChangeDraft = z.strictObject({
  name: name.optional(),
  nodes: nodes.unwrap().optional(),
  edges: edges.unwrap().optional(),
  settings: settings.unwrap().optional(),
})
const tags = ['Drafts']
const base = '/api/actions/drafts'
const draftIdCursor = keysetCursor(z.string())

const create = createRoute({
  method: 'post',
  path: base,
  tags,
  summary: 'Make a draft. Its id is also the id of the workflow.',
  request: jsonBody(SaveDraft),
  responses: {
    201: json(Draft, 'The draft.'),
    ...documentedWriteProblems(),
  },
})
const list = createRoute({
  method: 'get',
  path: base,
  tags,
  summary: 'Drafts, newest first.',
  request: { query: z.strictObject(pageQuery) },
  responses: {
    200: json(z.object({ items: z.array(DraftItem), next: z.string().optional() }), 'A page.'),
    ...documentedProblems(),
  },
})
const read = createRoute({
  method: 'get',
  path: `${base}/{id}`,
  tags,
  summary: 'One draft.',
  request: { params: idParam },
  responses: { 200: json(Draft, 'The draft; its revision is the ETag.'), ...documentedProblems('not_found') },
})
const saveProblems = documentedWriteProblems('not_found', 'revision_stale', 'revision_required')
const replace = createRoute({
  method: 'put',
  path: `${base}/{id}`,
  tags,
  summary: 'Replace the content of a draft.',
  request: { params: idParam, headers: ifMatchHeader, ...jsonBody(SaveDraft) },
  responses: { 200: json(Draft, 'The draft as saved.'), ...saveProblems },
})
const change = createRoute({
  method: 'patch',
  path: `${base}/{id}`,
  tags,
  summary: 'Replace the fields that are sent; the others stay.',
  request: { params: idParam, headers: ifMatchHeader, ...jsonBody(ChangeDraft) },
  responses: { 200: json(Draft, 'The draft as saved.'), ...saveProblems },
})
const remove = createRoute({
  method: 'delete',
  path: `${base}/{id}`,
  tags,
  summary: 'Delete a draft that was never published.',
  request: { params: idParam, headers: ifMatchHeader },
  responses: {
    204: { description: 'It is deleted.' },
    ...documentedWriteProblems('not_found', 'draft_published', 'revision_stale', 'runtime_unavailable'),
  },
})
const removeMany = createRoute({
  method: 'post',
  path: `${base}/bulk-delete`,
  tags,
  summary: 'Delete several drafts. Each is answered for.',
  request: jsonBody(z.strictObject({ ids: z.array(z.string().max(100)).min(1).max(limits.listPage) })),
  responses: {
    200: json(
      z.object({
        deleted: z.array(z.string()),
        kept: z.array(z.object({ id: z.string(), code: z.enum(['not_found', 'draft_published']) })),
      }),
      'What was deleted, and what was kept and why.',
    ),
    ...documentedWriteProblems('runtime_unavailable'),
  },
})
export function draftRoutes(services: Services) {
  const { db, now, newId } = services

  const draftNamed = async (id: string): Promise<Draft> => {
    const draft = await findDraft(db, id)
    if (draft === null) throw new Refusal('not_found')
    return draft
  }
  const savedOr = (result: SaveResult): Draft => {
    if (result.ok) return result.draft
    throw result.reason === 'not_found' ? new Refusal('not_found') : staleDraft(result.current)
  }

  return routes()
    .openapi(create, async (c) => {
      const draft = await createDraft(db, newId(), c.req.valid('json'), now())
      return c.json(draft, 201, { ...etag(draft.revision), location: `${base}/${draft.id}` })
    })
    .openapi(list, async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const { items, next } = await listDrafts(db, limit, readCursor(draftIdCursor, cursor))
      return c.json({ items, ...(next === undefined ? {} : { next: draftIdCursor.write(next) }) }, 200)
    })
    .openapi(read, async (c) => {
      const draft = await draftNamed(c.req.valid('param').id)
      return c.json(draft, 200, etag(draft.revision))
    })
    .openapi(replace, async (c) => {
      const revision = requiredRevisionOf(c.req.valid('header'))
      const draft = savedOr(await saveDraft(db, c.req.valid('param').id, revision, c.req.valid('json'), now()))
      return c.json(draft, 200, etag(draft.revision))
    })
    .openapi(change, async (c) => {
      const revision = requiredRevisionOf(c.req.valid('header'))
      const current = await draftNamed(c.req.valid('param').id)
      if (current.revision !== revision) throw staleDraft(current)
      const content = { ...contentOf(current), ...withoutUndefined(c.req.valid('json')) }
      const draft = savedOr(await saveDraft(db, current.id, revision, content, now()))
      return c.json(draft, 200, etag(draft.revision))
    })
    .openapi(remove, async (c) => {
      const result = await deleteDraft(services, c.req.valid('param').id, revisionOf(c.req.valid('header')))
      if (result.ok) return c.body(null, 204)
      throw result.reason === 'revision_stale' ? staleDraft(result.current) : new Refusal(result.reason)
    })
    .openapi(removeMany, async (c) => {
      const deleted: string[] = []
      const kept: { id: string; code: 'not_found' | 'draft_published' }[] = []
      for (const id of new Set(c.req.valid('json').ids)) {
        const result = await deleteDraft(services, id, undefined)
        if (result.ok) deleted.push(id)
        else kept.push({ id, code: result.reason === 'not_found' ? 'not_found' : 'draft_published' })
      }
      return c.json({ deleted, kept }, 200)
    })
}

export const staleDraft = (current: Draft) =>
  new Refusal('revision_stale', { revision: current.revision, current }, etag(current.revision))

type Present<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> }
const withoutUndefined = <Fields extends object>(fields: Fields): Present<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<Fields>
