import { z } from 'zod'

import { createRoute, json, routes } from './route-parts.ts'

const health = createRoute({
  method: 'get',
  path: '/api/health',
  tags: ['Health'],
  summary: 'Whether this Worker answers. Needs no credentials and says nothing else.',
  security: [],
  responses: { 200: json(z.object({ status: z.literal('ok') }), 'It does.') },
})

export const healthRoutes = () => routes().openapi(health, (c) => c.json({ status: 'ok' as const }, 200))
