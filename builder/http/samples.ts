import { z } from 'zod'

import { PublishAnswer, Sample } from '../../schemas/api/workflows.ts'
import { createDraft } from '../db/drafts.ts'
import { contentOf } from '../publishing/draft-content.ts'
import { publishDraft } from '../publishing/publish-draft.ts'
import { samples } from '../samples/index.ts'
import { documentedProblems, documentedWriteProblems } from './documented-problems.ts'
import { Refusal } from './problem.ts'
import { publishAnswer } from './publishing.ts'
import { createRoute, idParam, json, noBody, routes } from './route-parts.ts'
import type { Services } from './services.ts'

const tags = ['Samples']

const list = createRoute({
  method: 'get',
  path: '/api/samples',
  tags,
  summary: 'Workflows to try. They need no credentials and call no other host.',
  responses: { 200: json(z.object({ items: z.array(Sample) }), 'The samples.'), ...documentedProblems() },
})
const publish = createRoute({
  method: 'post',
  path: '/api/samples/{id}',
  tags,
  summary: 'Make a draft of the sample and publish it.',
  request: { params: idParam, ...noBody },
  responses: {
    201: json(PublishAnswer, 'The workflow.'),
    ...documentedWriteProblems('not_found', 'graph_invalid', 'runtime_unavailable'),
  },
})

export function sampleRoutes(services: Services) {
  const { db, now, newId } = services
  return routes()
    .openapi(list, (c) => c.json({ items: [...samples] }, 200))
    .openapi(publish, async (c) => {
      const sample = samples.find(({ id }) => id === c.req.valid('param').id)
      if (sample === undefined) throw new Refusal('not_found')
      const draft = await createDraft(db, newId(), contentOf(sample.graph), now())
      const answer = publishAnswer(c, draft.id, await publishDraft(services, draft.id, undefined))
      return c.json(answer, 201, { location: `/api/workflows/${draft.id}` })
    })
}
