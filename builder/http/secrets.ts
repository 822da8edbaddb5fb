import { z } from 'zod'

import { PutSecret, SecretItem, SecretName } from '../../schemas/api/secrets.ts'
import { documentedProblems, documentedWriteProblems } from './documented-problems.ts'
import { Refusal } from './problem.ts'
import { createRoute, json, jsonBody, routes } from './route-parts.ts'
import type { Services } from './services.ts'

const tags = ['Secrets']
const nameParam = z.object({ name: SecretName })

const list = createRoute({
  method: 'get',
  path: '/api/secrets',
  tags,
  summary: 'The secrets there are. No route returns a value.',
  responses: {
    200: json(z.object({ items: z.array(SecretItem) }), 'Every secret, without its value.'),
    ...documentedProblems('runtime_unavailable'),
  },
})
const put = createRoute({
  method: 'put',
  path: '/api/secrets/{name}',
  tags,
  summary: 'Make or replace a secret.',
  request: { params: nameParam, ...jsonBody(PutSecret) },
  responses: {
    204: { description: 'It is sealed and stored.' },
    ...documentedWriteProblems('vault_locked', 'runtime_unavailable'),
  },
})
const remove = createRoute({
  method: 'delete',
  path: '/api/secrets/{name}',
  tags,
  summary: 'Delete a secret. Steps that need it fail from now on.',
  request: { params: z.object({ name: z.string() }) },
  responses: {
    204: { description: 'It is deleted.' },
    ...documentedWriteProblems('not_found', 'runtime_unavailable'),
  },
})

export function secretRoutes({ runtime }: Services) {
  return routes()
    .openapi(list, async (c) => c.json({ items: [...(await runtime.secrets())] }, 200))
    .openapi(put, async (c) => {
      const { value, hosts } = c.req.valid('json')
      if (!(await runtime.putSecret(c.req.valid('param').name, value, hosts))) throw new Refusal('vault_locked')
      return c.body(null, 204)
    })
    .openapi(remove, async (c) => {
      if (!(await runtime.deleteSecret(c.req.valid('param').name))) throw new Refusal('not_found')
      return c.body(null, 204)
    })
}
