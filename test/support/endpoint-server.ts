import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'

import type { EndpointCall, EndpointReply } from './endpoint.ts'

type Endpoint = {
  replies: EndpointReply[]
  readonly calls: EndpointCall[]
  /** Answers that wait until they are released. */
  readonly held: (() => void)[]
  readonly watchers: (() => void)[]
}

/**
 * The world that http steps call: a real HTTP server beside workerd. A test tells an endpoint its
 * replies at `/script/<name>`, steps call `/call/<name>`, and the test asks for what arrived.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const endpoints = new Map<string, Endpoint>()
  const server = createServer(async (request, response) => {
    const [, verb = '', name = ''] = (request.url ?? '').split(/[/?]/)
    const endpoint = endpoints.get(name) ?? { replies: [], calls: [], held: [], watchers: [] }
    endpoints.set(name, endpoint)
    await answer(verb, endpoint, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  project.provide('endpointOrigin', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
}

async function answer(verb: string, endpoint: Endpoint, request: IncomingMessage, response: ServerResponse) {
  const body = await textOf(request)
  switch (verb) {
    case 'script':
      endpoint.replies = JSON.parse(body)
      return sendJson(response, null)
    case 'call':
      return call(endpoint, request, response, body)
    case 'arrived':
      return arrived(endpoint, Number(body), response)
    case 'release':
      for (const release of endpoint.held.splice(0)) release()
      return sendJson(response, null)
    default:
      return sendJson(response, { unknown: verb }, 404)
  }
}

/** Answers the n-th call with the n-th reply; the last one stands for all that follow. */
function call(endpoint: Endpoint, request: IncomingMessage, response: ServerResponse, body: string): void {
  const { calls, replies, held, watchers } = endpoint
  const reply = replies[calls.length] ?? replies.at(-1) ?? {}
  calls.push({ method: request.method ?? '', url: request.url ?? '', headers: { ...request.headers }, body })
  for (const watcher of watchers.splice(0)) watcher()
  const send = (): void => sendJson(response, reply.json ?? { ok: true }, reply.status ?? 200, reply.headers)
  if (reply.hold === true) held.push(send)
  else send()
}

/** Answers when that many calls have arrived. */
function arrived(endpoint: Endpoint, count: number, response: ServerResponse): void {
  if (endpoint.calls.length >= count) sendJson(response, endpoint.calls)
  else endpoint.watchers.push(() => arrived(endpoint, count, response))
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function sendJson(response: ServerResponse, value: unknown, status = 200, headers: Record<string, string> = {}): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}
