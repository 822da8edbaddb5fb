import type { Context } from 'hono'
import { z } from 'zod'

import type { PublishResult } from '../../schemas/api/runtime.ts'
import { PublishAnswer, WorkflowDetail } from '../../schemas/api/workflows.ts'
import { GraphProblem } from '../../schemas/graph.ts'
import { findDraft } from '../db/drafts.ts'
import { keysetCursor } from '../db/keyset.ts'
import { listVersions } from '../db/workflow-list.ts'
import { contentOf } from '../publishing/draft-content.ts'
import { type PublishRefusal, publishDraft } from '../publishing/publish-draft.ts'
import { documentedProblems, documentedWriteProblems } from './documented-problems.ts'
import { staleDraft } from './drafts.ts'
import { hooksWithUrls } from './hook-urls.ts'
import { Refusal } from './problem.ts'
import {
  createRoute,
  idParam,
  ifMatchHeader,
  json,
  noBody,
  pageQuery,
  readCursor,
  revisionOf,
  routes,
} from './route-parts.ts'
import type { Services } from './services.ts'

const tags = ['Publishing']
const base = '/api/actions/drafts/{id}'
const versionCursor = keysetCursor(z.int())

const publish = createRoute({
  method: 'post',
  path: `${base}/publish`,
  tags,
  summary: 'Publish the draft. The same content again answers with the version it already has.',
  request: { params: idParam, headers: ifMatchHeader, ...noBody },
  responses: {
    200: json(PublishAnswer, 'The version that is now active, and its hooks.'),
    ...documentedWriteProblems('not_found', 'revision_stale', 'graph_invalid', 'runtime_unavailable'),
  },
})
const problems = createRoute({
  method: 'get',
  path: `${base}/problems`,
  tags,
  summary: 'What publishing the draft would refuse.',
  request: { params: idParam },
  responses: {
    200: json(z.object({ revision: z.int(), problems: z.array(GraphProblem) }), 'Every problem of this revision.'),
    ...documentedProblems('not_found', 'runtime_unavailable'),
  },
})
const versions = createRoute({
  method: 'get',
  path: `${base}/versions`,
  tags,
  summary: 'Published versions, newest first.',
  request: { params: idParam, query: z.strictObject(pageQuery) },
  responses: {
    200: json(z.object({ items: WorkflowDetail.shape.versions, next: z.string().optional() }), 'A page.'),
    ...documentedProblems('not_found'),
  },
})

export function publishingRoutes(services: Services) {
  const { db, runtime } = services
  return routes()
    .openapi(publish, async (c) => {
      const { id } = c.req.valid('param')
      const result = await publishDraft(services, id, revisionOf(c.req.valid('header')))
      return c.json(publishAnswer(c, id, result), 200)
    })
    .openapi(problems, async (c) => {
      const draft = await findDraft(db, c.req.valid('param').id)
      if (draft === null) throw new Refusal('not_found')
      return c.json({ revision: draft.revision, problems: [...(await runtime.problems(contentOf(draft)))] }, 200)
    })
    .openapi(versions, async (c) => {
      const { id } = c.req.valid('param')
      const { limit, cursor } = c.req.valid('query')
      if ((await findDraft(db, id)) === null) throw new Refusal('not_found')
      const { items, next } = await listVersions(db, id, limit, readCursor(versionCursor, cursor))
      return c.json({ items, ...(next === undefined ? {} : { next: versionCursor.write(next) }) }, 200)
    })
}

/** The answer to a publish, or its refusal thrown. */
export function publishAnswer(
  c: Context,
  workflowId: string,
  result: Extract<PublishResult, { ok: true }> | PublishRefusal,
): PublishAnswer {
  if (result.ok) {
    const { version, contentHash, hooks } = result
    return { workflowId, version, contentHash, hooks: hooksWithUrls(c, hooks) }
  }
  switch (result.reason) {
    case 'not_found':
      throw new Refusal('not_found')
    case 'revision_stale':
      throw staleDraft(result.current)
    case 'graph_invalid':
      throw new Refusal('graph_invalid', { problems: result.problems })
  }
}
