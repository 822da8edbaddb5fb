import { describe, expect, it } from 'vitest'

import { compileTemplate } from '../../runtime/expression/index.ts'
import { limits } from '../../schemas/limits.ts'
import { scope } from './evaluate.ts'
import { context, problemsOf, template } from './templates.ts'

function rendered(value: unknown, from = scope) {
  const evaluation = template(value).evaluate(from)
  if (!evaluation.ok) throw new Error(evaluation.failure.message)
  return evaluation.value
}

describe('values', () => {
  it.each([
    ['{{ trigger.body.total }}', 99.5],
    ['{{trigger.body.tags}}', ['bug', 'ui', 'bug']],
    ['{{ trigger.body.note }}', null],
    ['{{ trigger.body.urgent }}', true],
    ['{{ {"a": {"b": size(trigger.body.tags)}} }}', { a: { b: 3 } }],
    [' {{ trigger.body.count }}', ' 7'],
    ['{{ trigger.body.count }}{{ trigger.body.count }}', '77'],
    ['Hi {{ trigger.body.name }}!', 'Hi Ann!'],
    ['n={{ trigger.body.total }} b={{ trigger.body.urgent }} z={{ trigger.body.note }}', 'n=99.5 b=true z=null'],
    ['{{ trigger.body.tags }} and {{ item }}', '["bug","ui","bug"] and {"id":"i-1"}'],
    ['at {{ timestamp(trigger.body.created) }}', 'at 2026-02-03T04:05:06Z'],
    ['', ''],
    ['plain } } text', 'plain } } text'],
  ])('[EXP26] %s', (text, expected) => {
    expect(rendered(text)).toEqual(expected)
  })

  it('[EXP26] fills strings wherever they stand, and leaves keys and other values alone', () => {
    const value = {
      '{{ item.id }}': [1, '{{ item.id }}', { deep: 'x{{ item.id }}', no: null, constructor: '{{ 1 }}' }],
      same: true,
    }
    expect(rendered(value)).toEqual({
      '{{ item.id }}': [1, 'i-1', { deep: 'xi-1', no: null, constructor: 1 }],
      same: true,
    })
  })

  it('[EXP28] gives a constant back as the very same value', () => {
    const value = { a: ['no expression', { b: 1 }], c: null }
    const constant = template(value)
    expect(constant.isConstant).toBe(true)
    const first = constant.evaluate(scope)
    expect(first).toEqual({ ok: true, value, injections: [] })
    expect(first.ok && first.value).toBe(value)
    expect(constant.evaluate({})).toBe(first)
    expect(template({ a: '{{ 1 }}' }).isConstant).toBe(false)
    expect(template(undefined).isConstant).toBe(true)
  })

  it('[EXP24] lists the paths of all its expressions, each once', () => {
    const { references } = template({
      a: '{{ item.id }} {{ item.?x.orValue(1) }}',
      b: ['{{ item.id }}', '{{ item.x }}'],
    })
    expect(references.map(({ text, optional }) => [text, optional])).toEqual([
      ['item.id', false],
      ['item.x', false],
    ])
  })
})

describe('braces', () => {
  it.each([
    ["{{ '{{' }}", '{{'],
    ["a {{ '}}' }} b", 'a }} b'],
    ['{{ "a\\"}}" }}', 'a"}}'],
    ["{{ '''it's }} fine''' }}", "it's }} fine"],
    ['{{ {"a": {}}.a }}', {}],
    ['{{ [{"a": "}"}][0].a }}', '}'],
    ['}} {{ 1 }} }}', '}} 1 }}'],
  ])('[EXP27] reads %s', (text, expected) => {
    expect(rendered(text)).toEqual(expected)
  })

  it.each(['Hi {{ item.id', '{{ "abc }}', '{{ {"a": 1 }}', "{{ 'a\\", "{{ '''a' }}", '{{ item.id }'])(
    '[EXP27] says that %s is not closed',
    (text) => {
      expect(problemsOf({ body: ['x', text] })).toEqual([
        {
          code: 'template_unclosed',
          message: expect.stringContaining('is not closed') as string,
          mend: "close it with }}, or write {{ '{{' }} for the two braces",
          path: ['body', 1],
        },
      ])
    },
  )

  it('[EXP27] finds every problem, each with its place', () => {
    const problems = problemsOf({ a: '{{ nope }}', b: ['ok', '{{ item.id = 1 }}'], c: { d: 'x {{ }}' } })
    expect(problems.map(({ code, path }) => [code, path])).toEqual([
      ['unknown_reference', ['a']],
      ['expression_syntax', ['b', 1]],
      ['expression_empty', ['c', 'd']],
    ])
  })

  it('[EXP27] refuses what is nested too deep, and a field called __proto__', () => {
    let deep: unknown = '{{ 1 }}'
    for (let level = 0; level <= limits.templateDepth; level++) deep = [deep]
    expect(problemsOf(deep)).toMatchObject([{ code: 'template_too_deep' }])
    expect(problemsOf(JSON.parse('{"a": {"__proto__": "{{ 1 }}"}}'))).toMatchObject([
      { code: 'forbidden_name', path: ['a'] },
    ])
  })
})

describe('failures', () => {
  it('[EXP29] says which field failed', () => {
    const evaluation = template({ body: { text: ['x', 'Hi {{ trigger.body.nme }}'] } }).evaluate(scope)
    expect(evaluation).toEqual({
      ok: false,
      failure: {
        code: 'expression_failed',
        message: '`trigger.body.nme` does not exist; did you mean `name`?',
        details: {
          reason: 'missing',
          mend: 'did you mean `name`?',
          expression: 'trigger.body.nme',
          field: 'body.text.1',
        },
      },
    })
  })

  it('[EXP22] spends no more on all its expressions than one template may', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => index)
    const fields = (count: number) => template(Array.from({ length: count }, () => '{{ item.map(x, x + 1).size() }}'))
    const affordable = Math.floor(limits.templateSteps / 40_001)
    expect(fields(affordable).evaluate({ item: list })).toMatchObject({ ok: true })
    expect(fields(affordable + 1).evaluate({ item: list })).toMatchObject({
      ok: false,
      failure: { code: 'expression_budget' },
    })
  })

  it('[EXP20] makes no value larger than a step may put out', () => {
    const fields = template({ a: '{{ item }}', b: '{{ item }}' })
    expect(fields.evaluate({ item: 'x'.repeat(600_000) })).toMatchObject({
      ok: false,
      failure: { details: { reason: 'too_large', field: 'b' } },
    })
  })

  it('[EXP31] lets a fault of its own through', () => {
    const broken = new Proxy(
      {},
      {
        getOwnPropertyDescriptor: () => {
          throw new RangeError('broken scope')
        },
      },
    )
    expect(() => template('{{ item }}').evaluate(broken)).toThrow('broken scope')
    const hostile = {
      get a(): string {
        throw new RangeError('broken template')
      },
    }
    expect(() => compileTemplate(hostile, context)).toThrow('broken template')
  })
})
