import { getEventListeners } from 'node:events'
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type LocalServer, localServer } from './local-server.ts'
import { failed, perform, secretAt } from './perform.ts'

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

describe('a world that fails', () => {
  it('[HTTP40] times out when nothing comes, when a body stops, and when it drips', async () => {
    const dripping = (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      const timer = setInterval(() => response.write('.'), 10)
      response.on('close', () => clearInterval(timer))
    }
    const stopping = (response: ServerResponse) => void response.writeHead(200, { 'content-length': '9' }).write('half')
    for (const respond of [() => {}, stopping, dripping]) {
      const startedAt = performance.now()
      const outcome = failed(await get(respond, {}, 100))
      expect(outcome).toMatchObject({
        retryable: true,
        failure: { code: 'timeout', message: expect.stringContaining('100 ms') },
      })
      expect(performance.now() - startedAt).toBeLessThan(1_000)
    }
  })

  it('[HTTP40] times out when the secrets or a fetch that heeds no signal never come', async () => {
    const never = () => new Promise<never>(() => {})
    const config = { url: server.origin, headers: { 'x-key': '' } }
    expect(failed(await perform(config, { fetch: never, timeoutMs: 20 })).failure.code).toBe('timeout')
    const injections = [secretAt(['headers', 'x-key'], 'key')]
    const late = failed(await perform(config, { injections, openSecrets: never, timeoutMs: 20 }))
    expect(late.failure.code).toBe('timeout')
  })

  it('[HTTP41] ends when the attempt is cancelled, and hangs up', async () => {
    const cancel = new AbortController()
    let closed = false
    answers['/cancelled'] = (response) => {
      response.on('close', () => {
        closed = true
      })
      cancel.abort()
    }
    const outcome = failed(await perform({ url: `${server.origin}/cancelled` }, { signal: cancel.signal }))
    expect(outcome).toMatchObject({ retryable: false, failure: { code: 'cancelled' } })
    await expect.poll(() => closed).toBe(true)
  })

  it('[HTTP41] sends nothing when the attempt was cancelled before', async () => {
    const before = server.received.length
    expect(failed(await perform({ url: server.origin }, { signal: AbortSignal.abort() })).failure.code).toBe(
      'cancelled',
    )
    expect(server.received.length).toBe(before)
  })

  const broken: readonly [string, (response: ServerResponse) => void][] = [
    ['is reset before the answer', (response) => response.socket?.resetAndDestroy()],
    [
      'is reset in the body',
      (response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half', () => response.socket?.resetAndDestroy())
      },
    ],
    [
      'ends too early',
      (response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half', () => response.socket?.end())
      },
    ],
    ['does not speak HTTP', (response) => response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n')],
    [
      'holds gzip that is none',
      (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
    ],
  ]
  it.each(broken)('[HTTP42] fails for now when the connection %s', async (_what, respond) => {
    const outcome = failed(await get(respond))
    expect(outcome).toMatchObject({ retryable: true, failure: { code: 'network_error' } })
    expect(outcome.failure.message).toContain(server.host)
  })

  it('[HTTP42] fails for now when nobody listens', async () => {
    const closed = await localServer(() => {})
    await closed.close()
    const { failure, retryable } = failed(await perform({ url: closed.origin }))
    expect({ failure, retryable }).toEqual({
      retryable: true,
      failure: { code: 'network_error', message: `${closed.host} refused the connection.` },
    })
  })

  it('[HTTP42] names the host and not what the platform says about the inside', async () => {
    const fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error('connect 10.1.2.3:5432 via proxy.corp') }))
    const { failure } = failed(await perform({ url: 'https://api.example.com/x' }, { fetch }))
    expect(failure).toEqual({ code: 'network_error', message: 'The connection to api.example.com failed.' })
  })

  it('[HTTP43] never throws, and says no more of a bug than its name', async () => {
    const fetch = () => Promise.resolve({ headers: { get: () => failWith('canary') } } as unknown as Response)
    const { failure, retryable } = failed(await perform({ url: 'https://api.example.com/x' }, { fetch }))
    expect({ failure, retryable }).toEqual({
      retryable: false,
      failure: { code: 'internal_error', message: 'The http step met an unexpected RangeError.' },
    })
  })

  it('[HTTP44] leaves no timer and no listener behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
    const { signal } = new AbortController()
    const before = timers()
    await perform(
      { url: 'https://api.example.com/x' },
      { signal, timeoutMs: 60_000, fetch: async () => new Response('1') },
    )
    expect({ timers: timers(), listeners: getEventListeners(signal, 'abort') }).toEqual({
      timers: before,
      listeners: [],
    })
  })
})

const failWith = (message: string): never => {
  throw new RangeError(message)
}
