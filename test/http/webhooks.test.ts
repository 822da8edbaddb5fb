import { env } from 'cloudflare:workers'
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'

import { endpoint } from '../support/endpoint.ts'
import { graphOf, http, make, type NodeText } from '../support/graphs.ts'
import { anonymous, codeOf, hooked, json, problemOf } from './http-kit.ts'

const hook = (config: Record<string, unknown> = {}): NodeText => ({ id: 'hook', kind: 'webhook', config })
const respond = (config: Record<string, unknown>): NodeText => ({ id: 'reply', kind: 'respond', config })
/** Answers with what reached the trigger. */
const mirror = (config: Record<string, unknown> = {}) =>
  graphOf(
    [hook({ respond: 'result', methods: ['GET', 'POST', 'PUT'], ...config }), respond({ body: '{{ trigger }}' })],
    ['hook -> reply'],
  )
const replying = (config: Record<string, unknown>) =>
  graphOf([hook({ respond: 'result' }), respond(config)], ['hook -> reply'])
const send = (path: string, body: BodyInit | null = null, headers: Record<string, string> = {}, method = 'POST') =>
  anonymous(path, { method, body, headers })

type Trigger = { method: string; path: string; query: unknown; headers: Record<string, string>; body: unknown }

describe('what reaches the trigger', () => {
  const utf8 = (text: string): BodyInit => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>
  const bodies: [string, string, BodyInit, unknown][] = [
    ['JSON', 'application/json', '{"a":[1,null]}', { a: [1, null] }],
    ['JSON with a charset', 'application/json; charset=utf-8', '"ü"', 'ü'],
    ['a type that is JSON', 'application/cloudevents+json', '{"a":1}', { a: 1 }],
    ['a form', 'application/x-www-form-urlencoded', 'a=1&b=x+y&a=2', { a: ['1', '2'], b: 'x y' }],
    ['text', 'text/plain', '{"a":1}', '{"a":1}'],
    ['bytes', 'application/octet-stream', new Uint8Array([0, 255, 1]), { $bytes: 'AP8B' }],
    ['text that is not UTF-8', 'text/plain', new Uint8Array([0xff]), { $bytes: '/w==' }],
    ['text without a type', '', utf8('plain'), 'plain'],
    ['an upload', 'multipart/form-data; boundary=x', '--x--', { $bytes: btoa('--x--') }],
    ['an empty body', 'application/json', '', null],
  ]
  for (const [name, type, body, expected] of bodies) {
    it(`[HTP16] ${name}: the body by its content type`, async () => {
      const path = await hooked('mirror', mirror())
      const response = await send(
        path,
        typeof body === 'string' ? utf8(body) : body,
        type === '' ? {} : { 'content-type': type },
      )
      expect([response.status, (await json<Trigger>(response)).body]).toEqual([200, expected])
    })
  }

  it('[HTP16] what claims to be JSON and is not is refused', async () => {
    const path = await hooked('mirror', mirror())
    for (const body of ['{', new Uint8Array([0xff])])
      expect(await codeOf(await send(path, body, { 'content-type': 'application/json' }))).toEqual([
        400,
        'malformed_json',
      ])
  })

  it('[HTP16] what nests too deep, or becomes too large once it is written as JSON, is refused', async () => {
    const path = await hooked('mirror', mirror())
    const headers = { 'content-type': 'application/json' }
    const deep = `${'['.repeat(100)}${']'.repeat(100)}`
    expect(await codeOf(await send(path, deep, headers))).toEqual([400, 'json_too_deep'])
    const long = `[${'1e20,'.repeat(100_000)}0]`
    expect(await codeOf(await send(path, long, headers))).toEqual([413, 'json_too_large'])
  })

  it('[HTP16] method, path, query and headers', async () => {
    const path = await hooked('mirror', mirror())
    const trigger = await json<Trigger>(
      await send(`${path}/orders/7?x=1&y=2&x=3`, '1', { 'X-Shop': 'north', 'content-type': 'application/json' }, 'PUT'),
    )
    expect(trigger).toMatchObject({
      method: 'PUT',
      path: '/orders/7',
      query: { x: ['1', '3'], y: '2' },
      headers: { 'x-shop': 'north' },
      body: 1,
    })
    const got = await json<Trigger>(await send(path, null, {}, 'GET'))
    expect(got).toMatchObject({ method: 'GET', path: '', query: {}, body: null })
  })

  it('[HTP17] names like __proto__ are data like any other', async () => {
    const path = await hooked('mirror', mirror())
    const body = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
    const text = await (await send(`${path}?__proto__=1`, body, { 'content-type': 'application/json' })).text()
    expect(text).toContain(`"query":{"__proto__":"1"},"body":${body}`)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('[HTP4] other methods: 405 with an empty body; HEAD starts nothing', async () => {
    const path = await hooked('mirror', mirror())
    for (const method of ['DELETE', 'PATCH', 'OPTIONS', 'HEAD']) {
      const response = await send(path, null, {}, method)
      expect([method, response.status, response.headers.get('allow'), await response.text()]).toEqual([
        method,
        405,
        'GET, POST, PUT',
        '',
      ])
    }
  })
})

describe('what is answered', () => {
  it('[HTP18] accepted: 202 with the id, at once', async () => {
    const path = await hooked('accepting', graphOf([hook(), make('made')], ['hook -> made']))
    const response = await send(path)
    expect([response.status, Object.keys(await json(response))]).toEqual([202, ['executionId']])
  })

  it('[HTP18] the respond step: its status, headers and body', async () => {
    const path = await hooked(
      'replying',
      replying({
        status: 201,
        headers: { 'X-Filed': '{{ trigger.body.n }}' },
        body: { filed: '{{ trigger.body.n }}' },
      }),
    )
    const response = await send(path, '{"n":7}', { 'content-type': 'application/json' })
    expect([response.status, response.headers.get('x-filed'), response.headers.get('content-type')]).toEqual([
      201,
      '7',
      'application/json',
    ])
    expect(await json(response)).toEqual({ filed: 7 })
  })

  it('[HTP18] text under a type of its own is text', async () => {
    const path = await hooked(
      'texting',
      replying({ headers: { 'Content-Type': 'text/html' }, body: '<b>{{ trigger.method }}</b>' }),
    )
    const response = await send(path)
    expect([response.headers.get('content-type'), await response.text()]).toEqual(['text/html', '<b>POST</b>'])
  })

  it('[HTP18] statuses without a body have none', async () => {
    for (const status of [204, 205, 304]) {
      const path = await hooked(`empty${status}`, replying({ status, body: { a: 1 } }))
      const response = await send(path)
      expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([status, '', null])
    }
  })

  it('[HTP18] a header that HTTP cannot carry does not break the answer', async () => {
    const path = await hooked('odd', replying({ headers: { 'x-odd': '{{ trigger.body.text }}' }, body: 'fine' }))
    const response = await send(path, JSON.stringify({ text: 'ü✓\r\nset-cookie: a=1' }), {
      'content-type': 'application/json',
    })
    expect([response.status, response.headers.get('set-cookie'), await response.text()]).toEqual([200, null, '"fine"'])
  })

  it('[HTP19] an answer is data of strangers: no browser runs it here', async () => {
    const html = replying({
      headers: { 'content-type': 'text/html', 'cache-control': 'max-age=9' },
      body: '<script>1</script>',
    })
    const answers = [
      await send(await hooked('html', html)),
      await send(await hooked('accepting', graphOf([hook(), make('made')], ['hook -> made']))),
      await send(await hooked('mirror', mirror())),
    ]
    for (const { headers } of answers)
      expect(
        ['content-security-policy', 'x-content-type-options', 'cache-control'].map((name) => headers.get(name)),
      ).toEqual(['sandbox', 'nosniff', 'no-store'])
  })

  it('[HTP20] a sender who tells the same event again gets the same answer', async () => {
    const graph = graphOf(
      [hook({ respond: 'result', dedupe: 'trigger.body.id' }), respond({ status: 201, body: '{{ trigger.body }}' })],
      ['hook -> reply'],
    )
    const path = await hooked('again', graph)
    const headers = { 'content-type': 'application/json' }
    const answers = [await send(path, '{"id":1,"try":1}', headers), await send(path, '{"id":1,"try":2}', headers)]
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    expect(await Promise.all(answers.map((answer) => json(answer)))).toEqual([
      { id: 1, try: 1 },
      { id: 1, try: 1 },
    ])
  })

  it('[HTP20] without a respond step, the output of the execution', async () => {
    const path = await hooked('plainout', graphOf([hook({ respond: 'result' }), make('made', 7)], ['hook -> made']))
    const response = await send(path)
    expect([response.status, await json(response)]).toEqual([200, { value: 7 }])
  })

  it('[HTP20] the answer comes from the respond step, though the execution goes on', async () => {
    const shop = await endpoint('after-respond', { hold: true })
    const graph = graphOf(
      [hook({ respond: 'result' }), respond({ body: 'soon' }), http('after', { config: { url: shop.url } })],
      ['hook -> reply', 'reply -> after'],
    )
    const response = await send(await hooked('early', graph))
    expect([response.status, await json(response)]).toEqual([200, 'soon'])
    await shop.calls(1)
    await shop.release()
  })

  it('[HTP20] a failure: 500, without the reason, with the id', async () => {
    const graph = graphOf(
      [hook({ respond: 'result' }), { id: 'stop', kind: 'fail', config: { message: 'canary' } }],
      ['hook -> stop'],
    )
    const problem = await problemOf(await send(await hooked('failinghook', graph)))
    expect(problem).toMatchObject({
      status: 500,
      code: 'execution_failed',
      executionId: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(JSON.stringify(problem)).not.toContain('canary')
  })

  it('[HTP20] later than the caller is held: 202', async () => {
    const shop = await endpoint('held', { hold: true })
    const graph = graphOf(
      [hook({ respond: 'result', waitMs: 50 }), http('call', { config: { url: shop.url } })],
      ['hook -> call'],
    )
    const response = await send(await hooked('heldhook', graph))
    expect([response.status, Object.keys(await json(response))]).toEqual([202, ['executionId']])
    await shop.calls(1)
    await shop.release()
  })

  it('[HTP20] filtered: 200, and nothing is started', async () => {
    const graph = graphOf([hook({ filter: 'trigger.body.n > 1' }), make('made')], ['hook -> made'])
    const response = await send(await hooked('filtering', graph), '{"n":1}', { 'content-type': 'application/json' })
    expect([response.status, await json(response)]).toEqual([200, { filtered: true }])
  })
})

describe('who sent it', () => {
  const putSecret = async (name: string, value: string): Promise<void> => {
    expect(await env.VAULT.getByName('vault').put(name, value, [])).toMatchObject({ ok: true })
  }
  const secret = 'it is a secret to everybody'
  const body = '{ "action":"opened",\n "n": 1.0 }'
  const sign = (text: string, key = secret): string => `sha256=${createHmac('sha256', key).update(text).digest('hex')}`
  const signed = (signature: string | null, text = body): [BodyInit, Record<string, string>] => [
    text,
    { 'content-type': 'application/json', ...(signature === null ? {} : { 'x-hub-signature-256': signature }) },
  ]

  it('[HTP21] github: the bytes as they were signed, and nothing else', async () => {
    await putSecret('hub', secret)
    const path = await hooked('github', mirror({ methods: ['POST'], verify: { scheme: 'github', secret: 'hub' } }))
    expect((await send(path, ...signed(sign(body)))).status).toBe(200)
    const wrong: [string, [BodyInit, Record<string, string>]][] = [
      ['missing', signed(null)],
      ['empty', signed('')],
      ['of another key', signed(sign(body, 'other'))],
      ['of the body written anew', signed(sign(JSON.stringify(JSON.parse(body))))],
      ['for another body', signed(sign(body), JSON.stringify(JSON.parse(body)))],
      ['without its prefix', signed(sign(body).slice(7))],
      ['cut', signed(sign(body).slice(0, -2))],
    ]
    for (const [name, request] of wrong)
      expect([name, ...(await codeOf(await send(path, ...request)))]).toEqual([name, 401, 'delivery_refused'])
  })

  it('[HTP21] token: exactly the secret, in the header that the hook names', async () => {
    await putSecret('token', secret.replaceAll(' ', '-'))
    const path = await hooked('token', mirror({ verify: { scheme: 'token', secret: 'token', header: 'X-Shop-Token' } }))
    const token = secret.replaceAll(' ', '-')
    const response = await send(path, null, { 'x-shop-token': token })
    expect([response.status, JSON.stringify(await json(response)).includes(token)]).toEqual([200, false])
    for (const headers of [
      {},
      { 'x-shop-token': '' },
      { 'x-shop-token': `${token}x` },
      { 'x-webhook-token': token },
    ] as Record<string, string>[])
      expect(await codeOf(await send(path, null, headers))).toEqual([401, 'delivery_refused'])
  })

  it('[HTP21] a secret that is gone lets nobody in', async () => {
    await putSecret('gone', secret)
    const path = await hooked('gone', mirror({ methods: ['POST'], verify: { scheme: 'github', secret: 'gone' } }))
    expect((await send(path, ...signed(sign(body)))).status).toBe(200)
    await env.VAULT.getByName('vault').delete('gone')
    for (const signature of [sign(body), sign(body, ''), sign(body, 'undefined'), null])
      expect(await codeOf(await send(path, ...signed(signature)))).toEqual([401, 'delivery_refused'])
  })
})
