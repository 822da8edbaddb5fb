import { describe, expect, it } from 'vitest'

import { expressionLanguage } from '../../runtime/expression/index.ts'
import { compiled, failureOf, problemOf, resultOf, scope } from './evaluate.ts'

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
