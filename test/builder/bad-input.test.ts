import fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { adminToken, openBuilder, origin } from './builder-kit.ts'
import { MemoryRuntime } from './memory-runtime.ts'
import { emptyDatabase } from './test-database.ts'

const drafts = '/api/actions/drafts'

describe('bad input', () => {
  let builder: ReturnType<typeof openBuilder>
  beforeAll(async () => {
    builder = openBuilder(await emptyDatabase(), new MemoryRuntime())
  })
  const post = (body: BodyInit, type = 'application/json') =>
    builder.app.request(`${origin}${drafts}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}`, ...(type === '' ? {} : { 'content-type': type }) },
      body,
    })

  it.each(['{', '{"name":"x"', 'name=x', '{"name":"x"}}', "{'name':'x'}", '\uFEFF', 'NaN'])(
    '[BAD1] calls %j no JSON',
    async (body) => {
      const answer = await post(body)
      expect(answer.status).toBe(400)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      const problem = await answer.json()
      expect(problem).toMatchObject({
        type: 'about:blank',
        status: 400,
        code: 'malformed_json',
        detail: expect.any(String),
      })
    },
  )

  it('[BAD2] takes only UTF-8', async () => {
    const bytes = new Uint8Array([
      ...new TextEncoder().encode('{"name":"'),
      0xff,
      0xfe,
      ...new TextEncoder().encode('"}'),
    ])
    expect(await (await post(bytes)).json()).toMatchObject({ code: 'malformed_json' })
  })

  it('[BAD3] stops reading a body at the limit, whatever length it announces', async () => {
    let sent = 0
    let cancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 64 * 1024
        controller.enqueue(new Uint8Array(64 * 1024).fill(0x20))
      },
      cancel() {
        cancelled = true
      },
    })
    const answer = await post(endless)
    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({ code: 'too_large' })
    expect(cancelled).toBe(true)
    expect(sent).toBeLessThan(limits.requestBodyBytes + 4 * 64 * 1024)
  })

  it('[BAD4] takes a body of exactly the limit', async () => {
    const body = JSON.stringify({ name: 'Padded' })
    expect((await post(body.padEnd(limits.requestBodyBytes))).status).toBe(201)
    expect((await post(body.padEnd(limits.requestBodyBytes + 1))).status).toBe(413)
  })

  it('[BAD5] takes only JSON, and a body where one is needed', async () => {
    expect((await post('{"name":"x"}', 'text/plain')).status).toBe(415)
    expect((await post('name=x', 'application/x-www-form-urlencoded')).status).toBe(415)
    expect((await post(new TextEncoder().encode('{"name":"x"}'), '')).status).toBe(415)
    expect(await (await post('')).json()).toMatchObject({ code: 'invalid_request' })
  })

  it('[BAD6] refuses what nests deeper than the limit, however deep it goes', async () => {
    const nested = (depth: number) =>
      `{"name":"x","nodes":[{"id":"a","kind":"log","config":${'['.repeat(depth)}${']'.repeat(depth)}}]}`
    expect((await post(nested(20_000))).status).toBe(400)
    const deep = `{"name":"x","nodes":[{"id":"a","kind":"log","config":{"data":${'['.repeat(limits.jsonDepth)}${']'.repeat(limits.jsonDepth)}}}]}`
    expect(await (await post(deep)).json()).toMatchObject({
      code: 'invalid_request',
      issues: [{ message: expect.stringContaining('nest') }],
    })
  })

  it('[BAD7] refuses fields that would reach a prototype', async () => {
    const answer = await post('{"name":"x","nodes":[{"id":"a","kind":"log","config":{"__proto__":{"polluted":true}}}]}')
    expect(await answer.json()).toMatchObject({
      code: 'invalid_request',
      issues: [{ message: expect.stringContaining('__proto__') }],
    })
  })

  it.each(['{"name":"\\ud800"}', '{"name":"x","settings":{"\\udc00":1}}', '{"name":"x","nodes":["\\udc00\\ud800"]}'])(
    '[BAD13] refuses half of a surrogate pair in %j, which no database could keep',
    async (body) => {
      const problem = { code: 'invalid_request', issues: [{ message: expect.stringContaining('surrogate') }] }
      expect(await (await post(body)).json()).toMatchObject(problem)
    },
  )

  it('[BAD8] answers an unknown id and an unknown address alike', async () => {
    const draft = { name: 'x' }
    const asked = await Promise.all([
      builder.send('GET', `${drafts}/nothing`),
      builder.send('GET', `${drafts}/${'x'.repeat(4000)}`),
      builder.send('PUT', `${drafts}/nothing`, draft, { 'if-match': '"1"' }),
      builder.send('PATCH', `${drafts}/nothing`, draft, { 'if-match': '"1"' }),
      builder.send('DELETE', `${drafts}/nothing`),
      builder.send('POST', `${drafts}/nothing/publish`),
      builder.send('GET', `${drafts}/nothing/problems`),
      builder.send('GET', `${drafts}/nothing/versions`),
      builder.send('GET', '/api/workflows/nothing'),
      builder.send('GET', '/api/hooks/nothing/deliveries'),
      builder.send('DELETE', '/api/secrets/nothing'),
      builder.send('POST', '/api/samples/nothing'),
      builder.send('GET', '/api/nothing'),
    ])
    expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 404))
    const bodies = new Set(await Promise.all(asked.map((answer) => answer.text())))
    expect(bodies.size).toBe(1)
  })

  it('[BAD9] answers an unknown method with 405, an empty body and what is allowed', async () => {
    const answer = await builder.send('PUT', drafts)
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST')
    expect(await answer.text()).toBe('')
    expect((await builder.send('POST', `${drafts}/some-id`)).headers.get('allow')).toBe('DELETE, GET, HEAD, PATCH, PUT')
    expect((await builder.app.request(`${origin}/api/health`, { method: 'DELETE' })).status).toBe(405)
    const head = await builder.send('HEAD', drafts)
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
  })

  it('[BAD10] hides the cause of what broke', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const broken = new MemoryRuntime()
    broken.secrets = () => Promise.reject(new Error('password hunter2'))
    const answer = await openBuilder(await emptyDatabase(), broken).send('GET', '/api/secrets')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('2')
    expect(await answer.text()).not.toContain('hunter2')
    expect(logged).toHaveBeenCalledOnce()
    logged.mockRestore()
  })

  it('[BAD14] says that the vault has no usable key, and what to do', async () => {
    const locked = new MemoryRuntime()
    locked.putSecret = () => Promise.resolve(false)
    const answer = await openBuilder(await emptyDatabase(), locked).send('PUT', '/api/secrets/a_key', { value: 'v' })
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'vault_locked' }])
  })

  it('[BAD11] writes secrets, lists them without values, and refuses bad names', async () => {
    const value = 'never seen again'
    expect((await builder.send('PUT', '/api/secrets/stripe_key', { value, hosts: ['api.example'] })).status).toBe(204)
    expect((await builder.send('PUT', '/api/secrets/Stripe-Key', { value })).status).toBe(400)
    expect((await builder.send('PUT', '/api/secrets/stripe_key', { value: '' })).status).toBe(400)
    const list = await (await builder.send('GET', '/api/secrets')).text()
    expect(JSON.parse(list)).toMatchObject({ items: [{ name: 'stripe_key', hosts: ['api.example'], version: 1 }] })
    expect(list).not.toContain(value)
    expect((await builder.send('DELETE', '/api/secrets/stripe_key')).status).toBe(204)
    expect((await builder.send('DELETE', '/api/secrets/stripe_key')).status).toBe(404)
  })
  it('[BAD12] answers whatever is thrown at any route as its document says, and never breaks', async () => {
    const document = await (await builder.send('GET', '/api/openapi.json')).json<{ paths: Record<string, object> }>()
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    )
    const word = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', '%00', '..', '1', '-1', '1e99', ''),
      fc.string({ unit: 'binary', maxLength: 30 }),
    )
    const fields = [
      'name',
      'nodes',
      'edges',
      'settings',
      'ids',
      'token',
      'value',
      'hosts',
      'limit',
      'cursor',
      'status',
      'from',
      'to',
      'workflow',
    ]
    const body = fc.option(
      fc.oneof(
        fc.jsonValue(),
        fc.dictionary(fc.constantFrom(...fields), fc.oneof(fc.jsonValue(), fc.array(word), word)),
      ),
      { nil: undefined },
    )
    const query = fc.dictionary(fc.constantFrom(...fields), word, { maxKeys: 3 })
    const revision = fc.option(fc.constantFrom('"1"', '1', '*', 'W/"1"', '"x"', '""', '"1", "2"'), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes),
        word,
        query,
        body,
        revision,
        async (route, id, asked, sent, match) => {
          const path = route.path.replace(/\{\w+\}/, encodeURIComponent(id.toWellFormed()))
          const search = new URLSearchParams(asked).toString()
          const hasBody = route.method !== 'GET' && sent !== undefined
          const headers = match === undefined ? {} : { 'if-match': match }
          const answer = await builder.send(route.method, `${path}?${search}`, hasBody ? sent : undefined, headers)
          expect(answer.status, `${route.method} ${path}`).toBeLessThan(500)
        },
      ),
      { numRuns: 400 },
    )
  }, 30_000)
})
