import { z } from 'zod'

import { Delivery } from '../../schemas/api/workflows.ts'
import { documentedProblems } from './documented-problems.ts'
import { Refusal } from './problem.ts'
import { createRoute, idParam, json, pageQuery, routes } from './route-parts.ts'
import type { Services } from './services.ts'

const list = createRoute({
  method: 'get',
  path: '/api/hooks/{id}/deliveries',
  tags: ['Hooks'],
  summary: 'Every request that reached the hook, refused ones included, newest first.',
  request: { params: idParam, query: z.strictObject(pageQuery) },
  responses: {
    200: json(z.object({ items: z.array(Delivery), next: z.string().optional() }), 'A page.'),
    ...documentedProblems('not_found', 'runtime_unavailable'),
  },
})

export function deliveryRoutes({ runtime }: Services) {
  return routes().openapi(list, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const page = await runtime.deliveries(c.req.valid('param').id, limit, cursor)
    if (page === null) throw new Refusal('not_found')
    return c.json({ items: [...page.items], ...(page.next === undefined ? {} : { next: page.next }) }, 200)
  })
}
