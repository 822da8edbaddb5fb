import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { type LocalServer, localServer, sendJson } from './local-server.ts'
import { failed, perform, succeeded, t0 } from './perform.ts'

/** What the server does at each path. */
const answers: Record<string, (response: ServerResponse) => void> = {}
let server: LocalServer
beforeAll(async () => {
  server = await localServer(({ url }, response) => answers[url]?.(response))
})
afterAll(() => server.close())

let paths = 0
/** Performs a GET that is answered by `respond`. */
function get(respond: (response: ServerResponse) => void, config: Record<string, unknown> = {}, timeoutMs = 5_000) {
  const path = `/${paths++}`
  answers[path] = respond
  return perform({ url: `${server.origin}${path}`, ...config }, { timeoutMs })
}

const typed =
  (type: string | undefined, body: string | Uint8Array, status = 200) =>
  (response: ServerResponse) => {
    response.writeHead(status, type === undefined ? {} : { 'content-type': type })
    response.end(body)
  }

describe('the answer', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'application/problem+json', 'Text/JSON'])(
    '[HTTP20] parses %s',
    async (type) => {
      const { body } = succeeded(await get(typed(type, '{"a":[1,{"__proto__":{"b":"ü"}}]}')))
      expect(JSON.stringify(body)).toBe('{"a":[1,{"__proto__":{"b":"ü"}}]}')
    },
  )

  it.each(['', '{"a":', '{"a":1}}', '<html>', 'NaN'].slice(1))('[HTTP20] fails on the broken JSON %j', async (text) => {
    const outcome = failed(await get(typed('application/json', text)))
    expect(outcome).toMatchObject({ retryable: false, failure: { code: 'invalid_json', details: { status: 200 } } })
  })

  it('[HTTP20] refuses JSON that is nested too deep, however it is spelled', async () => {
    const nested = (depth: number) => `${'['.repeat(depth)}"]]]\\"[[["${']'.repeat(depth)}`
    expect(succeeded(await get(typed('application/json', nested(limits.jsonDepth)))).status).toBe(200)
    const deep = failed(await get(typed('application/json', nested(limits.jsonDepth + 1))))
    expect(deep).toMatchObject({ retryable: false, failure: { code: 'json_too_deep' } })
    const bomb = failed(await get(typed('application/json', '['.repeat(500_000))))
    expect(bomb.failure.code).toBe('json_too_deep')
  })

  it('[HTTP21] reads text in its charset', async () => {
    expect(succeeded(await get(typed('text/plain', 'grün ✓'))).body).toBe('grün ✓')
    expect(succeeded(await get(typed('text/csv; charset="ISO-8859-1"', Buffer.from('gr\xfcn', 'latin1')))).body).toBe(
      'grün',
    )
    expect(succeeded(await get(typed('application/xml', '<a/>'))).body).toBe('<a/>')
    expect(succeeded(await get(typed('image/svg+xml', '<svg/>'))).body).toBe('<svg/>')
  })

  it('[HTTP21] reads a body without a type as text when it is UTF-8', async () => {
    expect(succeeded(await get(typed(undefined, 'grün'))).body).toBe('grün')
    expect(succeeded(await get(typed(undefined, new Uint8Array([255, 1])))).body).toHaveProperty('$bytes')
  })

  it.each(['image/png', 'application/octet-stream', 'text/plain; charset=no-such-charset'])(
    '[HTTP22] gives the bytes of %s in base64',
    async (type) => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
      expect(succeeded(await get(typed(type, bytes))).body).toEqual({
        $bytes: Buffer.from(bytes).toString('base64'),
        contentType: type,
        size: 256,
      })
    },
  )

  it('[HTTP23] gives null for an empty body', async () => {
    expect(succeeded(await get(typed('application/json', ''))).body).toBeNull()
    expect(succeeded(await get((response) => response.writeHead(204).end())).body).toBeNull()
    expect(succeeded(await get(typed('application/json', '{}'), { method: 'HEAD' })).body).toBeNull()
  })

  it('[HTTP24] gives lower-case headers, and cookies as a list', async () => {
    const { headers } = succeeded(
      await get((response) => {
        response.writeHead(200, {
          'X-Thing': ['a', 'b'],
          'Set-Cookie': ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'],
        })
        response.end()
      }),
    )
    expect(headers).toMatchObject({
      'x-thing': 'a, b',
      'set-cookie': ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'],
    })
  })

  it('[HTTP25] counts what is unpacked: a compressed answer is read, a bomb is not', async () => {
    const compressed = (text: string) => (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' })
      response.end(gzipSync(text))
    }
    expect(succeeded(await get(compressed('hello'))).body).toBe('hello')
    const bomb = failed(await get(compressed('0'.repeat(100 * limits.httpResponseBytes))))
    expect(bomb).toMatchObject({ retryable: false, failure: { code: 'response_too_large' } })
  })

  it('[HTTP25] takes an answer of the limit, and hangs up on one that never ends', async () => {
    const atLimit = '0'.repeat(limits.httpResponseBytes - 1024)
    expect(succeeded(await get(typed('text/plain', atLimit))).body).toHaveLength(atLimit.length)
    let closed = false
    const endless = await get((response) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      const timer = setInterval(() => response.write('0'.repeat(100_000)), 1)
      response.on('close', () => {
        closed = true
        clearInterval(timer)
      })
    })
    expect(failed(endless).failure.code).toBe('response_too_large')
    await expect.poll(() => closed).toBe(true)
  })

  it('[HTTP25] refuses an output that is only too large once it is written as JSON', async () => {
    const bytes = new Uint8Array(limits.httpResponseBytes - 1024)
    expect(failed(await get(typed('image/png', bytes))).failure.code).toBe('response_too_large')
  })
})

describe('statuses', () => {
  it.each([400, 401, 403, 404, 409, 410, 413, 422, 501, 505])('[HTTP30] fails for good on %i', async (status) => {
    const outcome = failed(await get((response) => sendJson(response, { why: 'no' }, status)))
    expect(outcome).toMatchObject({
      retryable: false,
      failure: { code: `http_${status}`, details: { status, body: { why: 'no' } } },
    })
    expect(outcome.failure.message).toContain(`${server.host} answered ${status}`)
  })

  it.each([408, 425, 429, 500, 502, 503, 504, 520])('[HTTP30] fails for now on %i', async (status) => {
    const outcome = failed(await get((response) => sendJson(response, {}, status)))
    expect(outcome).toMatchObject({ retryable: true, failure: { code: `http_${status}` } })
  })

  it('[HTTP30] keeps the status as the reason when the body of a failure is broken or too large', async () => {
    const broken = failed(await get(typed('application/json', '<html>busy</html>', 502)))
    expect(broken).toMatchObject({
      retryable: true,
      failure: { code: 'http_502', details: { body: '<html>busy</html>' } },
    })
    const large = failed(await get(typed('text/plain', '0'.repeat(limits.httpResponseBytes + 1), 500)))
    expect(large.failure).toMatchObject({ code: 'http_500', details: { status: 500, body: null } })
  })

  it('[HTTP30] leaves a large body of a failure out of its details', async () => {
    const { failure } = failed(await get(typed('text/plain', '0'.repeat(limits.failureDetailsBytes), 404)))
    expect(failure.details).toEqual({ status: 404, bodyOmitted: 'too large to keep' })
  })

  it('[HTTP31] goes by the expected statuses when the node names them', async () => {
    const notFound = (response: ServerResponse) => sendJson(response, { gone: true }, 404)
    expect(succeeded(await get(notFound, { expect: [404] }))).toMatchObject({ status: 404, body: { gone: true } })
    expect(failed(await get((response) => sendJson(response, {}), { expect: [404] })).failure.code).toBe('http_200')
  })

  it.each([
    ['120', t0 + 120_000],
    ['0', t0],
    [new Date(t0 + 60_000).toUTCString(), t0 + 60_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', t0],
    ['9'.repeat(30), t0 + limits.retryIntervalMs],
    ['soon', undefined],
    ['-5', undefined],
    ['2027-01-01', undefined],
  ])('[HTTP32] reads Retry-After %j', async (header, notBefore) => {
    const outcome = failed(await get((response) => response.writeHead(429, { 'retry-after': header }).end()))
    expect(outcome.notBefore).toBe(notBefore)
  })

  it('[HTTP32] pays no heed to Retry-After when there is no retry', async () => {
    expect(
      failed(await get((response) => response.writeHead(404, { 'retry-after': '5' }).end())).notBefore,
    ).toBeUndefined()
  })
})
