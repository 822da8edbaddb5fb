import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'

import { PublishAnswer } from '../../schemas/api/workflows.ts'
import { Graph } from '../../schemas/graph.ts'
import { publishGraph } from '../objects/publish.ts'
import { documentedWriteProblems, jsonAnswer, jsonBody, jsonProblems } from './documented.ts'
import { Refusal, refuseInvalid } from './problem.ts'
import { requestOf } from './request-json.ts'

const Deployment = z.strictObject({
  workflowId: z.string().regex(/^[0-9a-z]{1,64}$/, 'must be 1 to 64 lower-case letters and digits'),
  graph: Graph,
})

const deploy = createRoute({
  method: 'post',
  path: '/deploy',
  summary: 'Publish a graph without the builder, for a runtime that stands alone: `{ workflowId, graph }`.',
  ...jsonBody(Deployment),
  responses: {
    200: jsonAnswer(PublishAnswer, 'The active version.'),
    ...documentedWriteProblems(...jsonProblems, 'graph_invalid'),
  },
})

export function deployRoutes() {
  const app = new OpenAPIHono<{ Bindings: Env }>({ defaultHook: refuseInvalid })
  app.openapi(deploy, async (c) => {
    const { workflowId, graph } = await requestOf(c.req.raw, Deployment)
    const result = await publishGraph(c.env, workflowId, graph)
    if (!result.ok) throw new Refusal('graph_invalid', { problems: result.problems })
    const { origin, pathname } = new URL(c.req.url)
    const base = `${origin}${pathname.slice(0, pathname.lastIndexOf('/deploy'))}`
    const hooks = result.hooks.map((hook) => ({ ...hook, url: `${base}/webhook/${hook.hookId}` }))
    return c.json({ workflowId, version: result.version, contentHash: result.contentHash, hooks }, 200)
  })
  return app
}
