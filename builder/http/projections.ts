import { z } from 'zod'

import { documentedWriteProblems } from './documented-problems.ts'
import { createRoute, json, noBody, routes } from './route-parts.ts'
import type { Services } from './services.ts'

const rebuild = createRoute({
  method: 'post',
  path: '/api/projections/rebuild',
  tags: ['Projections'],
  summary: 'Drop the lists and read them again from the objects. The result is equal.',
  request: noBody,
  responses: {
    200: json(z.object({ workflows: z.int(), executions: z.int(), lag: z.int() }), 'What the lists hold now.'),
    ...documentedWriteProblems('runtime_unavailable'),
  },
})

export function projectionRoutes({ projector }: Services) {
  return routes().openapi(rebuild, async (c) => c.json(await projector.rebuild(), 200))
}
