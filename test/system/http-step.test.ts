import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { AttemptOutcome } from '../../runtime/steps/step-runner.ts'
import { limits } from '../../schemas/limits.ts'
import { type LocalServer, localServer, sendJson } from '../steps/local-server.ts'
import { failed, secretAt, succeeded } from '../steps/perform.ts'

const secret = 'Canary/4f1c+9b=value'
const closed: string[] = []

let server: LocalServer
let platform: Miniflare
beforeAll(async () => {
  server = await localServer(({ url, method, headers, body }, response) => {
    const { pathname } = new URL(url, 'http://x')
    response.on('close', () => closed.push(pathname))
    const send = (encoding: string, bytes: Uint8Array) =>
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': encoding }).end(bytes)
    const drip = (text: string) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      const timer = setInterval(() => response.write(text), 5)
      response.on('close', () => clearInterval(timer))
    }
    const answers: Record<string, () => void> = {
      '/gzip': () => send('gzip', gzipSync('hello')),
      '/brotli': () => send('br', brotliCompressSync('hello')),
      '/bomb': () => send('gzip', gzipSync('0'.repeat(50 * limits.httpResponseBytes))),
      '/truncated-gzip': () => send('gzip', gzipSync('x'.repeat(9_000)).subarray(0, 20)),
      '/no-gzip': () => send('gzip', Buffer.from('not gzip')),
      '/reset': () => response.socket?.resetAndDestroy(),
      '/early': () => response.writeHead(200, { 'content-length': '100' }).write('half', () => response.socket?.end()),
      '/no-http': () => response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n'),
      '/hang': () => {},
      '/drip': () => drip('.'),
      '/endless': () => drip('0'.repeat(100_000)),
      '/redirect': () => response.writeHead(302, { location: '/echo' }).end('moved'),
      '/not-modified': () => response.writeHead(304).end(),
      '/busy': () => response.writeHead(503, { 'retry-after': '7' }).end('busy'),
      '/reflect': () => {
        const key = String(headers['x-key'])
        response.writeHead(500, encodeURIComponent(key), { 'x-back': key, 'set-cookie': [`a=${key}`, 'b=2'] })
        response.end(`${key} ${Buffer.from(`x${key}`).toString('base64')}`)
      },
    }
    const answer = answers[pathname] ?? (() => sendJson(response, { method, url, headers, body }))
    answer()
  })
  const entryPoint = fileURLToPath(new URL('./http-step-worker.ts', import.meta.url))
  const bundle = await build({ entryPoints: [entryPoint], bundle: true, format: 'esm', write: false })
  platform = new Miniflare(
    convertV4MiniflareOptions({
      modules: [{ type: 'ESModule', path: 'worker.js', contents: bundle.outputFiles[0]?.text ?? '' }],
      compatibilityDate: '2026-08-01',
      compatibilityFlags: ['nodejs_compat'],
      // As in `scripts/server.ts`: otherwise Miniflare adds a header.
      stripCfConnectingIp: false,
    }),
  )
  await platform.ready
})
afterAll(() => Promise.all([platform.dispose(), server.close()]))

/** Performs one attempt inside workerd. */
async function perform(path: string, config: object = {}, timeoutMs = 5_000): Promise<AttemptOutcome> {
  const attempt = {
    request: {
      kind: 'http',
      config: { url: `${server.origin}${path}`, headers: { 'x-key': '' }, ...config },
      injections: [secretAt(['headers', 'x-key'], 'key')],
    },
    idempotencyKey: 'exec-1:charge',
    timeoutMs,
  }
  const response = await fetch(await platform.ready, { method: 'POST', body: JSON.stringify({ attempt, secret }) })
  return (await response.json()) as AttemptOutcome
}

describe('the http step inside workerd', () => {
  it('[HTTP1] [HTTP60] sends what it should and nothing that the platform adds', async () => {
    const before = server.received.length
    succeeded(await perform('/echo', { method: 'POST', body: { a: 1 } }))
    const { headers, body } = server.received[before] ?? {}
    expect(body).toBe('{"a":1}')
    const ours = ['accept', 'content-type', 'idempotency-key', 'user-agent', 'x-key']
    expect(Object.keys(headers ?? {}).toSorted()).toEqual([...ours, 'content-length', 'host'].toSorted())
    expect(headers).toMatchObject({ 'user-agent': 'Stepwell', 'idempotency-key': 'exec-1:charge', 'x-key': secret })
  })

  it.each(['/gzip', '/brotli'])('[HTTP25] unpacks %s', async (path) => {
    expect(succeeded(await perform(path)).body).toBe('hello')
  })

  it.each(['/bomb', '/endless'])('[HTTP25] gives up on %s when the limit is reached, and hangs up', async (path) => {
    expect(failed(await perform(path)).failure.code).toBe('response_too_large')
    await expect.poll(() => closed).toContain(path)
  })

  it.each(['/hang', '/drip'])('[HTTP40] times out on %s, and hangs up', async (path) => {
    expect(failed(await perform(path, {}, 150))).toMatchObject({ retryable: true, failure: { code: 'timeout' } })
    await expect.poll(() => closed).toContain(path)
  })

  it.each(['/reset', '/early', '/no-http', '/truncated-gzip', '/no-gzip'])(
    '[HTTP42] fails for now on %s',
    async (path) => {
      expect(failed(await perform(path))).toMatchObject({
        retryable: true,
        failure: { code: 'network_error', message: `The connection to ${server.host} failed.` },
      })
    },
  )

  it('[HTTP51] sees redirects instead of following them blindly', async () => {
    expect(succeeded(await perform('/redirect')).body).toMatchObject({ url: '/echo' })
    expect(failed(await perform('/redirect', { redirects: 0 })).failure).toMatchObject({
      code: 'http_302',
      details: { body: 'moved' },
    })
  })

  it('[HTTP23] [HTTP30] reads answers without a body, and Retry-After', async () => {
    expect(succeeded(await perform('/echo', { method: 'HEAD' })).body).toBeNull()
    expect(failed(await perform('/not-modified')).failure).toMatchObject({ code: 'http_304', details: { body: null } })
    expect(failed(await perform('/busy')).notBefore).toBeGreaterThan(Date.now())
  })

  it('[HTTP70] brings no secret back', async () => {
    const outcome = failed(await perform('/reflect'))
    const text = JSON.stringify(outcome)
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(4, -4)]) {
      expect(text).not.toContain(form)
    }
    expect(outcome.failure).toMatchObject({
      message: `${server.host} answered 500 ••• (secret key).`,
      details: { headers: { 'x-back': '••• (secret key)', 'set-cookie': ['a=••• (secret key)', 'b=2'] } },
    })
  })
})
