import { createRoute, OpenAPIHono } from '@hono/zod-openapi'

import {
  AnswerRequest,
  ApproveRequest,
  CommandDone,
  SignalDone,
  SignalRequest,
} from '../../schemas/api/execution-requests.ts'
import { limits } from '../../schemas/limits.ts'
import type { ExecutionObject } from '../objects/execution-object.ts'
import type { Rpc } from '../objects/rpc.ts'
import { commandProblems, told } from './command.ts'
import { doneOrRefused } from './command-refusal.ts'
import { jsonAnswer, jsonBody } from './documented.ts'
import { executionParams, executionStub } from './execution-stub.ts'
import { idempotencyKey, sentId } from './idempotency-key.ts'
import { refuseInvalid } from './problem.ts'
import { requestOf } from './request-json.ts'

const signal = createRoute({
  method: 'post',
  path: '/executions/{id}/signal',
  summary:
    'Send a signal to the step that waits for it first; it is kept when none does yet. A second one with the same `id`, which may also stand in Idempotency-Key, changes nothing.',
  request: {
    params: executionParams,
    headers: idempotencyKey(limits.signalIdLength, 'Id of the signal, when the body has none.'),
  },
  ...jsonBody(SignalRequest),
  responses: {
    200: jsonAnswer(SignalDone, 'A step has taken it; or it had come before, and nothing was changed.'),
    202: jsonAnswer(SignalDone, 'It is kept for a step that may wait for it.'),
    ...commandProblems('not_running', 'too_many_signals', 'form_mismatch'),
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
    ...commandProblems('not_running', 'not_unknown', 'answered_late'),
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
    ...commandProblems('not_running', 'not_waiting', 'answered_late', 'form_mismatch'),
  },
})

/** What the steps of an execution are told that wait for somebody. */
export function executionAnswerRoutes() {
  const app = new OpenAPIHono<{ Bindings: Env }>({ defaultHook: refuseInvalid })

  app.openapi(signal, async (c) => {
    const { id } = c.req.valid('param')
    const { name, data = null, ...sent } = await requestOf(c.req.raw, SignalRequest, limits.signalBytes)
    const signalId = sentId(sent.id, c.req.valid('header')['idempotency-key'])
    const { status, isTaken, isRepeated } = doneOrRefused(await executionStub(c.env, id).signal(name, data, signalId))
    const body = { executionId: id, status, taken: isTaken && !isRepeated, repeated: isRepeated }
    return isTaken ? c.json(body, 200) : c.json(body, 202)
  })

  app.openapi(answer, async (c) => {
    const { step, ...said } = await requestOf(c.req.raw, AnswerRequest)
    return c.json(await told(c.env, c.req.valid('param').id, (execution) => execution.answerUnknown(step, said)), 200)
  })

  app.openapi(approve, async (c) => {
    const { step, decision, data = null } = await requestOf(c.req.raw, ApproveRequest, limits.signalBytes)
    const decide = (execution: Rpc<ExecutionObject>) => execution.decideApproval(step, decision, data)
    return c.json(await told(c.env, c.req.valid('param').id, decide), 200)
  })
  return app
}
