import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { type LocalServer, localServer, sendJson } from './local-server.ts'
import { failed, perform, secretAt, succeeded } from './perform.ts'

let echo: LocalServer
beforeAll(async () => {
  echo = await localServer(({ method, url, headers, body }, response) =>
    sendJson(response, { method, url, headers, body }),
  )
})
afterAll(() => echo.close())

type Echoed = { method: string; url: string; headers: Record<string, string>; body: string }
const send = async (config: Record<string, unknown>): Promise<Echoed> =>
  succeeded(await perform({ url: echo.origin, ...config })).body as Echoed

describe('the request', () => {
  it('[HTTP1] carries the idempotency key of the step, the same on every attempt', async () => {
    expect((await send({})).headers['idempotency-key']).toBe('exec-1:charge')
    expect((await send({ method: 'POST', body: 1 })).headers['idempotency-key']).toBe('exec-1:charge')
  })

  it('[HTTP1] carries the key under the configured name', async () => {
    const { headers } = await send({ idempotencyHeader: 'X-Request-Key' })
    expect(headers['x-request-key']).toBe('exec-1:charge')
    expect(headers).not.toHaveProperty('idempotency-key')
  })

  it('[HTTP1] leaves a key that the node itself sets', async () => {
    expect((await send({ headers: { 'idempotency-KEY': 'order-7' } })).headers['idempotency-key']).toBe('order-7')
  })

  it('[HTTP2] names itself, unless the node does', async () => {
    expect((await send({})).headers['user-agent']).toBe('Stepwell')
    expect((await send({ headers: { 'User-Agent': 'shop/1' } })).headers['user-agent']).toBe('shop/1')
  })

  it('[HTTP3] sends a JSON body with its type by default', async () => {
    const { headers, body, method } = await send({ method: 'PUT', body: { a: [1, 'ü', null] } })
    expect({ method, body, type: headers['content-type'], length: headers['content-length'] }).toEqual({
      method: 'PUT',
      body: '{"a":[1,"ü",null]}',
      type: 'application/json',
      length: '19',
    })
  })

  it('[HTTP3] sends a JSON string for a text and null for null', async () => {
    expect((await send({ method: 'POST', body: 'plain' })).body).toBe('"plain"')
    expect((await send({ method: 'POST', body: null })).body).toBe('null')
  })

  it('[HTTP3] keeps a content type that the node sets', async () => {
    const { headers } = await send({
      method: 'POST',
      body: {},
      headers: { 'Content-Type': 'application/vnd.api+json' },
    })
    expect(headers['content-type']).toBe('application/vnd.api+json')
  })

  it('[HTTP3] sends a form, in which a list repeats its name and null is left out', async () => {
    const body = { name: 'Ann & Bob', tag: ['a', 'b'], count: 3, open: true, none: null }
    const sent = await send({ method: 'POST', bodyAs: 'form', body })
    expect(sent.body).toBe('name=Ann+%26+Bob&tag=a&tag=b&count=3&open=true')
    expect(sent.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect((await send({ method: 'POST', bodyAs: 'form', body: 'a=1&b=2' })).body).toBe('a=1&b=2')
  })

  it.each([[{ a: { b: 1 } }], [[1, 2]], [7]])('[HTTP3] refuses the form %j', async (body) => {
    const { failure, retryable } = failed(await perform({ url: echo.origin, method: 'POST', bodyAs: 'form', body }))
    expect({ code: failure.code, retryable }).toEqual({ code: 'request_invalid', retryable: false })
  })

  it('[HTTP3] sends text as it is, and other values as JSON text', async () => {
    const sent = await send({ method: 'POST', bodyAs: 'text', body: 'grüße' })
    expect(sent.body).toBe('grüße')
    expect(sent.headers['content-type']).toBe('text/plain;charset=UTF-8')
    expect((await send({ method: 'POST', bodyAs: 'text', body: { a: 1 } })).body).toBe('{"a":1}')
  })

  it('[HTTP3] sends nothing for none, for GET and without a body', async () => {
    expect((await send({ method: 'POST', bodyAs: 'none', body: { a: 1 } })).body).toBe('')
    expect((await send({ method: 'GET', body: { a: 1 } })).body).toBe('')
    const without = await send({ method: 'POST' })
    expect(without.body).toBe('')
    expect(without.headers).not.toHaveProperty('content-type')
  })

  it('[HTTP4] adds the query to the URL, encoded; a list repeats its name and null is left out', async () => {
    const { url } = await send({
      url: `${echo.origin}/search?a=1#top`,
      query: { q: 'x&y=z ü', tag: ['a', 'b'], n: 2, yes: false, none: null },
    })
    expect(url).toBe('/search?a=1&q=x%26y%3Dz+%C3%BC&tag=a&tag=b&n=2&yes=false')
  })

  it('[HTTP4] refuses an object in the query', async () => {
    expect(failed(await perform({ url: echo.origin, query: { a: { b: 1 } } })).failure.code).toBe('request_invalid')
  })

  it('[HTTP5] authenticates by bearer token or by user and password', async () => {
    expect((await send({ auth: { scheme: 'bearer', token: 'abc' } })).headers['authorization']).toBe('Bearer abc')
    const basic = await send({ auth: { scheme: 'basic', username: 'ann', password: 'pä:ss' } })
    expect(basic.headers['authorization']).toBe(`Basic ${Buffer.from('ann:pä:ss').toString('base64')}`)
  })

  it('[HTTP5] refuses two authorizations and a colon in the user', async () => {
    const headers = { Authorization: 'x' }
    const two = failed(await perform({ url: echo.origin, headers, auth: { scheme: 'bearer', token: 'abc' } }))
    const colon = failed(await perform({ url: echo.origin, auth: { scheme: 'basic', username: 'a:b', password: '' } }))
    expect([two.failure.code, colon.failure.code]).toEqual(['request_invalid', 'request_invalid'])
  })

  const refusedHeaders: readonly [string, string][] = [
    ['Connection', 'close'],
    ['Keep-Alive', '5'],
    ['Proxy-Authorization', 'x'],
    ['TE', 'trailers'],
    ['Trailer', 'x'],
    ['Transfer-Encoding', 'chunked'],
    ['Upgrade', 'websocket'],
    ['Host', 'other.example'],
    ['Content-Length', '1'],
    ['Expect', '100-continue'],
    ['CF-Connecting-IP', '1.2.3.4'],
    ['MF-Custom-Service', 'x'],
    ['X-Stepwell-Execution', 'x'],
    ['X-A', 'a\r\nX-Injected: 1'],
    ['X-A', 'a\nb'],
    ['X-A', 'a\rb'],
    ['X-A', 'a\0b'],
    ['X-A', 'a\u007fb'],
    ['X-A', 'grün'],
  ]
  it.each(refusedHeaders)('[HTTP6] refuses the header %s: %j and says which', async (name, value) => {
    const before = echo.received.length
    const { failure, retryable } = failed(await perform({ url: echo.origin, headers: { [name]: value } }))
    expect({ code: failure.code, retryable }).toEqual({ code: 'header_refused', retryable: false })
    expect(failure.message).toContain(name.toLowerCase())
    expect(echo.received.length).toBe(before)
  })

  it('[HTTP6] refuses a line break that a secret brings', async () => {
    const { failure } = failed(
      await perform(
        { url: echo.origin, headers: { 'x-key': '' } },
        { injections: [secretAt(['headers', 'x-key'], 'key')], secrets: { key: 'canary-canary\nx: y' } },
      ),
    )
    expect(failure.code).toBe('header_refused')
    expect(JSON.stringify(failure)).not.toContain('canary-canary')
  })

  it('[HTTP6] refuses a header given twice, and more headers than the limit', async () => {
    const twice = failed(await perform({ url: echo.origin, headers: { 'X-A': '1', 'x-a': '2' } }))
    const names = Array.from({ length: limits.httpHeaders + 1 }, (_, index) => [`x-${index}`, '1'])
    const many = failed(await perform({ url: echo.origin, headers: Object.fromEntries(names) }))
    expect([twice.failure.code, many.failure.code]).toEqual(['header_refused', 'header_refused'])
  })

  it('[HTTP7] refuses a body over the limit and sends one at the limit', async () => {
    const atLimit = 'x'.repeat(limits.httpRequestBytes)
    const quiet = await localServer((_, response) => void response.end())
    expect(succeeded(await perform({ url: quiet.origin, method: 'POST', bodyAs: 'text', body: atLimit })).status).toBe(
      200,
    )
    const over = failed(await perform({ url: quiet.origin, method: 'POST', bodyAs: 'text', body: `${atLimit}x` }))
    expect({ code: over.failure.code, sent: quiet.received.length }).toEqual({ code: 'request_too_large', sent: 1 })
    await quiet.close()
  })

  it('[HTTP8] says what is wrong with a config that does not fit the kind', async () => {
    const { failure } = failed(await perform({ url: echo.origin, method: 'TRACE' }))
    expect(failure.code).toBe('request_invalid')
    expect(failure.message).toContain('method')
  })
})
