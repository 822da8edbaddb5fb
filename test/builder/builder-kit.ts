import type { OpenAPIHono } from '@hono/zod-openapi'
import { expect } from 'vitest'

import type { Database } from '../../builder/db/database.ts'
import { createApp } from '../../builder/http/app.ts'
import type { SignedIn } from '../../builder/http/authentication.ts'
import { Projector } from '../../builder/projections/projector.ts'
import { runtimeClient } from '../../builder/runtime-client.ts'
import type { ExecutionReport, ExecutionStatus } from '../../schemas/api/executions.ts'
import type { RuntimeApi } from '../../schemas/api/runtime.ts'

export const adminToken = 'token-of-the-tests'
export const origin = 'https://stepwell.test'
/** 2026-11-22T12:00:00Z */
export const noon = Date.UTC(2026, 10, 22, 12)

/** A clock that the test moves. */
export const clock = { at: noon, now: () => clock.at }

/** The builder's routes over a database and a runtime of the test's choice. */
export function openBuilder(
  db: Database,
  binding: RuntimeApi,
  { token }: { token: string | undefined } = { token: adminToken },
) {
  const background: Promise<unknown>[] = []
  const world = {
    db,
    runtime: runtimeClient(binding),
    now: clock.now,
    background: (work: Promise<unknown>) => {
      background.push(work)
    },
  }
  let made = 0
  const newId = () => `01kdraft${String(++made).padStart(18, '0')}`
  const projector = new Projector(world)
  const app = createApp({ ...world, projector, adminToken: token, newId })

  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await app.request(`${origin}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expectDocumented(app, method, path, answer.status)
    return answer
  }
  return {
    app,
    projector,
    send,
    /** Waits for what goes on behind the answers. */
    settled: () => Promise.allSettled(background),
  }
}

/** Whatever a test provokes, the document has said that it may happen. */
function expectDocumented(app: OpenAPIHono<SignedIn>, method: string, path: string, status: number): void {
  const { pathname } = new URL(path, origin)
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route' || definition.route.method !== method.toLowerCase()) continue
    if (!new RegExp(`^${definition.route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname)) continue
    expect(Object.keys(definition.route.responses), `${method} ${path} answered ${status}`).toContain(String(status))
  }
}

/** A graph that can be published: whoever starts it by hand is greeted. */
export const greeting = {
  name: 'Greeting',
  nodes: [
    { id: 'start', kind: 'manual', config: {} },
    { id: 'reply', kind: 'respond', config: { body: { hello: '{{ trigger.body.name }}' } } },
  ],
  edges: [{ from: 'start', port: 'out', to: 'reply' }],
  settings: {},
}

export const report = (
  workflowId: string,
  id: string,
  position: number,
  status: ExecutionStatus,
  also: Partial<ExecutionReport> = {},
): ExecutionReport => ({
  id,
  workflowId,
  version: 1,
  status,
  triggerNode: 'start',
  startedAt: noon,
  position,
  ...(['succeeded', 'failed', 'cancelled'].includes(status) ? { endedAt: noon + position } : {}),
  ...also,
})
