import { describe, expect, it } from 'vitest'

import { compiled, evaluate } from './evaluate.ts'

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
