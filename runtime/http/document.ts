import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'

import { ApproveRequest } from '../../schemas/api/execution-requests.ts'
import { CallbackTaken, Decided, LinkedWait } from '../../schemas/api/linked-wait.ts'
import { HookMethod } from '../../schemas/kinds/webhook.ts'
import { sessionCookie } from '../../schemas/session.ts'
import { documentedProblems, jsonAnswer, jsonProblems, sent } from './documented.ts'
import { documented } from './problem.ts'

/** The OpenAPI document, made from the routes themselves, and a page that shows it without any script. */
export function documentRoutes(app: OpenAPIHono<{ Bindings: Env }>) {
  const routes = new Hono<{ Bindings: Env }>()
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: sessionCookie.https,
  })
  for (const route of plainRoutes) app.openAPIRegistry.registerPath(route)
  routes.get('/openapi.json', (c) => c.json(documentOf(app)))
  routes.get('/docs', (c) => {
    c.header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    )
    return c.html(page(documentOf(app)))
  })
  return routes
}

const answering = [
  'internal',
  'storage_unavailable',
  'not_found',
  'not_waiting',
  'answered_late',
  'quarantined',
  'form_mismatch',
  ...jsonProblems,
] as const

type Answers = { readonly [status: string]: { readonly description: string; readonly content: object } }

/** Browsers get each of these answers as a page. */
const asPages = (answers: Answers) =>
  Object.fromEntries(
    Object.entries(answers).map(([status, { description, content }]) => [
      status,
      { description, content: { ...content, 'text/html': { schema: { type: 'string' as const } } } },
    ]),
  )

/** A body of whatever type, read by that. */
const anyBody = { requestBody: { required: false, content: { '*/*': { schema: {} } } } }

/** The page sends its fields beside the decision, each as `field.<name>`. */
const Form = z.looseObject({ decision: ApproveRequest.shape.decision })
const decisionBody = {
  requestBody: {
    required: true,
    content: {
      'application/json': sent(ApproveRequest.omit({ step: true })),
      'application/x-www-form-urlencoded': sent(Form),
    },
  },
}

const link = { security: [], request: { params: z.object({ token: z.string().describe('The end of a link.') }) } }

/** What is open to whoever holds a link, and to nobody else. */
const linkRoutes: RouteConfig[] = [
  {
    ...link,
    method: 'get',
    path: '/approve/{token}',
    summary: 'What a link asks: a page for browsers, JSON for programs. It decides nothing.',
    responses: asPages({
      200: jsonAnswer(LinkedWait, 'What is asked, or what has become of it.'),
      ...documented(['not_found', 'quarantined', 'internal', 'storage_unavailable']),
    }),
  },
  {
    ...link,
    ...decisionBody,
    method: 'post',
    path: '/approve/{token}',
    summary: 'Decide what a link asks, once. The page sends its form, programs send JSON.',
    responses: asPages({
      200: jsonAnswer(Decided, 'It is decided.'),
      ...documented([...answering, 'unsupported_media_type', 'foreign_page', 'invalid_request']),
    }),
  },
  {
    ...link,
    ...anyBody,
    method: 'post',
    path: '/callback/{token}',
    summary: 'Answer the step that a link was made for, once: JSON, a form, text or bytes, by content type.',
    responses: {
      200: jsonAnswer(CallbackTaken, 'The step goes on with it.'),
      202: jsonAnswer(CallbackTaken, 'It is kept until the step begins to wait.'),
      ...documented(answering),
    },
  },
]

const hookRefusals = [
  ...jsonProblems,
  'json_too_large',
  'delivery_refused',
  'not_found',
  'delivery_unusable',
  'execution_failed',
  'internal',
  'storage_unavailable',
] as const

/** Routes whose requests or answers no schema of ours describes. */
const plainRoutes: RouteConfig[] = [
  {
    method: 'get',
    path: '/health',
    summary: 'Whether the server is there. Needs no token.',
    security: [],
    responses: { 200: jsonAnswer(z.object({ status: z.literal('ok') }), 'It is.') },
  },
  ...HookMethod.options.map(
    (method): RouteConfig => ({
      method: method.toLowerCase() as Lowercase<typeof method>,
      path: '/webhook/{hookId}',
      summary: 'A hook of a published workflow, open to the world: its own verification decides. Any path may follow.',
      security: [],
      request: { params: z.object({ hookId: z.string() }) },
      ...(method === 'GET' ? {} : anyBody),
      responses: {
        200: {
          description:
            'What the workflow came to, when the hook waits for it, or `{ "filtered": true }`: nothing was started.',
        },
        202: jsonAnswer(z.object({ executionId: z.string() }), 'The execution is recorded and goes on.'),
        default: { description: 'What the respond step of the workflow answers, when the hook waits for the result.' },
        ...documented(hookRefusals),
      },
    }),
  ),
  ...linkRoutes,
  {
    method: 'get',
    path: '/executions/{id}/stream',
    summary: 'A WebSocket: a snapshot, or the events after a position, and then events as they are recorded.',
    request: {
      params: z.object({ id: z.string() }),
      query: z.object({ after: z.int().min(0).optional().describe('Position to resume from.') }),
    },
    responses: {
      101: { description: 'The stream. Frames are JSON: `snapshot`, `events`, `live`.' },
      ...documentedProblems('not_found', 'upgrade_required', 'csrf'),
    },
  },
  {
    method: 'get',
    path: '/openapi.json',
    summary: 'This document.',
    responses: { 200: { description: 'OpenAPI 3.1.' }, ...documentedProblems() },
  },
  {
    method: 'get',
    path: '/docs',
    summary: 'This document as a page.',
    responses: { 200: { description: 'HTML.' }, ...documentedProblems() },
  },
]

const documentOf = (app: OpenAPIHono<{ Bindings: Env }>) =>
  app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Stepwell runtime',
      version: '1',
      description:
        'Starts and shows executions. Errors are RFC 9457 problems with a stable `code`. Webhooks are at /webhook/{hookId}; the live stream of an execution is a WebSocket at /executions/{id}/stream.',
    },
    servers: [{ url: '/actions' }],
    security: [{ token: [] }, { session: [] }],
  })

type Operation = {
  readonly summary?: string
  readonly responses?: Readonly<Record<string, { readonly description?: string }>>
}

function page(document: ReturnType<typeof documentOf>) {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  )
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>${document.info.title}</title>
    <style>
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
      code { font-family: ui-monospace, monospace; }
      dt { font-weight: 600; }
    </style>
  </head>
  <body>
    <h1>${document.info.title}</h1>
    <p>${document.info.description ?? ''}</p>
    <p><a href="openapi.json">OpenAPI document</a></p>
    ${operations.map(
      ({ method, path, operation }) => html`<section>
      <h2><code>${method} ${path}</code></h2>
      <p>${operation.summary ?? ''}</p>
      <dl>${Object.entries(operation.responses ?? {}).map(([status, { description }]) => html`<dt>${status}</dt><dd>${description ?? ''}</dd>`)}</dl>
    </section>`,
    )}
  </body>
</html>`
}
