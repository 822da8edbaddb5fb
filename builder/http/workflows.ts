import { z } from 'zod'

import { WorkflowDetail, WorkflowItem } from '../../schemas/api/workflows.ts'
import { EpochMs } from '../../schemas/time.ts'
import { keysetCursor } from '../db/keyset.ts'
import { findWorkflow, listWorkflows } from '../db/workflow-list.ts'
import { documentedProblems } from './documented-problems.ts'
import { hooksWithUrls } from './hook-urls.ts'
import { Refusal } from './problem.ts'
import { createRoute, idParam, json, pageQuery, readCursor, routes } from './route-parts.ts'
import type { Services } from './services.ts'

const tags = ['Workflows']
const workflowIdCursor = keysetCursor(z.string())

const list = createRoute({
  method: 'get',
  path: '/api/workflows',
  tags,
  summary: 'Drafts and published workflows alike, newest first.',
  request: { query: z.strictObject(pageQuery) },
  responses: {
    200: json(
      z.object({ items: z.array(WorkflowItem), next: z.string().optional(), lag: z.int(), asOf: EpochMs }),
      'A page. Its counts include everything up to `asOf`; `lag` changes are known that they lack.',
    ),
    ...documentedProblems(),
  },
})
const read = createRoute({
  method: 'get',
  path: '/api/workflows/{id}',
  tags,
  summary: 'One workflow: its draft, its active version with its hooks, and its versions.',
  request: { params: idParam },
  responses: { 200: json(WorkflowDetail, 'The workflow.'), ...documentedProblems('not_found') },
})

export function workflowRoutes({ db, projector }: Services) {
  return routes()
    .openapi(list, async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const before = readCursor(workflowIdCursor, cursor)
      const freshness = await projector.refresh(undefined)
      const { items, next } = await listWorkflows(db, limit, before)
      return c.json({ items, ...(next === undefined ? {} : { next: workflowIdCursor.write(next) }), ...freshness }, 200)
    })
    .openapi(read, async (c) => {
      const { id } = c.req.valid('param')
      await projector.refresh(id)
      const found = await findWorkflow(db, id)
      if (found === null) throw new Refusal('not_found')
      const { item, draft, active } = found
      return c.json(
        {
          ...item,
          draft,
          ...(active === undefined ? {} : { active: { ...active, hooks: hooksWithUrls(c, active.hooks) } }),
          versions: [...found.versions],
        },
        200,
      )
    })
}
