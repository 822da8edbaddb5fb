import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'

import { wholeNumber } from '../../gate/query-number.ts'
import { ExecutionView } from '../../schemas/api/executions.ts'
import { Json } from '../../schemas/json.ts'
import { limits } from '../../schemas/limits.ts'
import { linksOf } from '../objects/links.ts'
import { anyJson, documentedProblems, jsonAnswer } from './documented.ts'
import { executionStub, executionParams as params, refusalOfNothing } from './execution-stub.ts'
import { Refusal, refuseInvalid } from './problem.ts'
import { withLinks } from './waiting-links.ts'

const show = createRoute({
  method: 'get',
  path: '/executions/{id}',
  summary: 'One execution, as its own object knows it now.',
  request: { params },
  responses: { 200: jsonAnswer(ExecutionView, 'The execution.'), ...documentedProblems('not_found') },
})

const events = createRoute({
  method: 'get',
  path: '/executions/{id}/events',
  summary: 'The log, oldest first. `next` is the `after` of the following page.',
  request: {
    params,
    query: z.object({
      after: wholeNumber(0).default(0),
      limit: wholeNumber(1, limits.eventsPage).default(500),
    }),
  },
  responses: {
    200: jsonAnswer(
      z.object({
        events: z.array(z.looseObject({ position: z.int(), at: z.int(), type: z.string() })),
        next: z.int().optional(),
      }),
      'A page of events.',
    ),
    ...documentedProblems('not_found'),
  },
})

const stateAt = createRoute({
  method: 'get',
  path: '/executions/{id}/state',
  summary: 'The state that the log folds to, at a position or now.',
  request: { params, query: z.object({ at: wholeNumber(1).optional() }) },
  responses: { 200: jsonAnswer(Json, 'The folded state.'), ...documentedProblems('not_found', 'quarantined') },
})

export function executionRoutes() {
  const app = new OpenAPIHono<{ Bindings: Env }>({ defaultHook: refuseInvalid })

  app.openapi(show, async (c) => {
    const view = await executionStub(c.env, c.req.valid('param').id).view()
    if (view === null) throw new Refusal('not_found')
    return c.json(anyJson(await withLinks(linksOf(c.env), view)), 200)
  })

  app.openapi(events, async (c) => {
    const { after, limit } = c.req.valid('query')
    const page = await executionStub(c.env, c.req.valid('param').id).events(after, limit)
    if (page === null) throw new Refusal('not_found')
    const last = page.events.at(-1)?.position ?? after
    return c.json(anyJson({ events: page.events, ...(last < page.position ? { next: last } : {}) }), 200)
  })

  app.openapi(stateAt, async (c) => {
    const execution = executionStub(c.env, c.req.valid('param').id)
    const state = await execution.stateAt(c.req.valid('query').at ?? null)
    if (state === null) throw await refusalOfNothing(execution)
    return c.json(anyJson(state), 200)
  })

  // A WebSocket: a snapshot or the events after `?after=`, then events as they are recorded.
  app.get('/executions/:id/stream', async (c) => {
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
      throw new Refusal('upgrade_required', {}, { upgrade: 'websocket' })
    const answer = await executionStub(c.env, c.req.param('id')).fetch(c.req.raw)
    if (answer.status === 404) throw new Refusal('not_found')
    return answer
  })
  return app
}
