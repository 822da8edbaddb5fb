import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { SecretsUnavailable } from '../../runtime/steps/secrets-unavailable.ts'
import { type LocalServer, localServer, sendJson } from './local-server.ts'
import { failed, perform, secretAt, succeeded } from './perform.ts'

const secret = 'p@ss/wörd "canary" +9=&x'

/** Sends everything back that came, in every place an answer has. */
let echo: LocalServer
beforeAll(async () => {
  echo = await localServer(({ url, headers, body }, response) => {
    const { searchParams, pathname } = new URL(url, 'http://x')
    const key = String(headers['x-key'] ?? '')
    const as = searchParams.get('as')
    if (as === 'status') {
      response.writeHead(500, key, { 'content-type': 'text/plain' }).end(body)
    } else if (as === 'location') {
      response.writeHead(302, { location: `/?key=${key}` }).end()
    } else if (as === 'bytes') {
      response
        .writeHead(200, { 'content-type': `application/x-${key}` })
        .end(Buffer.concat([Buffer.from([0, 255]), Buffer.from(body)]))
    } else if (as === 'broken') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(`{"a": ${body}`)
    } else if (as === 'broken-failure') {
      response.writeHead(500, { 'content-type': 'application/json' }).end(`{"a": ${body}`)
    } else if (as === 'number') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(`{"n":[${key}, 1]}`)
    } else {
      response.setHeader('x-echo', Object.values(headers).map(String).join(' | '))
      if (/^[\w-]+$/.test(key)) response.setHeader(`x-${key}`, '1').setHeader('set-cookie', `key=${key}`)
      sendJson(response, { url, pathname, query: Object.fromEntries(searchParams), headers, body, [body]: body })
    }
  })
})
afterAll(() => echo.close())

describe('secrets in a request', () => {
  it('[HTTP60] stand where the injections say, with the text round them', async () => {
    const received = echo.received.length
    const outcome = await perform(
      {
        url: 'masked',
        method: 'POST',
        headers: { 'x-key': 'masked' },
        query: { q: ['masked', 'plain'] },
        body: { nested: ['masked'] },
        auth: { scheme: 'bearer', token: 'masked' },
      },
      {
        injections: [
          secretAt(['url'], 'path', `${echo.origin}/bot`, '/send'),
          secretAt(['headers', 'x-key'], 'header', 'a ', ' b'),
          secretAt(['query', 'q', 0], 'query'),
          secretAt(['body', 'nested', 0], 'body', '<', '>'),
          secretAt(['auth', 'token'], 'bearer'),
        ],
        secrets: { path: 'path-1234', header: 'header-1234', query: 'query 1234', body: secret, bearer: 'bearer-1234' },
      },
    )
    const sent = echo.received[received]
    expect(sent?.url).toBe('/botpath-1234/send?q=query+1234&q=plain')
    expect(sent?.headers).toMatchObject({ 'x-key': 'a header-1234 b', authorization: 'Bearer bearer-1234' })
    expect(JSON.parse(sent?.body ?? '')).toEqual({ nested: [`<${secret}>`] })
    for (const text of ['path-1234', 'header-1234', 'query', '1234', 'canary']) {
      expect(JSON.stringify(succeeded(outcome)).replaceAll(/\(secret \w+\)|"query"/g, '')).not.toContain(text)
    }
  })

  it('[HTTP60] refuses an injection into a place that is not there', async () => {
    for (const path of [
      ['headers', 'x-key'],
      ['body', 'b'],
      ['body', 'toString'],
      ['body', 'a', 'b'],
      [],
      ['__proto__', 'x'],
    ]) {
      const injections = [secretAt(path, 'key')]
      const outcome = await perform({ url: echo.origin, body: { a: 'text' } }, { injections, secrets: { key: secret } })
      expect(failed(outcome).failure.code).toBe('request_invalid')
    }
  })

  it('[HTTP61] names the secrets that are missing, and sends nothing', async () => {
    const before = echo.received.length
    const injections = [secretAt(['headers', 'x-a'], 'chat'), secretAt(['headers', 'x-b'], 'mail')]
    const outcome = await perform(
      { url: echo.origin, headers: { 'x-a': '', 'x-b': '' } },
      { injections, secrets: { chat: secret } },
    )
    expect(outcome).toMatchObject({ ok: false, retryable: false, failure: { code: 'secret_missing' } })
    expect(failed(outcome).failure.message).toContain('mail')
    expect(echo.received.length).toBe(before)
  })

  it.each([
    [new SecretsUnavailable('SECRETS_KEY is not set.'), 'SECRETS_KEY is not set.'],
    [new Error('canary from inside'), 'The secrets could not be opened.'],
  ])('[HTTP61] fails for now when the vault cannot open them (%s)', async (error, message) => {
    const injections = [secretAt(['headers', 'x-a'], 'chat')]
    const openSecrets = () => Promise.reject(error)
    const outcome = await perform({ url: echo.origin, headers: { 'x-a': '' } }, { injections, openSecrets })
    expect(outcome).toEqual({ ok: false, retryable: true, failure: { code: 'secrets_unavailable', message } })
  })

  it('[HTTP61] does not ask the vault for nothing', async () => {
    const openSecrets = () => Promise.reject(new Error('not needed'))
    expect(succeeded(await perform({ url: echo.origin }, { openSecrets })).status).toBe(200)
  })
})

describe('where secrets may go', () => {
  const keyTo = (url: string, hosts: string[]) =>
    perform(
      { url, headers: { 'x-key': '' } },
      {
        injections: [secretAt(['headers', 'x-key'], 'key')],
        secrets: { key: { value: 'canary-value', hosts } },
        allowPrivateNetwork: false,
        fetch: async () => new Response(null, { status: 204 }),
      },
    )

  it.each([
    ['https://api.example.com/', ['api.example.com']],
    ['https://API.example.com./', ['Api.Example.Com']],
    ['https://api.example.com:8443/', ['api.example.com']],
    ['https://api.example.com:8443/', ['api.example.com:8443']],
    ['https://api.example.com/', ['api.example.com:443']],
    ['http://api.example.com/', ['api.example.com:80']],
    ['https://a.b.example.com/', ['other.example', '*.example.com']],
    ['https://[2606:4700::1111]/', ['[2606:4700:0:0::1111]']],
    ['https://[2606:4700::1111]:8443/', ['[2606:4700::1111]:8443']],
    ['https://anywhere.example/', []],
  ])('[HTTP62] a request to %s may carry a secret for %j', async (url, hosts) => {
    expect(succeeded(await keyTo(url, hosts)).status).toBe(204)
  })

  it.each([
    ['https://api.example.com.attacker.example/', ['api.example.com']],
    ['https://attacker.example/api.example.com', ['api.example.com']],
    ['https://xapi.example.com/', ['api.example.com']],
    ['https://example.com/', ['*.example.com']],
    ['https://badexample.com/', ['*.example.com']],
    ['https://api.example.com:8443/', ['api.example.com:443']],
    ['http://api.example.com/', ['api.example.com:443']],
    ['https://attacker.example/', ['a.example', 'b.example:1']],
  ])('[HTTP62] a request to %s may not carry a secret for %j', async (url, hosts) => {
    const outcome = failed(await keyTo(url, hosts))
    expect(outcome).toMatchObject({ retryable: false, failure: { code: 'secret_not_allowed' } })
    expect(outcome.failure.message).toContain('The secret key may not go to')
    expect(outcome.failure.message).not.toContain('canary')
  })

  it.each([
    ['https://', '/'],
    ['https://api.', '/'],
    ['https://api.example.com:', '/'],
    ['', ''],
    ['', '://api.example.com/'],
    ['https:/', '/x'],
    ['https://api.example.com', '.attacker.example/'],
  ])('[HTTP63] a secret does not decide where the request goes: %s…%s', async (before, after) => {
    for (const value of ['example.com', 'https://api.example.com/', '8443', 'https']) {
      const outcome = await perform(
        { url: '' },
        { injections: [secretAt(['url'], 'key', before, after)], secrets: { key: value } },
      )
      expect(failed(outcome).failure.code).toBe('secret_not_allowed')
    }
  })

  it('[HTTP63] nor the user of a URL', async () => {
    const injections = [secretAt(['url'], 'key', 'https://user:', '@api.example.com/')]
    expect(failed(await perform({ url: '' }, { injections, secrets: { key: secret } })).failure.code).toBe(
      'url_invalid',
    )
  })

  it('[HTTP63] a secret in the path cannot move the request to another host', async () => {
    const injections = [secretAt(['url'], 'key', `${echo.origin}/`)]
    for (const value of [
      '/attacker.example/',
      '\\\\attacker.example',
      '@attacker.example',
      '../../..//attacker.example',
    ]) {
      expect(succeeded(await perform({ url: '' }, { injections, secrets: { key: value } })).status).toBe(200)
    }
  })
})

describe('what comes back', () => {
  const sendAs = (as: string, value: string, config: Record<string, unknown> = {}) =>
    perform(
      {
        url: `${echo.origin}/?as=${as}`,
        method: 'POST',
        bodyAs: 'text',
        body: '',
        headers: { 'x-key': '' },
        ...config,
      },
      { injections: [secretAt(['headers', 'x-key'], 'key'), secretAt(['body'], 'key')], secrets: { key: value } },
    )

  it('[HTTP70] holds no secret in JSON, its keys, headers, their names, or cookies', async () => {
    const { body, headers } = succeeded(await sendAs('json', 'Canary-1234'))
    expect(JSON.stringify({ body, headers }).toLowerCase()).not.toContain('canary-1234')
    expect(body).toMatchObject({ '••• (secret key)': '••• (secret key)' })
    expect(headers).toMatchObject({ 'x-••• (secret key)': '1', 'set-cookie': ['key=••• (secret key)'] })
  })

  it('[HTTP70] holds no secret in a status text, an address, bytes, or JSON that is broken', async () => {
    const status = failed(await sendAs('status', 'Canary-1234'))
    expect(status.failure.message).toBe(`${echo.host} answered 500 ••• (secret key).`)
    const location = failed(await sendAs('location', 'Canary-1234', { redirects: 0 }))
    expect(location.failure.details).toMatchObject({ headers: { location: '/?key=••• (secret key)' } })
    const bytes = succeeded(await sendAs('bytes', 'Canary-1234')).body as { $bytes: string; contentType: string }
    expect(Buffer.from(bytes.$bytes, 'base64').toString('latin1')).toBe(
      `\0\xff${Buffer.from('••• (secret key)').toString('latin1')}`,
    )
    expect(bytes.contentType).toBe('application/x-••• (secret key)')
    const broken = failed(await sendAs('broken', 'Canary-1234'))
    const brokenFailure = failed(await sendAs('broken-failure', 'Canary-1234'))
    expect(brokenFailure.failure.details).toMatchObject({ body: '{"a": ••• (secret key)' })
    expect(JSON.stringify([status, location, broken])).not.toContain('anary-1234')
  })

  it.each(['12345678', '123456789012345678901234567890'])(
    '[HTTP70] holds no secret as the number %s',
    async (value) => {
      expect(succeeded(await sendAs('number', value)).body).toEqual({ n: ['••• (secret key)', 1] })
    },
  )

  it('[HTTP70] holds no user and password, together or alone', async () => {
    const outcome = await perform(
      { url: echo.origin, auth: { scheme: 'basic', username: 'ann', password: '' } },
      { injections: [secretAt(['auth', 'password'], 'password')], secrets: { password: secret } },
    )
    const text = JSON.stringify(succeeded(outcome))
    expect(text).not.toContain(Buffer.from(`ann:${secret}`).toString('base64'))
    expect(text).toContain('••• (secret password)')
  })

  it('[HTTP70] holds no user and password together when the password is too short to be found alone', async () => {
    const outcome = await perform(
      { url: echo.origin, auth: { scheme: 'basic', username: 'ann', password: '' } },
      { injections: [secretAt(['auth', 'password'], 'password')], secrets: { password: 'ab' } },
    )
    expect(JSON.stringify(succeeded(outcome))).not.toContain(Buffer.from('ann:ab').toString('base64'))
  })

  it('[HTTP70] leaves an answer to a request without secrets as it is', async () => {
    expect(succeeded(await perform({ url: `${echo.origin}/?x=••• canary` })).body).toMatchObject({
      query: { x: '••• canary' },
    })
  })
})
