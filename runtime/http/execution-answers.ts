import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'

import {
  AnswerRequest,
  ApproveRequest,
  CommandDone,
  SignalDone,
  SignalRequest,
} from '../../schemas/api/execution-requests.ts'
import { limits } from '../../schemas/limits.ts'
import { doneOrRefused } from './command-refusal.ts'
import { documentedWriteProblems, jsonAnswer, jsonBody } from './documented.ts'
import { executionParams, executionStub } from './execution-stub.ts'
import { Refusal, refuseInvalid } from './problem.ts'
import { requestOf } from './request-json.ts'

const anyBody = ['too_large', 'too_slow', 'malformed_json', 'json_too_deep'] as const
const anyCommand = ['not_found', 'not_running', 'quarantined', ...anyBody] as const

const signal = createRoute({
  method: 'post',
  path: '/executions/{id}/signal',
  summary:
    'Send a signal to the step that waits for it first; it is kept when none does yet. A second one with the same `id`, which may also stand in Idempotency-Key, changes nothing.',
  request: {
    params: executionParams,
    headers: z.object({
      'idempotency-key': z
        .string()
        .min(1)
        .max(limits.signalIdLength)
        .optional()
        .describe('Id of the signal, when the body has none.'),
    }),
  },
  ...jsonBody(SignalRequest),
  responses: {
    200: jsonAnswer(SignalDone, 'A step has taken it; or it had come before, and nothing was changed.'),
    202: jsonAnswer(SignalDone, 'It is kept for a step that may wait for it.'),
    ...documentedWriteProblems(...anyCommand, 'too_many_signals'),
  },
})

const answer = createRoute({
  method: 'post',
  path: '/executions/{id}/answer',
  summary:
    'Say what an attempt did that a crash left open: that it succeeded, with its output; that it failed; or that it shall be tried again.',
  request: { params: executionParams },
  ...jsonBody(AnswerRequest),
  responses: {
    200: jsonAnswer(CommandDone, 'It is recorded. With the last unknown step the execution goes on.'),
    ...documentedWriteProblems(...anyCommand, 'not_unknown', 'answered_late'),
  },
})

const approve = createRoute({
  method: 'post',
  path: '/executions/{id}/approve',
  summary: 'Decide for a step that waits for an approval. `data` fits the form of the step.',
  request: { params: executionParams },
  ...jsonBody(ApproveRequest),
  responses: {
    200: jsonAnswer(CommandDone, 'It is decided.'),
    ...documentedWriteProblems(...anyCommand, 'not_waiting', 'answered_late', 'form_mismatch'),
  },
})

/** What the steps of an execution are told that wait for somebody. */
export function executionAnswerRoutes() {
  const app = new OpenAPIHono<{ Bindings: Env }>({ defaultHook: refuseInvalid })

  app.openapi(signal, async (c) => {
    const { id } = c.req.valid('param')
    const key = c.req.valid('header')['idempotency-key']
    const { name, data = null, id: signalId = key } = await requestOf(c.req.raw, SignalRequest, limits.signalBytes)
    if (key !== undefined && key !== signalId) throw new Refusal('invalid_request', { issues: [twoIds] })
    const done = doneOrRefused(await executionStub(c.env, id).signal(name, data, signalId ?? null))
    const { status, isTaken, isRepeated } = done
    const body = { executionId: id, status, taken: isTaken && !isRepeated, repeated: isRepeated }
    return isTaken ? c.json(body, 200) : c.json(body, 202)
  })

  app.openapi(answer, async (c) => {
    const { id } = c.req.valid('param')
    const { step, ...said } = await requestOf(c.req.raw, AnswerRequest)
    const { status } = doneOrRefused(await executionStub(c.env, id).answerUnknown(step, said))
    return c.json({ executionId: id, status }, 200)
  })

  app.openapi(approve, async (c) => {
    const { id } = c.req.valid('param')
    const { step, decision, data = null } = await requestOf(c.req.raw, ApproveRequest, limits.signalBytes)
    const { status } = doneOrRefused(await executionStub(c.env, id).decideApproval(step, decision, data))
    return c.json({ executionId: id, status }, 200)
  })
  return app
}

const twoIds = { in: 'header', path: 'idempotency-key', message: 'must be the same as `id` in the body, or left out' }
