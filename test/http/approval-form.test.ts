import { describe, expect, it } from 'vitest'

import { executionAt } from '../objects/execution-kit.ts'
import { anonymous, problemOf } from './http-kit.ts'
import { asking, begun, eventsOf, pathTo, send, submit, visit } from './link-kit.ts'

const form = {
  type: 'object',
  properties: {
    amount: {
      type: 'number',
      title: 'Amount',
      description: 'In euros.',
      exclusiveMinimum: 0,
      maximum: 100,
      multipleOf: 0.5,
    },
    code: { type: 'string', pattern: '^[0-9]+$' },
    count: { type: 'integer', default: 3 },
    why: { type: 'string', title: 'Why', minLength: 3, maxLength: 500 },
    account: { enum: ['main', 7, null], title: 'Account', default: 7 },
    urgent: { type: 'boolean', title: 'Urgent', default: true },
    mail: { type: 'string', format: 'email' },
    lines: {
      type: 'array',
      minItems: 1,
      items: { type: 'object', properties: { sku: { type: 'string' } }, required: ['sku'] },
    },
  },
  required: ['amount', 'why'],
}
const filled = {
  'field.amount': ' 12.5 ',
  'field.count': '3',
  'field.why': 'one\r\ntwo',
  'field.account': '1',
  'field.urgent': 'yes',
  'field.lines': '[{"sku":"lamp"}]',
}
const asked = async (config: Record<string, unknown> = { form }, input: unknown = null) => {
  const id = await begun('formed', asking(config), input)
  return { id, path: await pathTo(id) }
}
const dataOf = async (id: string) => {
  const [event] = (await executionAt(id).log()).filter(({ type }) => type === 'StepSucceeded')
  return event?.type === 'StepSucceeded' ? (event.output as { data: unknown }).data : undefined
}
const inputFor = (page: string, key: string): string =>
  new RegExp(`<(?:input|select|textarea)[^>]*name="field\\.${key}"[^>]*>`).exec(page)?.[0] ?? ''

describe('the form', () => {
  it('[APR6] has the control that fits each property, with its default', async () => {
    const page = await (await visit((await asked()).path)).text()
    expect(inputFor(page, 'amount')).toMatch(/type="text".*inputmode="decimal".*required/)
    expect(inputFor(page, 'count')).toMatch(/inputmode="numeric".*value="3"/)
    expect(inputFor(page, 'why')).toMatch(/^<textarea/)
    expect(inputFor(page, 'account')).toMatch(/^<select/)
    expect(page).toMatch(/<option value="1" selected>7<\/option>/)
    expect(inputFor(page, 'urgent')).toMatch(/type="checkbox".* checked/)
    expect(inputFor(page, 'mail')).toMatch(/type="email"/)
    expect(inputFor(page, 'lines')).toMatch(/^<textarea class="json"/)
    expect(page).toContain('In euros.')
    expect(page.match(/\(optional\)/g)).toHaveLength(5)
  })

  it('[APR6] gives the data that was filled in, each of its own kind', async () => {
    const { id, path } = await asked()
    expect((await submit(path, { ...filled, decision: 'approved' })).status).toBe(200)
    expect(await dataOf(id)).toEqual({
      amount: 12.5,
      count: 3,
      why: 'one\ntwo',
      account: 7,
      urgent: true,
      lines: [{ sku: 'lamp' }],
    })
  })

  it('[APR6] leaves out what is left empty; a box that is not checked says no', async () => {
    const { id, path } = await asked()
    await submit(path, { decision: 'approved', 'field.amount': '1', 'field.why': 'yes', 'field.count': '' })
    expect(await dataOf(id)).toEqual({ amount: 1, why: 'yes', urgent: false })
  })

  it.each([
    ['amount', '', 'This is needed.'],
    ['amount', 'ten', 'Write a number, for example 12 or 12.5.'],
    ['amount', '1e3', 'Write a number, for example 12 or 12.5.'],
    ['amount', '101', 'This must be at most 100.'],
    ['amount', '0', 'This must be more than 0.'],
    ['amount', '12.3', 'Write a multiple of 0.5.'],
    ['code', 'abc', 'Write it in the form that is asked for.'],
    ['lines', '[]', 'Give at least 1 element.'],
    ['count', '1.5', 'Write a whole number, for example 12.'],
    ['why', 'no', 'Write at least 3 characters.'],
    ['account', '3', 'Choose one of the list.'],
    ['mail', 'nobody', 'Write an e-mail address, for example'],
    ['lines', '[{', 'This is not JSON'],
    ['lines', '[{}]', 'expected string'],
    ['lines', '['.repeat(99) + ']'.repeat(99), 'This nests too deep.'],
  ])('[APR6] says what is wrong with %s = %s, and decides nothing', async (key, text, message) => {
    const { id, path } = await asked()
    const before = await eventsOf(id)
    const fields = { ...filled, 'field.why': 'because & why', [`field.${key}`]: text, decision: 'approved' }
    const response = await submit(path, fields)
    const page = await response.text()
    expect(response.status).toBe(422)
    expect(page).toContain('Nothing was decided yet')
    expect(inputFor(page, key)).toContain('aria-invalid="true"')
    expect(page).toMatch(new RegExp(`<p class="error"[^>]*>[^<]*${message}`))
    // What was typed is there again.
    if (key !== 'why') expect(page).toContain('because &amp; why</textarea>')
    expect(await eventsOf(id)).toEqual(before)
    expect((await submit(path, { ...filled, decision: 'approved' })).status).toBe(200)
  })

  it('[APR6] need not be filled in to reject; what was filled in goes along', async () => {
    const { id, path } = await asked()
    const fields = { 'field.amount': 'not a number', 'field.why': 'no', decision: 'rejected' }
    expect((await submit(path, fields)).status).toBe(200)
    expect(await dataOf(id)).toEqual({ why: 'no', urgent: false })
  })

  it('[APR6] tells a program each place at fault', async () => {
    const { id, path } = await asked()
    const before = await eventsOf(id)
    const problem = await problemOf(await send(path, { decision: 'approved', data: { amount: 'ten', lines: [{}] } }))
    const places = ['data.amount', 'data.why', 'data.lines.0.sku'].map((place) => ({ in: 'json', path: place }))
    expect(problem).toMatchObject({ status: 422, code: 'form_mismatch', issues: places })
    const body = new URLSearchParams({ decision: 'approved', 'field.amount': 'ten', 'field.why': 'late' })
    expect(await problemOf(await anonymous(path, { method: 'POST', body }))).toMatchObject({
      status: 422,
      code: 'form_mismatch',
      issues: [{ in: 'form', path: 'field.amount' }],
    })
    expect(await eventsOf(id)).toEqual(before)
  })

  it('[APR6] of a kind that has no controls shows none, and its data is judged all the same', async () => {
    const { id, path } = await asked({ form: { type: 'object', required: ['a'], minProperties: 1 } })
    expect((await visit(path)).status).toBe(200)
    expect((await submit(path, { decision: 'approved' })).status).toBe(422)
    expect((await send(path, { decision: 'approved', data: { a: 1 } })).status).toBe(200)
    expect(await dataOf(id)).toEqual({ a: 1 })
  })

  it('[APR6] does not mistake a property for a button, nor names like __proto__ for more than names', async () => {
    const properties = JSON.parse('{"decision":{"type":"string"},"constructor":{"type":"string"}}') as object
    const { id, path } = await asked({ form: { type: 'object', properties } })
    const fields = {
      decision: 'rejected',
      'field.decision': 'approved',
      'field.constructor': 'x',
      'field.__proto__': 'y',
    }
    await submit(path, fields)
    expect(JSON.stringify(await dataOf(id))).toBe('{"decision":"approved","constructor":"x"}')
    expect(await (await visit(path)).text()).toContain('This was rejected already.')
  })
})

describe('what a page is made of', () => {
  const hostile = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    '</textarea></title></style><svg onload=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '{{constructor.constructor("alert(1)")()}}',
  ]
  const all = hostile.join(' ')
  const evil = {
    type: 'object',
    properties: {
      [all]: { type: 'string', title: all, description: all, default: all },
      long: { type: 'string', maxLength: 5000, default: all },
      one: { enum: hostile, default: hostile[1] },
      any: { type: 'array', default: hostile },
      odd: { title: 7, description: [all], default: { a: all } },
    },
  }
  /** The names of the elements and attributes that are on the page. */
  function anatomyOf(text: string): { tags: Set<string>; attributes: Set<string> } {
    const body = text.replace(/<style>[\s\S]*?<\/style>/, '<style></style>')
    const tags = new Set<string>()
    const attributes = new Set<string>()
    for (const [, tag = '', rest = ''] of body.matchAll(/<\/?([a-z!][\w-]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi)) {
      tags.add(tag.toLowerCase())
      for (const [, name = ''] of rest.matchAll(/(?:^|\s)([^\s=/"'<>]+)(?:="[^"]*")?/g)) attributes.add(name)
    }
    return { tags, attributes }
  }

  it('[APR5] is text, whoever wrote it and wherever it stands', async () => {
    const plain = await (await visit((await asked({ form, message: 'm' })).path)).text()
    const { path } = await asked({ name: all.slice(0, 200), message: '{{ trigger.body }}', form: evil }, all)
    const typed = Object.fromEntries(Object.keys(evil.properties).map((key) => [`field.${key}`, all]))
    const pages = [await visit(path), await submit(path, { ...typed, decision: 'approved' })]
    for (const page of pages) {
      const text = await page.text()
      const { tags, attributes } = anatomyOf(text)
      const known = anatomyOf(plain)
      const more = ['div', 'ul', 'li', 'h2', 'a']
      expect([...tags].filter((tag) => !known.tags.has(tag) && !more.includes(tag))).toEqual([])
      const moreAttributes = ['role', 'href', 'aria-invalid']
      expect([...attributes].filter((name) => !known.attributes.has(name) && !moreAttributes.includes(name))).toEqual(
        [],
      )
      expect([...text.matchAll(/href="([^"]*)"/g)].filter(([, href]) => !/^#field-\d+$/.test(href ?? ''))).toEqual([])
    }
  })

  it('[APR5] comes with headers that leave a browser nothing to run, load, frame, keep or tell', async () => {
    const { path } = await asked()
    const pages = [
      await visit(path),
      await submit(path, { decision: 'approved' }),
      await visit('/approve/nothing'),
      await visit(path, { method: 'HEAD' }),
    ]
    for (const { headers, status } of pages) {
      const csp = headers.get('content-security-policy') ?? ''
      expect([status, csp]).toEqual([
        status,
        expect.stringMatching(
          /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
        ),
      ])
      const names = [
        'referrer-policy',
        'x-frame-options',
        'x-robots-tag',
        'cache-control',
        'x-content-type-options',
        'vary',
      ]
      expect(names.map((name) => headers.get(name))).toEqual([
        'no-referrer',
        'DENY',
        'noindex, nofollow',
        'no-store',
        'nosniff',
        'accept',
      ])
      expect(headers.get('set-cookie')).toBeNull()
    }
  })
})
