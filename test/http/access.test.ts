import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'

import { signSession } from '../../gate/session.ts'
import { createApp } from '../../runtime/http/app.ts'
import { sessionCookie } from '../../schemas/session.ts'
import { adminToken, anonymous, call, codeOf, json, origin, post, problemOf } from './http-kit.ts'

const unknownId = '0'.repeat(64)
const cookie = (expiresAt = Date.now() + 60_000, token = adminToken) => ({
  cookie: `${sessionCookie.https}=${signSession(token, expiresAt)}`,
})
const here = { origin, 'x-stepwell': '1' }

/** The routes as the application has them: what a test forgets is still tested. */
const routes = [...new Set(createApp().routes.map(({ path }) => path))].filter((path) => path !== '/*')
const pathOf = (route: string): string =>
  route
    .replace(/:hookId\{[^}]*\}/, 'orders-00')
    .replace(/:id|:workflowId/, unknownId)
    .replace(/\/\*$/, '/rest')
const open = (route: string): boolean => /^\/(health$|webhook\/|approve\/|callback\/)/.test(route)

describe('who asks', () => {
  it('[HTP1] only health, webhooks and links are open', async () => {
    expect(routes.length).toBeGreaterThan(8)
    for (const route of routes.filter((known) => !open(known))) {
      const response = await anonymous(pathOf(route))
      expect([route, response.headers.get('www-authenticate')]).toEqual([route, 'Bearer realm="stepwell"'])
      expect([route, ...(await codeOf(response))]).toEqual([route, 401, 'unauthorized'])
    }
    const health = await anonymous('/health')
    expect([health.status, await json(health)]).toEqual([200, { status: 'ok' }])
  })

  it('[HTP1] a wrong token is no token, however it is wrong', async () => {
    const wrong = ['Bearer wrong', `Bearer ${adminToken}x`, 'Bearer ', adminToken, `Basic ${adminToken}`, '']
    for (const authorization of wrong)
      expect([authorization, (await anonymous('/openapi.json', { headers: { authorization } })).status]).toEqual([
        authorization,
        401,
      ])
    expect((await call('/openapi.json')).status).toBe(200)
  })

  it('[HTP1] an address that does not exist tells nothing to a stranger', async () => {
    expect(await codeOf(await anonymous('/nothing'))).toEqual([401, 'unauthorized'])
    expect(await codeOf(await call('/nothing'))).toEqual([404, 'not_found'])
  })

  it('[HTP2] a session reads, until it ends', async () => {
    expect((await anonymous('/openapi.json', { headers: cookie() })).status).toBe(200)
    expect((await anonymous('/openapi.json', { headers: cookie(Date.now() - 1) })).status).toBe(401)
    expect((await anonymous('/openapi.json', { headers: cookie(Date.now() + 60_000, 'another token') })).status).toBe(
      401,
    )
    // The name without its prefix could have been set by another host of the domain.
    const bare = { cookie: cookie().cookie.replace('__Host-', '') }
    expect((await anonymous('/openapi.json', { headers: bare })).status).toBe(401)
  })

  it('[HTP2] a session writes only from here', async () => {
    const write = (headers: Record<string, string>) =>
      anonymous(`/executions/${unknownId}/cancel`, { method: 'POST', headers: { ...cookie(), ...headers } })
    for (const headers of [
      {},
      { origin },
      { 'x-stepwell': '1' },
      { ...here, origin: 'https://evil.example' },
      { ...here, 'x-stepwell': '0' },
    ])
      expect([headers, ...(await codeOf(await write(headers)))]).toEqual([headers, 403, 'csrf'])
    expect(await codeOf(await write(here))).toEqual([404, 'not_found'])
  })

  it('[HTP2] a session opens a stream only from here', async () => {
    const upgrade = (headers: Record<string, string>) =>
      anonymous(`/executions/${unknownId}/stream`, { headers: { upgrade: 'websocket', ...cookie(), ...headers } })
    expect(await codeOf(await upgrade({}))).toEqual([403, 'csrf'])
    expect(await codeOf(await upgrade({ origin: 'https://evil.example' }))).toEqual([403, 'csrf'])
    expect(await codeOf(await upgrade({ origin }))).toEqual([404, 'not_found'])
  })
})

describe('what is not there', () => {
  it('[HTP3] unknown ids of every kind have one answer', async () => {
    // An id that the platform gave out, for an object that was never started.
    const neverStarted = env.EXECUTION.newUniqueId().toString()
    const answers = await Promise.all([
      call(`/executions/${unknownId}`),
      call(`/executions/${unknownId}/events`),
      call(`/executions/${unknownId}/state`),
      call(`/executions/${unknownId}/stream`, { headers: { upgrade: 'websocket' } }),
      post(`/executions/${unknownId}/cancel`),
      ...['', '/events', '/state'].map((part) => call(`/executions/${neverStarted}${part}`)),
      call(`/executions/${neverStarted}/stream`, { headers: { upgrade: 'websocket' } }),
      post(`/executions/${neverStarted}/cancel`),
      call('/executions/no-id'),
      call('/executions/no-id/events'),
      call('/executions/no-id/stream', { headers: { upgrade: 'websocket' } }),
      post('/execute/nobody'),
      post('/execute/NO-ID'),
      anonymous('/webhook/nobody-00', { method: 'POST' }),
      anonymous('/webhook/nobody-00/rest'),
      call('/webhook/NO'),
      call('/nothing'),
    ])
    const bodies = new Set<string>()
    for (const answer of answers) {
      expect(answer.status).toBe(404)
      bodies.add(await answer.text())
    }
    expect([...bodies].map((body) => JSON.parse(body).code)).toEqual(['not_found'])
  })

  it('[HTP4] another method: 405, an empty body, and which are allowed', async () => {
    const known = createApp().routes.filter(({ method, path }) => method !== 'ALL' && path !== '/*')
    expect(known.length).toBeGreaterThan(7)
    for (const { path } of known) {
      const taken = [
        ...new Set(
          known
            .filter((route) => route.path === path)
            .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
        ),
      ]
      const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter((method) => !taken.includes(method))
      for (const method of others) {
        const response = await call(pathOf(path), { method })
        expect([path, method, response.status, response.headers.get('allow'), await response.text()]).toEqual([
          path,
          method,
          405,
          taken.sort().join(', '),
          '',
        ])
      }
    }
  })

  it('[HTP4] HEAD is GET without the body', async () => {
    const response = await call('/openapi.json', { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })
})

describe('bodies', () => {
  it('[HTP5] what is no JSON is refused, and not quoted', async () => {
    for (const body of ['{', 'canary', '{"a":1,}', new Uint8Array([0xff, 0xfe])]) {
      const response = await call('/execute/nobody', { method: 'POST', body })
      const problem = await problemOf(response)
      expect([problem.status, problem.code, JSON.stringify(problem).includes('canary')]).toEqual([
        400,
        'malformed_json',
        false,
      ])
    }
  })

  it('[HTP5] what nests too deep is refused', async () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
    expect(await codeOf(await call('/execute/nobody', { method: 'POST', body: deep(200_000) }))).toEqual([
      400,
      'json_too_deep',
    ])
    expect(await codeOf(await call('/execute/nobody', { method: 'POST', body: deep(60) }))).toEqual([404, 'not_found'])
  })

  it('[HTP6] what is too large is refused while it streams, and the rest is never read', async () => {
    for (const [send, path] of [
      [call, '/execute/nobody'],
      [call, '/deploy'],
      [anonymous, '/webhook/nobody-00'],
    ] as const) {
      let sent = 0
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 1
          if (sent > 1000) controller.close()
          else controller.enqueue(new Uint8Array(64 * 1024).fill(0x20))
        },
      })
      const response = await send(path, { method: 'POST', body })
      expect([path, ...(await codeOf(response))]).toEqual([path, 413, 'too_large'])
      expect(sent).toBeLessThan(40)
    }
  })
})

describe('the document', () => {
  it('[HTP7] names every route that there is', async () => {
    const document = await json<{ paths: Record<string, Record<string, unknown>> }>(await call('/openapi.json'))
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const actual = createApp()
      .routes.filter(({ method, path }) => method !== 'ALL' && path !== '/*')
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    expect([...new Set(actual)].filter((route) => !documented.includes(route))).toEqual([])
    expect(documented).toContain('POST /webhook/{hookId}')
    expect(documented).toContain('GET /executions/{id}/stream')
  })

  it('[HTP7] says what each of them is sent', async () => {
    type Operation = { requestBody?: { content: object }; parameters?: { schema: { type: unknown } }[] }
    const { paths } = await json<{ paths: Record<string, Record<string, Operation>> }>(await call('/openapi.json'))
    const posts = Object.entries(paths).flatMap(([path, { post: operation }]) =>
      operation === undefined ? [] : [[path, Object.keys(operation.requestBody?.content ?? {})] as const],
    )
    const ofJson = ['application/json']
    const odd: Record<string, string[]> = {
      '/approve/{token}': [...ofJson, 'application/x-www-form-urlencoded'],
      '/callback/{token}': ['*/*'],
      '/webhook/{hookId}': ['*/*'],
    }
    expect(posts.length).toBeGreaterThan(10)
    for (const [path, types] of posts) expect([path, types]).toEqual([path, odd[path] ?? ofJson])
    const parameters = Object.values(paths).flatMap((item) =>
      Object.values(item).flatMap((one) => one.parameters ?? []),
    )
    for (const { schema } of parameters) expect(['string', 'integer']).toContain(schema.type)
  })

  it('[HTP7] can be read without a script', async () => {
    const response = await call('/docs')
    const text = await response.text()
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(response.headers.get('content-type')).toContain('text/html')
    expect([text.includes('<script'), / on\w+=/.test(text), text.includes('POST /execute/{workflowId}')]).toEqual([
      false,
      false,
      true,
    ])
  })

  it('[HTP7] every answer says that it is not to be sniffed or kept', async () => {
    for (const response of [
      await call('/openapi.json'),
      await call('/nothing'),
      await anonymous('/openapi.json'),
      await anonymous('/webhook/nobody-00'),
      await anonymous('/health'),
    ]) {
      expect([response.url, response.headers.get('x-content-type-options')]).toEqual([response.url, 'nosniff'])
      expect([response.url, response.headers.get('cache-control')]).toEqual([response.url, 'no-store'])
    }
  })
})
