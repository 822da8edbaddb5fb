import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

import type { CallerResponse } from '../objects/execution-view.ts'
import type { Outcome } from '../objects/start.ts'
import { Refusal } from './problem.ts'
import { requestBody } from './request-json.ts'
import { workflowStub } from './workflow-stub.ts'

const hookId = '/webhook/:hookId{[0-9a-z]+-[0-9a-f]+}'

/** One URL for ever for each webhook trigger, open to the world: the hook's own verification decides. */
export function webhookRoutes() {
  const app = new Hono<{ Bindings: Env }>()
  app.all(hookId, (c) => receive(c.req.raw, c.env, c.req.param('hookId')))
  app.all(`${hookId}/*`, (c) => receive(c.req.raw, c.env, c.req.param('hookId')))
  return app
}

async function receive(request: Request, env: Env, id: string): Promise<Response> {
  const body = await requestBody(request)
  const url = new URL(request.url)
  const answer = await workflowStub(env, id.slice(0, id.lastIndexOf('-'))).deliver({
    hookId: id,
    method: request.method,
    path: url.pathname.slice(url.pathname.indexOf(id) + id.length),
    query: url.search,
    headers: [...request.headers],
    body: body.buffer,
  })
  switch (answer.type) {
    case 'unknown':
      throw new Refusal('not_found')
    case 'filtered':
      return Response.json({ filtered: true }, { headers: safeHeaders })
    case 'refused':
      if (answer.status === 405)
        return new Response(null, { status: 405, headers: { allow: (answer.allow ?? []).join(', ') } })
      throw new Refusal(answer.code === 'json_too_deep' ? answer.code : problemOf[answer.status])
    case 'accepted':
    case 'duplicate':
      return answer.outcome === null ? accepted(answer.executionId) : resultOf(answer.executionId, answer.outcome)
  }
}

/** Why a request was refused stands in the delivery log; the sender learns no more than it must. */
const problemOf = {
  400: 'malformed_json',
  401: 'delivery_refused',
  413: 'json_too_large',
  422: 'delivery_unusable',
} as const

/** What a workflow answers is data of strangers: a browser must not run it on this host. */
const safeHeaders = {
  'content-security-policy': 'sandbox',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

const accepted = (executionId: string): Response =>
  Response.json({ executionId }, { status: 202, headers: safeHeaders })

function resultOf(executionId: string, { status, output, response }: Outcome): Response {
  if (response !== null) return responseFrom(response)
  if (status !== 'succeeded') throw new Refusal('execution_failed', { executionId })
  return Response.json(output ?? null, { headers: safeHeaders })
}

/** A body that is text under a content type of its own is sent as it is; everything else is JSON. */
function responseFrom({ status, headers, body }: CallerResponse): Response {
  const isEmpty = status === 204 || status === 205 || status === 304
  const isText =
    typeof body === 'string' && headers['content-type'] !== undefined && !headers['content-type'].includes('json')
  const content = isEmpty ? null : isText ? body : JSON.stringify(body)
  const type: Record<string, string> = isEmpty ? {} : { 'content-type': 'application/json' }
  return new Response(content, {
    status: status as ContentfulStatusCode,
    headers: { ...type, ...headers, ...safeHeaders },
  })
}
