import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'

import {
  CancelRequest,
  CommandDone,
  PauseRequest,
  ResumeRequest,
  RetryRequest,
  UndoPlan,
} from '../../schemas/api/execution-requests.ts'
import { commandProblems, told } from './command.ts'
import { refusalFrom } from './command-refusal.ts'
import { anyJson, jsonAnswer, jsonBody } from './documented.ts'
import { executionParams, executionStub } from './execution-stub.ts'
import { refuseInvalid } from './problem.ts'
import { requestOf } from './request-json.ts'

const request = { params: executionParams }

const cancel = createRoute({
  method: 'post',
  path: '/executions/{id}/cancel',
  summary:
    'End a running execution as cancelled. What is in flight is aborted; what it did outside stays done, or with `compensate` is undone, the newest first. `dryRun` only says what would be undone.',
  request,
  ...jsonBody(CancelRequest, false),
  responses: {
    200: jsonAnswer(z.union([CommandDone, UndoPlan]), 'It is cancelled, or being undone; or what would be undone.'),
    ...commandProblems('not_running', 'compensated'),
  },
})

const pause = createRoute({
  method: 'post',
  path: '/executions/{id}/pause',
  summary:
    'Begin nothing more. Attempts in flight end, and their results are recorded. With `frozen` timers no time passes meanwhile; with `running` ones what is due then fires when it is resumed.',
  request,
  ...jsonBody(PauseRequest, false),
  responses: { 200: jsonAnswer(CommandDone, 'It is paused.'), ...commandProblems('not_running') },
})

const resume = createRoute({
  method: 'post',
  path: '/executions/{id}/resume',
  summary:
    'Go on after a pause. What a person paused and its parent holds, too, goes on with its parent; what the parent alone holds goes on.',
  request,
  ...jsonBody(ResumeRequest, false),
  responses: {
    200: jsonAnswer(CommandDone, 'It goes on; or, with the status `paused`, its parent holds it still.'),
    ...commandProblems('not_running', 'not_paused', 'unknown_steps'),
  },
})

const retry = createRoute({
  method: 'post',
  path: '/executions/{id}/retry',
  summary:
    'Go on with a failed execution at the step that failed, and at all that was cancelled with it. Attempts keep their idempotency keys.',
  request,
  ...jsonBody(RetryRequest, false),
  responses: {
    200: jsonAnswer(CommandDone, 'It goes on.'),
    ...commandProblems('not_failed', 'computes_the_same', 'compensated'),
  },
})

/** What a person does to an execution as a whole. */
export function executionControlRoutes() {
  const app = new OpenAPIHono<{ Bindings: Env }>({ defaultHook: refuseInvalid })

  app.openapi(cancel, async (c) => {
    const { id } = c.req.valid('param')
    const { reason, compensate, dryRun } = await requestOf(c.req.raw, CancelRequest)
    if (!dryRun) return c.json(await told(c.env, id, (execution) => execution.cancel(reason, compensate)), 200)
    const plan = await executionStub(c.env, id).undoPlan()
    if (plan.type !== 'planned') throw refusalFrom(plan)
    return c.json(anyJson({ executionId: id, status: plan.status, wouldUndo: plan.steps }), 200)
  })

  app.openapi(pause, async (c) => {
    const { timers } = await requestOf(c.req.raw, PauseRequest)
    return c.json(await told(c.env, c.req.valid('param').id, (execution) => execution.pause(timers)), 200)
  })

  app.openapi(resume, async (c) => {
    await requestOf(c.req.raw, ResumeRequest)
    return c.json(await told(c.env, c.req.valid('param').id, (execution) => execution.resume()), 200)
  })

  app.openapi(retry, async (c) => {
    await requestOf(c.req.raw, RetryRequest)
    return c.json(await told(c.env, c.req.valid('param').id, (execution) => execution.retry()), 200)
  })
  return app
}
