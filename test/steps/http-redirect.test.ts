import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import type { Fetch } from '../../runtime/steps/egress.ts'
import { type LocalServer, localServer, type Received, sendJson } from './local-server.ts'
import { failed, perform, secretAt, succeeded } from './perform.ts'

const secret = 'canary/4f1c+9b=value'

/** `near` is the server that the node names; `far` is another origin. Both redirect to where `to` says. */
let near: LocalServer
let far: LocalServer
let requests: (Received & { readonly at: 'near' | 'far' })[] = []
beforeEach(() => {
  requests = []
})

const start = (at: 'near' | 'far'): Promise<LocalServer> =>
  localServer((request, response) => {
    requests.push({ ...request, at })
    const query = new URL(request.url, 'http://x').searchParams
    const to = query.get('to')
    if (to === null) return sendJson(response, request)
    response.writeHead(Number(query.get('status') ?? 302), { location: to }).end('moved')
  })
beforeAll(async () => {
  near = await start('near')
  far = await start('far')
})
afterAll(() => Promise.all([near.close(), far.close()]))

const redirecting = (to: string, status = 302): string =>
  `${near.origin}/?${new URLSearchParams({ to, status: `${status}` })}`
const last = (): Received & { readonly at: string } => requests.at(-1) ?? failNow()
const failNow = (): never => {
  throw new Error('no request arrived')
}

describe('following redirects', () => {
  it.each([
    [301, 'GET', 'GET'],
    [302, 'GET', 'GET'],
    [303, 'GET', 'GET'],
    [307, 'GET', 'GET'],
    [308, 'GET', 'GET'],
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [302, 'PUT', 'PUT'],
    [303, 'PUT', 'GET'],
    [303, 'DELETE', 'GET'],
    [308, 'DELETE', 'DELETE'],
    [303, 'HEAD', 'HEAD'],
  ])('[HTTP50] after %i a %s goes on as %s', async (status, method, expected) => {
    const hasBody = method !== 'GET' && method !== 'HEAD'
    const config = { url: redirecting('/next', status), method, ...(hasBody ? { body: { a: 1 } } : {}) }
    expect(succeeded(await perform(config)).status).toBe(200)
    expect(requests.map(({ method }) => method)).toEqual([method, expected])
    const keepsBody = hasBody && expected === method
    expect(last().body).toBe(keepsBody ? '{"a":1}' : '')
    expect(last().headers['content-type']).toBe(keepsBody ? 'application/json' : undefined)
    expect(last().headers['idempotency-key']).toBe('exec-1:charge')
  })

  it('[HTTP50] reads an address that is relative, and drops the query of the first', async () => {
    succeeded(await perform({ url: `${near.origin}/a/b?to=../c%3Fx%3D1`, query: { token: 't' } }))
    expect(last().url).toBe('/c?x=1')
  })

  it('[HTTP51] follows as many as the node says and no more', async () => {
    const loop = `${near.origin}/?to=/%3Fto%3D/`
    expect(succeeded(await perform({ url: loop, redirects: 2 })).status).toBe(200)
    const refused = failed(await perform({ url: loop, redirects: 1 }))
    expect(refused).toMatchObject({ retryable: false, failure: { code: 'redirect_refused' } })
    expect(refused.failure.message).toContain('more than 1 times')
  })

  it('[HTTP51] ends a loop', async () => {
    const looping = await localServer((_, response) => void response.writeHead(302, { location: '/' }).end())
    expect(failed(await perform({ url: looping.origin })).failure.code).toBe('redirect_refused')
    expect(looping.received.length).toBe(6)
    await looping.close()
  })

  it('[HTTP51] hangs up on the body of a redirect', async () => {
    let closed = false
    const dripping = await localServer(({ url }, response) => {
      if (url === '/end') return void response.end()
      response.writeHead(302, { location: '/end' })
      const timer = setInterval(() => response.write('0'.repeat(1_000)), 1)
      response.on('close', () => {
        closed = true
        clearInterval(timer)
      })
    })
    expect(succeeded(await perform({ url: dripping.origin })).status).toBe(200)
    await expect.poll(() => closed).toBe(true)
    await dripping.close()
  })

  it('[HTTP51] with 0, or when the node expects it, a redirect is just its status', async () => {
    const none = failed(await perform({ url: redirecting('/next'), redirects: 0 }))
    expect(none.failure).toMatchObject({ code: 'http_302', details: { headers: { location: '/next' }, body: 'moved' } })
    expect(succeeded(await perform({ url: redirecting('/next'), expect: [302] })).headers).toMatchObject({
      location: '/next',
    })
    expect(requests).toHaveLength(2)
  })

  it('[HTTP51] a status without an address, and 300 and 304, are just statuses', async () => {
    const bare = await localServer(
      ({ url }, response) =>
        void response.writeHead(Number(url.slice(1)), url === '/302' ? {} : { location: '/x' }).end(),
    )
    for (const status of [300, 302, 304]) {
      expect(failed(await perform({ url: `${bare.origin}/${status}` })).failure.code).toBe(`http_${status}`)
    }
    await bare.close()
  })
})

describe('refusing redirects', () => {
  it.each([
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://2130706433/',
    'https://10.0.0.1/',
    'https://metadata.google.internal/',
    'file:///etc/passwd',
    'data:text/plain,hello',
    'javascript:alert(1)',
    'https://user:pass@api.example.com/',
    'https://[',
  ])('[HTTP52] checks each address like the first: %s', async (location) => {
    const calls: string[] = []
    const fetch: Fetch = async (url) => {
      calls.push(url.href)
      return new Response(null, { status: 302, headers: { location } })
    }
    const outcome = failed(await perform({ url: 'http://api.example.com/' }, { fetch, allowPrivateNetwork: false }))
    expect(outcome).toMatchObject({ retryable: false, failure: { code: 'redirect_refused' } })
    expect(calls).toEqual(['http://api.example.com/'])
  })

  it('[HTTP52] does not go from https to http', async () => {
    const fetch: Fetch = async () =>
      new Response(null, { status: 302, headers: { location: 'http://api.example.com/' } })
    const { failure } = failed(
      await perform({ url: 'https://api.example.com/' }, { fetch, allowPrivateNetwork: false }),
    )
    expect(failure).toMatchObject({ code: 'redirect_refused', message: expect.stringContaining('from https to http') })
  })
})

describe('redirects and secrets', () => {
  const withSecrets = (url: string, more: Record<string, unknown> = {}) =>
    perform(
      { url, headers: { authorization: '', 'x-key': '', 'x-plain': 'kept', cookie: 'session=1' }, ...more },
      {
        injections: [
          secretAt(['headers', 'authorization'], 'token', 'Bearer '),
          secretAt(['headers', 'x-key'], 'token'),
        ],
        secrets: { token: { value: secret, hosts: ['127.0.0.1'] } },
      },
    )

  it('[HTTP53] keeps credentials within the origin', async () => {
    succeeded(await withSecrets(redirecting('/next')))
    expect(last().headers).toMatchObject({ authorization: `Bearer ${secret}`, 'x-key': secret, cookie: 'session=1' })
  })

  it('[HTTP53] drops authorization, cookie and every header with a secret when the origin changes, for good', async () => {
    succeeded(await withSecrets(redirecting(`${far.origin}/?to=${encodeURIComponent(near.origin)}`)))
    expect(requests.map(({ at }) => at)).toEqual(['near', 'far', 'near'])
    for (const { headers } of requests.slice(1)) {
      expect(headers).toMatchObject({ 'x-plain': 'kept' })
      for (const name of ['authorization', 'x-key', 'cookie']) expect(headers).not.toHaveProperty(name)
    }
  })

  it('[HTTP53] drops authentication that holds no secret as well', async () => {
    const url = redirecting(far.origin)
    succeeded(await perform({ url, auth: { scheme: 'basic', username: 'ann', password: 'open' } }))
    expect(requests.map(({ headers }) => typeof headers['authorization'])).toEqual(['string', 'undefined'])
  })

  const posting = (status: number, to: string) =>
    perform(
      { url: redirecting(to, status), method: 'POST', body: { deep: [{ key: '' }] } },
      { injections: [secretAt(['body', 'deep', 0, 'key'], 'token')], secrets: { token: secret } },
    )

  it('[HTTP54] does not carry a body with a secret to another origin', async () => {
    const { failure } = failed(await posting(307, far.origin))
    expect(failure.code).toBe('redirect_refused')
    expect(requests.map(({ at }) => at)).toEqual(['near'])
    expect(succeeded(await posting(307, '/next')).status).toBe(200)
    expect(last().body).toContain(secret)
    succeeded(await posting(303, far.origin))
    expect(last()).toMatchObject({ at: 'far', method: 'GET', body: '' })
  })

  const spelled: readonly [string, (text: string) => string][] = [
    ['raw', (text) => text],
    ['percent-encoded', encodeURIComponent],
    ['percent-encoded twice', (text) => encodeURIComponent(encodeURIComponent(text))],
    ['base64', btoa],
    ['base64 behind something', (text) => Buffer.from(`u:${text}`).toString('base64url')],
    ['hex', (text) => Buffer.from(text).toString('hex')],
    ['HEX', (text) => Buffer.from(text).toString('hex').toUpperCase()],
  ]
  it.each(spelled)(
    '[HTTP55] does not follow an address that repeats a secret (%s) to another host',
    async (_how, spell) => {
      for (const to of [`${far.origin}/?leak=${spell(secret)}`, `${far.origin}/${spell(secret)}/x`]) {
        const hosts = [near.host]
        const outcome = await perform(
          { url: redirecting(to), headers: { 'x-key': '' } },
          { injections: [secretAt(['headers', 'x-key'], 'token')], secrets: { token: { value: secret, hosts } } },
        )
        expect(failed(outcome).failure.code).toBe('redirect_refused')
        expect(failed(outcome).failure.message).toContain('the secret token')
        expect(JSON.stringify(outcome)).not.toContain(spell(secret))
      }
      expect(requests.map(({ at }) => at)).toEqual(['near', 'near'])
    },
  )

  it('[HTTP55] [HTTP70] does not say a secret that was made a host', async () => {
    const outcome = await perform(
      { url: redirecting('http://Canary-9F.attacker.example/'), headers: { 'x-key': '' } },
      { injections: [secretAt(['headers', 'x-key'], 'token')], secrets: { token: 'Canary-9F' } },
    )
    expect(failed(outcome).failure.message).toContain('may not go to ••• (secret token).attacker.example')
    expect(JSON.stringify(outcome).toLowerCase()).not.toContain('canary-9f')
  })

  it('[HTTP55] follows one that stays with the origin, or goes to a host that the secret is for', async () => {
    const config = { url: redirecting(`/next?key=${encodeURIComponent(secret)}`), headers: { 'x-key': '' } }
    const injections = [secretAt(['headers', 'x-key'], 'token')]
    expect(succeeded(await perform(config, { injections, secrets: { token: secret } })).status).toBe(200)
    const away = { ...config, url: redirecting(`${far.origin}/?key=${encodeURIComponent(secret)}`) }
    const secrets = { token: { value: secret, hosts: ['127.0.0.1'] } }
    expect(succeeded(await perform(away, { injections, secrets })).status).toBe(200)
    expect(last().at).toBe('far')
  })
})
