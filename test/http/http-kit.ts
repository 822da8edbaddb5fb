import { exports } from 'cloudflare:workers'
import { expect } from 'vitest'

import type { Problem } from '../../schemas/api/problem.ts'
import type { Graph } from '../../schemas/graph.ts'
import { expectDocumented } from './documented.ts'

export const origin = 'https://stepwell.example'
/** As vitest.config.ts binds it. */
export const adminToken = 'the-admin-token-of-the-tests'
const bearer = { authorization: `Bearer ${adminToken}` }

/** The Worker of wrangler.toml; its type depends on a generated file that we do not keep. */
const { default: worker } = exports as unknown as { readonly default: Fetcher }

/** A request through the real Worker, without credentials. What comes back is as the document says. */
export async function anonymous(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await worker.fetch(new Request(`${origin}/actions${path}`, init))
  await expectDocumented(init.method ?? 'GET', path, response)
  return response
}

export const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  anonymous(path, { ...init, headers: { ...bearer, ...(init.headers as Record<string, string> | undefined) } })

/** Without a body none is sent. */
export const post = (path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  call(path, {
    method: 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json', ...headers },
  })

export const json = async <Body = Record<string, unknown>>(response: Response): Promise<Body> =>
  (await response.json()) as Body

export type Hooked = {
  readonly version: number
  readonly hooks: readonly { nodeId: string; hookId: string; url: string }[]
}

export async function deployed(workflowId: string, graph: Graph): Promise<Hooked> {
  const response = await post('/deploy', { workflowId, graph })
  if (response.status !== 200) throw new Error(`${workflowId} was not published: ${await response.text()}`)
  return json<Hooked>(response)
}

/** The path of the only hook of a freshly published graph. */
export async function hooked(workflowId: string, graph: Graph): Promise<string> {
  const { hooks } = await deployed(workflowId, graph)
  return `/webhook/${hooks[0]?.hookId}`
}

/** A problem as RFC 9457 asks for it. */
export async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = await json<Problem>(response)
  expect(problem).toMatchObject({
    type: 'about:blank',
    status: response.status,
    title: expect.stringMatching(/\.$/),
    detail: expect.stringMatching(/\.$/),
  })
  return problem
}

export const codeOf = async (response: Response): Promise<[number, string]> => [
  response.status,
  (await problemOf(response)).code,
]
