import { describe, expect, it } from 'vitest'

import { expressionLanguage } from '../../runtime/expression/index.ts'
import { compiled, evaluate, failureOf, problemOf, resultOf, scope } from './evaluate.ts'

describe('reading', () => {
  it.each([
    ['trigger.body.total', 99.5],
    ["trigger.headers['x-github-event']", 'issues'],
    ['steps.notify.output.body.id', 42],
    ['trigger.body.lines[1].sku', 'a'],
    ['trigger.body.lines[trigger.body.count - 6].sku', 'a'],
    ["trigger['bo' + 'dy'].name", 'Ann'],
    ['trigger.body.note', null],
    ["trigger.body['in']", 'a reserved word'],
    ['item', { id: 'i-1' }],
  ])('[EXP1] reads %s', (source, expected) => {
    expect(resultOf(source)).toEqual(expected)
  })

  it('[EXP1] gives back data that was read as the very same object', () => {
    expect(resultOf('trigger.body')).toBe((scope['trigger'] as Record<string, unknown>)['body'])
  })

  it.each([
    ['trigger.body.totl', '`trigger.body.totl` does not exist; did you mean `total`?'],
    [
      'trigger.body.color',
      '`trigger.body.color` does not exist; if it may be absent, write trigger.body.?color.orValue(…)',
    ],
    [
      "trigger.headers['x-none']",
      '`trigger.headers["x-none"]` does not exist; if it may be absent, write trigger.headers[?"x-none"].orValue(…)',
    ],
    [
      'trigger.body.tags[3]',
      '`trigger.body.tags[3]` does not exist: `trigger.body.tags` has 3 elements; count from 0, or write trigger.body.tags[?0].orValue(…) for one that may be absent',
    ],
    [
      '[true][1]',
      '`[true][1]` does not exist: `[true]` has 1 element; count from 0, or write [true][?0].orValue(…) for one that may be absent',
    ],
    [
      'trigger.body.tags[-1]',
      '`trigger.body.tags[-1]` does not exist: `trigger.body.tags` has 3 elements; count from 0, or write trigger.body.tags[?0].orValue(…) for one that may be absent',
    ],
    [
      'trigger.body.tags[0.5]',
      '`trigger.body.tags[0.5]` does not exist: `trigger.body.tags` has 3 elements; count from 0, or write trigger.body.tags[?0].orValue(…) for one that may be absent',
    ],
    [
      'trigger.body.lines.sku',
      '`trigger.body.lines` is a list, so `trigger.body.lines.sku` does not exist; take one element, as in trigger.body.lines[0], or all of them: trigger.body.lines.map(x, x.sku)',
    ],
    [
      'trigger.body.note.text',
      '`trigger.body.note` is null, so `trigger.body.note.text` does not exist; if it may be null, write trigger.body.note.?text.orValue(…)',
    ],
    [
      'trigger.body.note[0]',
      '`trigger.body.note` is null, so `trigger.body.note[0]` does not exist; if it may be null, write trigger.body.note[?0].orValue(…)',
    ],
    [
      'trigger.body.name.first',
      '`trigger.body.name` is text, so `trigger.body.name.first` does not exist; only objects and lists have fields',
    ],
    [
      'trigger.body[0]',
      '`trigger.body` is an object, so `trigger.body[0]` does not exist; the name of a field is text',
    ],
    ['trigger.body.tags[true]', '`trigger.body.tags` has 3 elements'],
  ])('[EXP2] says that %s is missing, and the mend', (source, message) => {
    const failure = failureOf(source)
    expect(failure.code).toBe('expression_failed')
    expect(failure.message).toContain(message)
    expect(failure.details).toMatchObject({ reason: 'missing', expression: source })
  })

  it('[EXP2] says when a root has no value here', () => {
    expect(failureOf('item.id', {}).message).toBe('`item` does not exist here; use it only where it has a value')
    expect(failureOf('item.id', { item: undefined }).details).toMatchObject({ reason: 'missing' })
  })

  it('[EXP2] suggests nothing for names too long to be a slip', () => {
    const name = 'n'.repeat(65)
    expect(failureOf(`trigger.body.${name}`).message).not.toContain('did you mean')
  })

  it.each([
    ['trigger.body.?color.orValue("none")', 'none'],
    ['trigger.body.?name.orValue("none")', 'Ann'],
    ['trigger.?nobody.color.deep.orValue("none")', 'none'],
    ['trigger.?body.name.orValue("none")', 'Ann'],
    ['trigger.body.note.?text.orValue("none")', 'none'],
    ['trigger.body.tags[?9].orValue("none")', 'none'],
    ['trigger.body.tags[?0].orValue("none")', 'bug'],
    ['trigger.body.?color.or(trigger.body.?name).orValue("x")', 'Ann'],
    ['trigger.body.?name.or(trigger.body.?color).value()', 'Ann'],
    ['trigger.body.?name.hasValue()', true],
    ['trigger.body.?color.hasValue()', false],
    ['(trigger.body.urgent ? trigger.body.?name : trigger.body.?color).orValue("x")', 'Ann'],
    ['trigger.body.lines.map(x, x.?gift)[0].orValue(false)', false],
    ['has(trigger.body.name)', true],
    ['has(trigger.body.color)', false],
    ['has(trigger.nobody.color.deep)', false],
    ['has(trigger.body.note)', true],
    ['has(trigger.body.note.text)', false],
    ["has(trigger.headers['x-github-event'])", true],
    ['has(trigger.?body.tags[?5])', false],
  ])('[EXP3] takes what may be absent: %s', (source, expected) => {
    expect(resultOf(source)).toEqual(expected)
  })

  it('[EXP3] refuses a result that may be absent', () => {
    expect(problemOf('trigger.body.?name').mend).toContain('.orValue')
    expect(failureOf('true ? trigger.body.?name : "x"').message).toBe(
      'the result may be absent; end the expression with .orValue(…)',
    )
    expect(failureOf('[trigger.body.?name]').details).toMatchObject({ reason: 'type' })
  })

  it('[EXP3] does not evaluate what stands in when it is not needed', () => {
    expect(resultOf('trigger.body.?name.orValue(trigger.body.nope)')).toBe('Ann')
  })

  it('[EXP3] fails on .value() of what is absent, and on .orValue of what never is', () => {
    expect(failureOf('trigger.body.?color.value()').message).toContain('write .orValue(…) instead')
    expect(failureOf('trigger.body.name.orValue("x")').message).toContain('never absent')
    expect(problemOf('"x".orValue("y")').message).toContain('never absent')
    expect(problemOf('has(trigger)').code).toBe('expression_type')
    expect(problemOf('has()').code).toBe('expression_type')
  })
})

describe('numbers', () => {
  it.each([
    ['trigger.body.total * 2', 199],
    ['2 * trigger.body.total', 199],
    ['trigger.body.count % 2', 1],
    ['trigger.body.count + 1', 8],
    ['trigger.body.count - 1', 6],
    ['trigger.body.count / 2', 3.5],
    ['trigger.body.count + trigger.body.total', 106.5],
    ['-trigger.body.count', -7],
    ['-(3)', -3],
    ['7 / 2', 3],
    ['7 / 2.0', 3.5],
    ['-7 % 3', -1],
    ['5 - 7', -2],
    ['3 * 4', 12],
    ['size(trigger.body.tags) / 2', 1],
    ['0.1 + 0.2', 0.1 + 0.2],
    ['0 * -1.0', 0],
  ])('[EXP4] calculates %s', (source, expected) => {
    expect(resultOf(source)).toBe(expected)
  })

  it.each([
    ['trigger.body.total > 50', true],
    ['trigger.body.count == 7', true],
    ['7 == trigger.body.count', true],
    ['trigger.body.count != 7.0', false],
    ['trigger.body.count <= 6', false],
    ['trigger.body.count >= trigger.body.total', false],
    ['9007199254740993 == double(9007199254740992)', false],
    ['1 < 2 && 2 >= 2 && 1 <= 1', true],
  ])('[EXP4] compares %s', (source, expected) => {
    expect(resultOf(source)).toBe(expected)
  })

  it.each([
    ['1 / 0', 'division_by_zero'],
    ['1 % 0', 'division_by_zero'],
    ['trigger.body.total / 0', 'division_by_zero'],
    ['trigger.body.total % 0', 'division_by_zero'],
    ['9223372036854775807 + 1', 'range'],
    ['-9223372036854775807 - 2', 'range'],
    ['1e308 * 10.0', 'range'],
    ['9007199254740993', 'range'],
    ['-int("-9223372036854775808")', 'range'],
  ])('[EXP5] fails on %s rather than give a wrong number', (source, reason) => {
    expect(failureOf(source).details).toMatchObject({ reason })
  })

  it('[EXP5] refuses a whole literal of more than 64 bits', () => {
    expect(problemOf('9223372036854775808').code).toBe('expression_type')
  })
})

describe('equality and order', () => {
  it.each([
    ['trigger.body.name == "Ann"', true],
    ['trigger.body.name == "Anna"', false],
    ['trigger.body.name == 3', false],
    ['trigger.body.note == null', true],
    ['trigger.body.name != null', true],
    ['trigger.body.tags == ["bug", "ui", "bug"]', true],
    ['trigger.body.tags == ["bug", "ui"]', false],
    ['trigger.body.tags == ["bug", "ui", "x"]', false],
    ['item == {"id": "i-1"}', true],
    ['item == {"id": "i-2"}', false],
    ['item == {"ib": "i-1"}', false],
    ['item == {}', false],
    ['item == trigger.body.tags', false],
    ['[1, 2.0] == [1.0, 2]', true],
    ['trigger.body.urgent == false', false],
    ['timestamp("2026-01-01T00:00:00Z") == timestamp("2026-01-01T01:00:00+01:00")', true],
    ['duration("60s") == duration("1m")', true],
    ['"ui" in trigger.body.tags', true],
    ['"api" in trigger.body.tags', false],
    ['3 in [1, 2, 3.0]', true],
    ['"id" in item', true],
    ['"nope" in item', false],
    ['trigger.body.count in item', false],
    ['"a" < "b" && "b" > "a"', true],
    ['false < true', true],
    ['duration("1s") < duration("2s")', true],
    ['timestamp("2026-01-01T00:00:00Z") <= timestamp("2026-01-01T00:00:00Z")', true],
  ])('[EXP6] %s', (source, expected) => {
    expect(resultOf(source)).toBe(expected)
  })

  it('[EXP6] compares long texts, and pays for it', () => {
    const text = 'x'.repeat(5000)
    expect(resultOf('item == "y" + trigger', { item: text, trigger: text.slice(1) })).toBe(false)
    expect(resultOf('item == trigger', { item: text, trigger: `${text.slice(1)}x` })).toBe(true)
  })

  it.each([
    ['trigger.body.name > 3', '> cannot be used between text and a number; turn the text into a number: double(…)'],
    ['trigger.body.note > 3', '> cannot be used between null and a number; use two values of the same kind'],
    ['trigger.body.count > trigger.body.name', 'between a number and text'],
    ['trigger.body.tags < trigger.body.tags', 'between a list and a list'],
    ['"a" in trigger.body.name', 'for a part of a text write text.contains(part)'],
    ['"a" in trigger.body.count', 'use a list'],
    ['trigger.body.count + trigger.body.note', 'use two values of the same kind'],
    ['trigger.body.name * 2', 'turn the text into a number'],
    ['trigger.body.name + 1', 'write string(…) around the other value'],
    ['-trigger.body.name', '- needs a number, not text'],
  ])('[EXP7] says why %s cannot be', (source, message) => {
    expect(failureOf(source).message).toContain(message)
  })

  it.each([
    ['"a" + 1', 'to join texts'],
    ['"a" > 1', 'turn the text into a number'],
    ['"a" == 1', 'convert one side'],
    ['[1] - [2]', 'same kind'],
    ['trigger.?a + 1', '.orValue'],
    ['-"a"', 'before a number'],
    ['"a".b', 'only of objects and lists'],
    ['"a" && true', 'compare it'],
    ['!1', 'compare it'],
    ['1 ? 2 : 3', 'compare it'],
    ['trigger.?a || true', 'end it with .orValue(false)'],
    ['{1: 2}', 'in quotes'],
  ])('[EXP7] finds before it runs that %s cannot be', (source, mend) => {
    const problem = problemOf(source)
    expect(problem.code).toBe('expression_type')
    expect(problem.mend).toContain(mend)
  })
})

describe('logic', () => {
  it.each([
    ['true || trigger.body.nope', true],
    ['trigger.body.nope == 1 || true', true],
    ['trigger.body.nope == 1 && false', false],
    ['false && trigger.body.nope == 1', false],
    ['false || false', false],
    ['true && true', true],
    ['!trigger.body.urgent', false],
    ['trigger.body.urgent ? "yes" : trigger.body.nope', 'yes'],
    ['!trigger.body.urgent ? 1 : "no"', 'no'],
  ])('[EXP8] %s', (source, expected) => {
    expect(resultOf(source)).toBe(expected)
  })

  it('[EXP8] fails when the side that failed decides', () => {
    expect(failureOf('trigger.body.nope == 1 || false').details).toMatchObject({ reason: 'missing' })
    expect(failureOf('trigger.body.nope == 1 && true').details).toMatchObject({ reason: 'missing' })
    expect(failureOf('trigger.body.name || false').message).toContain('must be true or false, but it is text')
  })
})

describe('the result', () => {
  it('[EXP19] must be true or false where a condition stands', () => {
    for (const source of ['"x"', '3', '[1]', '{}', 'size(trigger.body.tags)', 'null']) {
      expect(problemOf(source, { result: 'boolean' }).message).toContain('must be true or false')
    }
    const condition = compiled('trigger.body.name', { result: 'boolean' })
    expect(condition.evaluate(scope)).toMatchObject({
      ok: false,
      failure: { code: 'expression_failed', details: { reason: 'not_boolean' } },
    })
    expect(compiled('trigger.body.urgent', { result: 'boolean' }).evaluate(scope)).toMatchObject({ value: true })
    expect(compiled('trigger.body.count > 3', { result: 'boolean' }).evaluate(scope)).toMatchObject({ value: true })
  })

  it.each([
    ['{"a": 1, "b": [size(trigger.body.tags), trigger.body.name]}', { a: 1, b: [3, 'Ann'] }],
    [
      '{"at": timestamp("2026-01-01T00:00:00Z"), "for": [duration("90s")]}',
      { at: '2026-01-01T00:00:00Z', for: ['90s'] },
    ],
    ['{trigger.body.name: trigger.body.lines[0]}', { Ann: { sku: 'b', qty: 3, price: 1.5 } }],
    ['[]', []],
    ['[null, true, "é€😀\\u0007\\n\\"", 1.5]', [null, true, 'é€😀\u0007\n"', 1.5]],
  ])('[EXP20] is pure JSON: %s', (source, expected) => {
    const value = resultOf(source)
    expect(value).toEqual(expected)
    expect(JSON.parse(JSON.stringify(value))).toEqual(value)
  })

  it('[EXP20] keeps characters that are cut in two, as JSON does', () => {
    expect(resultOf('item', { item: '\ud83d' })).toBe('\ud83d')
    expect(resultOf('json(item)', { item: '\ud83d' })).toBe('"\\ud83d"')
  })

  it('[EXP20] has no -0, however deep it stood in the data', () => {
    expect(resultOf('item', { item: { __proto__: null, list: [-0], x: -0 } })).toEqual({ list: [0], x: 0 })
  })

  it.each([
    ['a function', () => 1],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['NaN', Number.NaN],
    ['a symbol', Symbol('x')],
  ])('[EXP20] fails when the scope holds %s', (_, foreign) => {
    expect(failureOf('item', { item: foreign }).details).toMatchObject({ reason: 'not_json' })
    expect(failureOf('[item]', { item: { deep: [foreign] } }).details).toMatchObject({ reason: 'not_json' })
  })

  it('[EXP20] keeps to the size and the depth that a step may put out', () => {
    const text = 'x'.repeat(600_000)
    expect(failureOf('[item, item]', { item: text }).details).toMatchObject({ reason: 'too_large' })
    expect(failureOf('item + item', { item: text }).details).toMatchObject({ reason: 'too_large' })
    expect(failureOf('item', { item: text + text }).details).toMatchObject({ reason: 'too_large' })
    expect(failureOf('item', { item: Array(600_000).fill(0) }).details).toMatchObject({ reason: 'too_large' })
    expect(failureOf('item', { item: 'é'.repeat(600_000) }).details).toMatchObject({ reason: 'too_large' })
    const nested = JSON.parse('['.repeat(65) + ']'.repeat(65)) as unknown
    expect(failureOf('item', { item: nested }).details).toMatchObject({ reason: 'too_deep' })
    expect(failureOf('item == trigger', { item: [nested], trigger: structuredClone([nested]) }).details).toMatchObject({
      reason: 'too_deep',
    })
  })

  it('[EXP32] names the language', () => {
    expect(expressionLanguage).toBe('cel/1')
  })
})

describe('references and operands', () => {
  it('[EXP24] lists every path it names, each once', () => {
    const { references } = compiled(
      'trigger.body.name == "x" || trigger.body.tags[0] == item.id && trigger.body.name != trigger.headers["x-y"]',
    )
    expect(references.map(({ text }) => text)).toEqual([
      'trigger.body.name',
      'trigger.body.tags[0]',
      'item.id',
      'trigger.headers["x-y"]',
    ])
    expect(compiled('steps.notify.output.body.id').references).toEqual([
      { root: 'steps', path: ['notify', 'output', 'body', 'id'], optional: false, text: 'steps.notify.output.body.id' },
    ])
  })

  it('[EXP24] ends a path at a computed index, and lists what computes it', () => {
    expect(
      compiled('trigger.body[item.id].x')
        .references.map(({ text }) => text)
        .sort(),
    ).toEqual(['item.id', 'trigger.body'])
    expect(compiled('trigger.body[1.5]').references.map(({ text }) => text)).toEqual(['trigger.body'])
  })

  it('[EXP24] leaves out the variables of loops, and only them', () => {
    const texts = (source: string) => compiled(source).references.map(({ text }) => text)
    expect(texts('trigger.body.lines.filter(x, x.qty > item.qty).map(x, x.sku)')).toEqual([
      'trigger.body.lines',
      'item.qty',
    ])
    expect(texts('trigger.body.lines.map(item, item.sku) + [item.id]')).toEqual(['trigger.body.lines', 'item.id'])
    expect(texts('{"a": [!item.a, -item.b]}.map(k, string(k))')).toEqual(['item.a', 'item.b'])
    expect(texts('"a".replace(item.a, item.b)')).toEqual(['item.a', 'item.b'])
  })

  it('[EXP24] says which paths may be absent', () => {
    const optional = (source: string) => compiled(source).references.map((each) => each.optional)
    expect(optional('trigger.body.?color.orValue(1)')).toEqual([true])
    expect(optional('has(trigger.body.color)')).toEqual([true])
    expect(optional('has(trigger.body.color) && trigger.body.color == "red"')).toEqual([false])
    expect(optional('trigger.body.color == "red" || has(trigger.body.color)')).toEqual([false])
    expect(optional('trigger.body[?item.id].orValue(1)')).toEqual([false, false])
  })

  it('[EXP25] records what it read, and leaves out what is not there', () => {
    expect(evaluate('trigger.body.count > 3 && !has(trigger.body.color) && trigger.body.tags[1] == "ui"')).toEqual({
      ok: true,
      value: true,
      operands: { 'trigger.body.count': 7, 'trigger.body.tags[1]': 'ui' },
    })
  })

  it('[EXP25] cuts long operands and marks them', () => {
    const cut = (item: unknown) => {
      const evaluation = evaluate('size(json(item)) > 0', { item })
      return evaluation.ok ? (evaluation.operands['item'] as { $cut: string }).$cut : ''
    }
    for (const long of [
      'x'.repeat(3000),
      '😀'.repeat(900),
      Array(2000).fill(1),
      { [`k${'x'.repeat(3000)}`]: 1 },
      { a: 'é'.repeat(1500), b: [null] },
      Object.fromEntries(Array.from({ length: 900 }, (_, key) => [`k${key}`, true])),
    ]) {
      const text = cut(long)
      expect(text.length).toBeGreaterThan(100)
      expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(2048)
      expect(text.isWellFormed()).toBe(true)
      expect(JSON.stringify(long).slice(0, 100)).toBe(text.slice(0, 100))
    }
    const short = { a: [1, 'two', null, { b: false }] }
    expect(evaluate('item.a[0] == 1 && item != null', { item: short })).toMatchObject({
      operands: { item: short, 'item.a[0]': 1 },
    })
  })
})
