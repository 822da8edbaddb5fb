import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { residentMiB, workerdBelow } from '../bench/process-usage.ts'
import { rawExchange, rawRequest } from '../support/raw-request.ts'
import { codeOf, drafts, HostileCaller } from './hostile-caller.ts'

const noExecution = 'ab'.repeat(32)
const slowHoldMs = limits.requestBodyMs + 10_000

/** These parts, and then silence without an end. */
async function* neverEnding(parts: readonly Uint8Array[]) {
  yield* parts
  await new Promise<never>(() => {})
}

/** Whether the address `path` is one that `template` describes. */
const matches = (template: string, path: string): boolean =>
  !path.includes('{') && new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)

/** Issue 2, "Bad input", as somebody with a terminal would find it out. */
describe('bodies and credentials that the real server refuses', () => {
  let caller: HostileCaller
  let stalled: Promise<readonly string[]>
  beforeAll(async () => {
    caller = await HostileCaller.start()
    const { port } = caller.server
    stalled = Promise.all(
      caller.takers.map((path) => rawExchange(port, `${headTo(path, 'content-length: 100')}{"name":`, slowHoldMs)),
    )
  })
  afterAll(() => caller.end())

  const headTo = (path: string, framing: string): string =>
    [
      `POST ${path} HTTP/1.1`,
      `host: 127.0.0.1:${caller.server.port}`,
      `authorization: Bearer ${caller.server.token}`,
      'content-type: application/json',
      framing,
      '\r\n',
    ].join('\r\n')

  it.each([
    ['cut off', '{"name":"x"'],
    ['with something after it', '{"name":"x"}}'],
    ['in single quotes', "{'name':'x'}"],
    ['a form', 'name=x'],
    ['NaN', 'NaN'],
    ['a byte order mark alone', '\uFEFF'],
    ['not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ['with NUL around it', '\u0000{}\u0000'],
  ])('[BAD1] calls a body malformed that is %s', async (_how, body) => {
    for (const path of caller.takers)
      expect(await codeOf(await caller.send('POST', path, body)), path).toEqual([400, 'malformed_json'])
  })

  const framings = [{ 'transfer-encoding': 'chunked' }, { 'content-length': String(1024 ** 3) }]
  const part = new Uint8Array(64 * 1024).fill(0x20)

  it('[BAD7] answers a body as soon as it is over the limit, without waiting for its end', async () => {
    for (const path of caller.takers)
      for (const framing of framings) {
        const parts = Array<Uint8Array>(limits.requestBodyBytes / part.byteLength + 1).fill(part)
        const answer = await caller.raw('POST', path, neverEnding(parts), framing)
        expect(answer.status, path).toBe(413)
        expect(JSON.parse(answer.text)).toMatchObject({ code: 'too_large' })
      }
  })

  it('[BAD7] stops a flood early, and keeps none of it', async () => {
    const workerd = workerdBelow(caller.server.process.pid ?? 0)
    const before = residentMiB(workerd)
    for (const path of caller.takers)
      for (const framing of [...framings, ...framings, ...framings]) {
        let sentBytes = 0
        const flood = function* () {
          for (; sentBytes < 1024 ** 3; sentBytes += part.byteLength) yield part
        }
        // Who goes on writing may find the connection cut before the answer is read.
        const ended = await caller.raw('POST', path, flood(), framing).then(
          ({ status }) => status,
          (error: NodeJS.ErrnoException) => error.code,
        )
        expect([413, 'EPIPE', 'ECONNRESET'], path).toContain(ended)
        // The limit, and what the buffers of two sockets take.
        expect(sentBytes).toBeLessThan(limits.requestBodyBytes + 16 * 1024 ** 2)
      }
    expect(residentMiB(workerd) - before).toBeLessThan(100)
  })

  it('[BAD8] takes a body of exactly the limit and not one byte more', async () => {
    const padded = (length: number) => JSON.stringify({ name: 'Padded' }).padEnd(length)
    expect((await caller.send('POST', drafts, padded(limits.requestBodyBytes))).status).toBe(201)
    for (const path of caller.takers)
      expect(await codeOf(await caller.send('POST', path, padded(limits.requestBodyBytes + 1))), path).toEqual([
        413,
        'too_large',
      ])
  })

  it('[BAD9] answers 401 without the right token or cookie, and says no more', async () => {
    const paths = [
      `GET ${drafts}`,
      `POST ${drafts}`,
      'GET /api/workflows',
      'GET /api/secrets',
      'GET /api/no',
      `POST /actions/execute/${caller.manual.workflowId}`,
      'POST /actions/deploy',
      `GET /actions/executions/${noExecution}`,
      `GET /actions/executions/${noExecution}/why`,
      ...['cancel', 'pause', 'resume', 'retry', 'signal', 'answer', 'approve'].map(
        (verb) => `POST /actions/executions/${noExecution}/${verb}`,
      ),
      'POST /actions/events',
      `GET /actions/executions/${noExecution}/stream`,
      'GET /actions/no',
      'GET /actions/openapi.json',
      'GET /api/openapi.json',
    ]
    const { token } = caller.server
    const wrong: Record<string, string>[] = [
      {},
      ...[
        'Bearer',
        'Bearer x',
        `Bearer ${token}x`,
        `Bearer ${token.slice(1)}`,
        `Basic ${btoa(`admin:${token}`)}`,
        token,
      ].map((authorization) => ({ authorization })),
      ...[`v1.99999999999999.${'0'.repeat(64)}`, 'v1.0.x', `v1.1.${token}`, '__proto__'].flatMap((value) => [
        { cookie: `stepwell_session=${value}` },
        { cookie: `__Host-stepwell_session=${value}` },
      ]),
    ]
    for (const line of paths)
      for (const headers of wrong) {
        const [method = '', path = ''] = line.split(' ')
        const answer = await rawRequest(caller.server.url, path, { method, headers })
        caller.witness.note(`unauthorized ${line}`, `${JSON.stringify(answer.headers)}\n${answer.text}`)
        expect(answer.status, `${line} ${JSON.stringify(headers)}`).toBe(401)
        expect(answer.headers['www-authenticate']).toBe('Bearer realm="stepwell"')
      }
    expect((await caller.send('POST', '/api/session', JSON.stringify({ token: `${token}x` }))).status).toBe(401)
  })

  it('[BAD10] answers 405 with an empty body to every method that a documented address does not take', async () => {
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
    for (const [document, prefix] of [
      ['/api/openapi.json', ''],
      ['/actions/openapi.json', '/actions'],
    ] as const) {
      const { paths } = (await (await caller.ask('GET', document)).json()) as { paths: Record<string, object> }
      expect(Object.keys(paths).length).toBeGreaterThan(5)
      for (const path of Object.keys(paths)) {
        const address = path.includes('{hookId}') ? caller.hook : `${prefix}${path.replaceAll(/\{\w+\}/g, 'x')}`
        // What stands at a fixed address may also be read as an id, and then takes what that address takes.
        const known = new Set(
          Object.entries(paths)
            .filter(([other]) => other === path || matches(other, path))
            .flatMap(([, taken]) => Object.keys(taken).map((method) => method.toUpperCase())),
        )
        const others = path.includes('{hookId}') ? ['PUT', 'OPTIONS', 'GET'] : methods.filter((one) => !known.has(one))
        for (const method of others) {
          const answer = await caller.ask(method, address)
          expect(answer.status, `${method} ${address}`).toBe(405)
          expect(await answer.text()).toBe('')
          expect(answer.headers.get('allow')).toMatch(/^[A-Z, ]+$/)
        }
      }
    }
  })

  it('[BAD11] takes JSON only where it asks for JSON', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/xml',
      'json',
    ])
      expect((await caller.send('POST', drafts, '{"name":"x"}', { 'content-type': type })).status, type).toBe(415)
    for (const body of [
      'null',
      '[]',
      '"x"',
      '1',
      'true',
      '[{"name":"x"}]',
      '{}',
      '{"name":""}',
      '{"name":7}',
      '{"name":"x","extra":1}',
      JSON.stringify({ name: 'n'.repeat(limits.nameLength + 1) }),
    ]) {
      expect(await codeOf(await caller.send('POST', drafts, body)), body).toEqual([400, 'invalid_request'])
      expect(await codeOf(await caller.send('POST', '/actions/deploy', body)), body).toEqual([400, 'invalid_request'])
    }
  })

  it('[BAD13] refuses what nests too deep, and keeps odd text whole', async () => {
    const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
    for (const depth of [limits.jsonDepth + 2, 20_000, 400_000])
      for (const path of caller.takers.slice(0, 4))
        expect((await caller.send('POST', path, deep(depth))).status, `${path} ${depth}`).toBe(400)
    const odd = { total: 1, text: '\u0000\u0001\uFFFF\u202E', ['\u0000']: '😀', lone: '\uD800', ['\uDC00']: 1 }
    const executed = await caller.send('POST', `${caller.takers[1]}?wait=5000`, JSON.stringify(odd))
    const { executionId, output } = (await executed.json()) as { executionId: string; output: unknown }
    expect(output).toEqual(odd)
    expect((await caller.client.execution(executionId)).output).toEqual(odd)
    const delivered = await caller.send('POST', caller.hook, JSON.stringify(odd))
    expect(((await delivered.json()) as { body: unknown }).body).toEqual(odd)
    expect((await caller.send('POST', drafts, JSON.stringify({ name: 'a\uD800b' }))).status).toBe(400)
    const { id } = (await (await caller.send('POST', drafts, JSON.stringify({ name: 'a\u0000\u202Eb' }))).json()) as {
      id: string
    }
    expect(await (await caller.ask('GET', `${drafts}/${id}`)).json()).toMatchObject({ name: 'a\u0000\u202Eb' })
  })

  it('[BAD26] does not complain of a caller who goes away in the middle of a body', async () => {
    const { port } = caller.server
    for (const path of caller.takers) {
      await rawExchange(port, `${headTo(path, 'content-length: 100')}{"name":`, 100)
      await rawExchange(port, `${headTo(path, 'transfer-encoding: chunked')}8\r\n{"name":\r\n`, 100)
    }
  })

  it('[BAD16] gives up a body that does not arrive', async () => {
    for (const answer of await stalled) expect(answer.split('\r\n')[0]).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('[BAD17] never broke, never showed its inside, and still serves', () => caller.expectUnbroken())
})
