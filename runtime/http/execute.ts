import { createHash } from 'node:crypto'
import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'

import { wholeNumber } from '../../gate/query-number.ts'
import { ExecutionStatus } from '../../schemas/api/executions.ts'
import { Failure } from '../../schemas/execution-events.ts'
import { Json } from '../../schemas/json.ts'
import { limits } from '../../schemas/limits.ts'
import { canonicalJson } from '../engine/canonical.ts'
import type { StartOutcome } from '../objects/execute.ts'
import { anyJson, documentedWriteProblems, jsonAnswer, jsonBody, jsonProblems } from './documented.ts'
import { idempotencyKey } from './idempotency-key.ts'
import { Refusal, refuseInvalid } from './problem.ts'
import { requestJson } from './request-json.ts'
import { workflowStub } from './workflow-stub.ts'

const Accepted = z.object({ executionId: z.string() })
const Ended = Accepted.extend({ status: ExecutionStatus, output: Json.optional(), error: Failure.optional() })

const execute = createRoute({
  method: 'post',
  path: '/execute/{workflowId}',
  summary: 'Start the published workflow by its manual trigger. The body is the input, any JSON.',
  request: {
    params: z.object({ workflowId: z.string() }),
    query: z.object({ wait: wholeNumber(0, limits.waitMs).optional().describe('Milliseconds to wait for the end.') }),
    headers: idempotencyKey(limits.idempotencyKeyLength, 'The same key and input start one execution.'),
  },
  ...jsonBody(Json, false),
  responses: {
    200: jsonAnswer(Ended, 'The execution ended in time.'),
    202: jsonAnswer(Accepted, 'The execution is recorded and goes on.'),
    ...documentedWriteProblems(
      ...jsonProblems,
      'json_too_large',
      'not_found',
      'no_manual_trigger',
      'input_invalid',
      'idempotency_key_reused',
    ),
  },
})

export function executeRoutes() {
  const app = new OpenAPIHono<{ Bindings: Env }>({ defaultHook: refuseInvalid })
  app.openapi(execute, async (c) => {
    const { wait } = c.req.valid('query')
    const input = await requestJson(c.req.raw)
    if (JSON.stringify({ body: input }).length > limits.triggerChars) throw new Refusal('json_too_large')
    const { workflowId } = c.req.valid('param')
    if (!/^[0-9a-z]{1,64}$/.test(workflowId)) throw new Refusal('not_found')
    const key = c.req.valid('header')['idempotency-key'] ?? null
    const fingerprint = key === null ? '' : createHash('sha256').update(canonicalJson(input)).digest('hex')
    const request = { input, idempotencyKey: key, fingerprint, waitMs: wait ?? 0 }
    const started = await workflowStub(c.env, workflowId).execute(request)
    const { executionId, outcome } = startedOrRefused(started)
    if (outcome === null) return c.json({ executionId }, 202)
    const { status, output, error } = outcome
    const body: z.infer<typeof Ended> = {
      executionId,
      status,
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
    }
    return c.json(anyJson(body), 200)
  })
  return app
}

function startedOrRefused(outcome: StartOutcome | null): Extract<StartOutcome, { outcome: unknown }> {
  if (outcome === null) throw new Refusal('not_found')
  switch (outcome.type) {
    case 'no_manual_trigger':
      throw new Refusal('no_manual_trigger')
    case 'input_invalid':
      throw new Refusal('input_invalid', { issues: outcome.issues.map((issue) => ({ in: 'json', ...issue })) })
    case 'conflict':
      throw new Refusal('idempotency_key_reused', { executionId: outcome.executionId })
    default:
      return outcome
  }
}
