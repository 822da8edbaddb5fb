import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { executionAt } from '../objects/execution-kit.ts'
import { anonymous, call, codeOf, json } from './http-kit.ts'
import { asking, begun, eventsOf, pathTo, send, statusAndTitle, submit, visit } from './link-kit.ts'

describe('a token', () => {
  const opened = async (path: string) => {
    const answers = [await anonymous(path), await send(path, { decision: 'approved' }), await visit(path)]
    return Promise.all(answers.map(async (answer) => [answer.status, await answer.text()]))
  }

  it('[APR3] that was not made for this has the answer of any address where nothing is', async () => {
    const [id, other] = [await begun('asked', asking()), await begun('asked', asking())]
    const nothing = await opened('/approve/nothing')
    expect(nothing.map(([status]) => status)).toEqual([404, 404, 404])
    const [, , token = ''] = (await pathTo(id)).split('/')
    const [execution, encoded, signature] = token.split('.')
    const ofOther = (await pathTo(other)).split('/')[2]?.split('.') ?? []
    const altered = [
      `${ofOther[0]}.${encoded}.${signature}`,
      `${execution}.${encoded}.${ofOther[2]}`,
      `${execution}.${btoa('rest').replaceAll('=', '')}.${signature}`,
      (await pathTo(id, 'manager', 'callback')).split('/')[2],
      `${execution}.${encoded}.`,
      `${token}x`,
      token.toUpperCase(),
      'x'.repeat(limits.linkTokenLength + 1),
      encodeURIComponent('<script>alert(1)</script>'),
      '%',
    ]
    for (const wrong of altered) expect([wrong, await opened(`/approve/${wrong}`)]).toEqual([wrong, nothing])
    expect(await eventsOf(id)).toEqual(await eventsOf(other))
  })

  it('[APR3] does not open what another one opens', async () => {
    const [id, other] = [await begun('asked', asking()), await begun('asked', asking())]
    await submit(await pathTo(id), { decision: 'approved' })
    expect(await statusAndTitle(await visit(await pathTo(other)))).toEqual([200, 'Refund of 40 €'])
  })

  it('[HTP4] other methods: 405 with an empty body', async () => {
    const path = await pathTo(await begun('asked', asking()))
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const response = await anonymous(path, { method })
      expect([method, response.status, response.headers.get('allow'), await response.text()]).toEqual([
        method,
        405,
        'GET, HEAD, POST',
        '',
      ])
    }
  })
})

describe('who sends it', () => {
  it.each([
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'https://other.stepwell.example' },
    { 'sec-fetch-site': 'cross-site', origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: 'http://stepwell.example' },
  ] as Record<string, string>[])('[APR8] no page of another site: %j', async (headers) => {
    const id = await begun('asked', asking())
    const path = await pathTo(id)
    const before = await eventsOf(id)
    expect((await submit(path, { decision: 'approved' }, headers)).status).toBe(403)
    expect(await codeOf(await send(path, { decision: 'approved' }, headers))).toEqual([403, 'foreign_page'])
    expect(await eventsOf(id)).toEqual(before)
  })

  it.each([
    { 'sec-fetch-site': 'same-origin', origin: 'null' },
    { 'sec-fetch-site': 'none', origin: 'null' },
    { origin: 'https://stepwell.example' },
    {},
  ] as Record<string, string>[])('[APR8] our own page, and programs: %j', async (headers) => {
    const path = await pathTo(await begun('asked', asking()))
    expect((await send(path, { decision: 'approved' }, headers)).status).toBe(200)
  })
})

describe('the body', () => {
  const wrong: [string, string, BodyInit, number, string][] = [
    ['of another type', 'text/plain', '{"decision":"approved"}', 415, 'unsupported_media_type'],
    ['without a type', '', new TextEncoder().encode('{"decision":"approved"}'), 415, 'unsupported_media_type'],
    ['an upload', 'multipart/form-data; boundary=x', '--x--', 415, 'unsupported_media_type'],
    ['broken JSON', 'application/json', '{', 400, 'malformed_json'],
    [
      'JSON that nests too deep',
      'application/json',
      `{"decision":"approved","data":${'['.repeat(100)}${']'.repeat(100)}}`,
      400,
      'json_too_deep',
    ],
    ['no decision', 'application/json', '{}', 400, 'invalid_request'],
    ['another decision', 'application/json', '{"decision":"maybe"}', 400, 'invalid_request'],
    ['more than a decision', 'application/json', '{"decision":"approved","step":"rest"}', 400, 'invalid_request'],
    ['a form without a decision', 'application/x-www-form-urlencoded', 'a=1', 400, 'invalid_request'],
    [
      'too large',
      'application/json',
      JSON.stringify({ decision: 'approved', data: 'x'.repeat(limits.signalBytes) }),
      413,
      'too_large',
    ],
    [
      'a form that is too large',
      'application/x-www-form-urlencoded',
      `decision=approved&x=${'x'.repeat(limits.signalBytes)}`,
      413,
      'too_large',
    ],
  ]
  for (const [name, type, body, status, code] of wrong) {
    it(`[APR7] ${name} is refused, for a person too`, async () => {
      const id = await begun('asked', asking())
      const path = await pathTo(id)
      const before = await eventsOf(id)
      const headers = type === '' ? {} : { 'content-type': type }
      expect(await codeOf(await anonymous(path, { method: 'POST', body, headers }))).toEqual([status, code])
      const page = await visit(path, { method: 'POST', body, headers })
      expect([page.status, page.headers.get('content-type')]).toEqual([status, 'text/html; charset=UTF-8'])
      expect(await eventsOf(id)).toEqual(before)
    })
  }
})

describe('the links of an execution', () => {
  it('[APR10] are shown to who may see it, and are nowhere else', async () => {
    const id = await begun('asked', asking())
    const view = await json<{ waiting: { step: string; url?: string }[] }>(await call(`/executions/${id}`))
    const path = await pathTo(id)
    expect(view.waiting.map(({ step, url }) => [step, url])).toEqual([
      ['manager', `https://stepwell.example/actions${path}`],
      ['rest', undefined],
    ])
    await submit(path, { decision: 'approved' })
    const signature = path.slice(path.lastIndexOf('.') + 1)
    const shown = [`/executions/${id}/events`, `/executions/${id}/state`, `/executions/${id}`]
    for (const place of shown) expect(await (await call(place)).text()).not.toContain(signature)
    const rows = await executionAt(id).sql('SELECT * FROM events')
    expect(JSON.stringify(rows)).not.toContain(signature)
  })
})
