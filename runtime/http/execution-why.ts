import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'

import { WhyAnswer } from '../../schemas/api/why.ts'
import { StepKey } from '../../schemas/graph.ts'
import { anyJson, documentedProblems, jsonAnswer } from './documented.ts'
import { executionParams, executionStub, refusalOfNothing } from './execution-stub.ts'
import { refuseInvalid } from './problem.ts'

const why = createRoute({
  method: 'get',
  path: '/executions/{id}/why',
  summary: 'Why the execution, or one of its steps, does what it does: a chain of reasons, as data and as sentences.',
  request: {
    params: executionParams,
    query: z.object({
      step: StepKey.optional().describe('Key of a step, for example `charge` or `charge@each_order[3]`.'),
    }),
  },
  responses: {
    200: jsonAnswer(WhyAnswer, 'The reasons, what was asked about first.'),
    ...documentedProblems('not_found', 'quarantined'),
  },
})

export function executionWhyRoutes() {
  const app = new OpenAPIHono<{ Bindings: Env }>({ defaultHook: refuseInvalid })
  app.openapi(why, async (c) => {
    const execution = executionStub(c.env, c.req.valid('param').id)
    const answer = await execution.why(c.req.valid('query').step ?? null)
    if (answer === null) throw await refusalOfNothing(execution)
    return c.json(anyJson(answer), 200)
  })
  return app
}
