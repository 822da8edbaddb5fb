import { Hono } from 'hono'

import { limits } from '../../schemas/limits.ts'
import { parseBody } from '../objects/trigger-body.ts'
import { doneOrRefused } from './command-refusal.ts'
import { refusalOfClosed, waitBehind } from './linked-wait.ts'
import { Refusal } from './problem.ts'
import { requestBody } from './request-json.ts'

const path = '/callback/:token'

/** Where a service answers that was given a link. The body is read as a webhook's is. */
export function callbackRoutes() {
  const app = new Hono<{ Bindings: Env }>()
  app.post(path, async (c) => {
    const found = await waitBehind(c, 'callback')
    const body = parseBody(c.req.header('content-type') ?? null, await requestBody(c.req.raw, limits.signalBytes))
    if (!body.ok) throw new Refusal(body.code)
    if (found.wait.stage === 'over' || found.wait.stage === 'kept') throw refusalOfClosed(found)
    const { isTaken } = doneOrRefused(await found.execution.answerCallback(found.step, body.body))
    return c.json({ taken: isTaken }, isTaken ? 200 : 202)
  })
  return app
}
