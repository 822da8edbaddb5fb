import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { failureOf, outputOf } from './transformed.ts'

describe('extract', () => {
  const body = { items: [{ name: 'Ada' }, { name: null, 'a-b': [[7]] }], constructor: { name: 'own' } }

  it.each([
    ['items[0].name', 'Ada'],
    ['items[1]', body.items[1]],
    ['items[1].name', null],
    ['items[1].a-b[0][0]', 7],
  ])('[KND10] gives what stands at %s', (path, value) => {
    expect(outputOf({ operation: 'extract', path }, body)).toEqual(value)
  })

  it('[KND10] begins in a list', () => {
    expect(outputOf({ operation: 'extract', path: '[1].id' }, [{ id: 1 }, { id: 2 }])).toBe(2)
  })

  it('[KND10] gives what from gives when it has no path', () => {
    expect(outputOf({ operation: 'extract', from: 'trigger.body.items.map(x, x.name)' }, body)).toEqual(['Ada', null])
    expect(outputOf({ operation: 'extract', from: 'trigger.body.?none.orValue(null)' }, body)).toBeNull()
  })

  it.each([
    ['items[2].name', '[2] is looked for in a list of 2 elements'],
    ['items.name', 'name is looked for in a list of 2 elements'],
    ['items[0][0]', '[0] is looked for in an object'],
    ['items[0].nme', 'nme is looked for in an object'],
    ['items[0].name.first', 'first is looked for in text'],
    ['items[1].name.first', 'first is looked for in null'],
    ['items[1].a-b[0][3]', '[3] is looked for in a list of 1 element'],
    ['toString', 'toString is looked for in an object'],
  ])('[KND10] fails when nothing stands at %s', (path, where) => {
    expect(failureOf({ operation: 'extract', path }, body)).toEqual({
      code: 'expression_failed',
      message: `the input has nothing at ${path}: ${where}; correct the path, or read what may be absent with .? in from and no path`,
    })
  })
})

describe('filter', () => {
  it('[KND12] keeps what where is true for, as filter of an array does', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ total: fc.integer({ min: -5, max: 5 }) })), (list) => {
        expect(outputOf({ operation: 'filter', where: 'item.total > 0 || index == 1' }, list)).toEqual(
          list.filter(({ total }, index) => total > 0 || index === 1),
        )
      }),
    )
  })

  it('[KND12] fails at an element for which where is neither true nor false', () => {
    expect(failureOf({ operation: 'filter', where: 'item' }, [true, 'yes'])).toMatchObject({
      code: 'expression_failed',
      message: expect.stringMatching(/^at element 1: `item` must be true or false, but it is text/),
    })
  })

  it('[KND11] reads the trigger and other steps beside the element', () => {
    const config = { operation: 'filter', from: 'trigger.body.list', where: 'item > trigger.body.least' }
    expect(outputOf(config, { list: [1, 2, 3], least: 2 })).toEqual([3])
  })

  it('[KND11] takes 100,000 elements, and ends within the steps that all have together', () => {
    const list = Array.from({ length: 100_000 }, (_, index) => index % 10)
    const output = outputOf({ operation: 'filter', where: 'item > 4 && index % 2 == 0' }, list)
    expect(output).toHaveLength(20_000)
    const started = performance.now()
    expect(failureOf({ operation: 'filter', where: '[1, 2, 3].map(x, x * item).sum() > 0' }, list)).toMatchObject({
      code: 'expression_budget',
    })
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('[KND11] shares those steps among all the keys of a sort', () => {
    const list = Array.from({ length: limits.listSteps / 8 }, () => 1)
    const keys = (count: number) => Array.from({ length: count }, () => ({ key: 'item + 1' }))
    expect(outputOf({ operation: 'sort', by: keys(4) }, list)).toEqual(list)
    expect(failureOf({ operation: 'sort', by: keys(5) }, list)).toMatchObject({ code: 'expression_budget' })
  })
})

describe('limit', () => {
  it('[KND14] keeps so many from one end, after leaving out some', () => {
    const count = fc.nat({ max: 12 })
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 10 }), count, count, (list, kept, offset) => {
        expect(outputOf({ operation: 'limit', first: kept, offset }, list)).toEqual(list.slice(offset).slice(0, kept))
        const turned = list.toReversed().slice(offset).slice(0, kept).toReversed()
        expect(outputOf({ operation: 'limit', last: kept, offset }, list)).toEqual(turned)
      }),
    )
  })

  it('[KND14] takes its numbers from data', () => {
    const config = {
      operation: 'limit',
      from: 'trigger.body.list',
      first: '{{ trigger.body.size }}',
      offset: '{{ trigger.body.page * trigger.body.size }}',
    }
    expect(outputOf(config, { list: [1, 2, 3, 4, 5], size: 2, page: 1 })).toEqual([3, 4])
    expect(failureOf(config, { list: [], size: 2 })).toMatchObject({ details: { field: 'offset' } })
  })

  it.each([
    ['first', -1],
    ['last', 1.5],
    ['first', '2'],
    ['last', null],
    ['offset', 2 ** 53],
  ])('[KND14] fails when %s is %j', (field, value) => {
    const config = { operation: 'limit', from: '[1, 2]', ...(field === 'offset' ? { first: 1 } : {}) }
    expect(failureOf({ ...config, [field]: '{{ trigger.body }}' }, value)).toEqual({
      code: 'expression_failed',
      message: `${field} gave ${JSON.stringify(value)}, which is not a whole number from 0 on; say how many elements`,
    })
  })
})

describe('group', () => {
  const grouped = (list: readonly unknown[], key: string) => outputOf({ operation: 'group', key }, list)

  it('[KND15] makes one group of each key, in the order in which they came', () => {
    const row = fc.record({ key: fc.oneof(fc.nat({ max: 3 }), fc.constantFrom('1', true, null)), place: fc.nat() })
    fc.assert(
      fc.property(fc.array(row), (list) => {
        const keys = [...new Set(list.map(({ key }) => key))]
        expect(grouped(list, 'item.key')).toEqual(
          keys.map((key) => ({ key, items: list.filter((one) => one.key === key) })),
        )
      }),
    )
  })

  it('[KND15] may have several keys in one, and knows objects by their fields', () => {
    const list = [
      { a: 1, b: 'x', c: { p: 1, q: 2 } },
      { a: 1, b: 'x', c: { q: 2, p: 1 } },
      { a: 1, b: 'y', c: { p: 1, q: 2 } },
    ]
    const [first, second, third] = list
    expect(grouped(list, '[item.a, item.b]')).toEqual([
      { key: [1, 'x'], items: [first, second] },
      { key: [1, 'y'], items: [third] },
    ])
    expect(grouped(list, 'item.c')).toEqual([{ key: { p: 1, q: 2 }, items: list }])
  })

  it.each(['__proto__', 'constructor', 'prototype', 'toString'])('[KND15] has a key %s like any other', (name) => {
    expect(grouped([name, 'a', name], 'item')).toEqual([
      { key: name, items: [name, name] },
      { key: 'a', items: ['a'] },
    ])
    expect(Object.prototype).not.toHaveProperty('items')
  })

  it('[KND15] fails with a key that fails', () => {
    expect(failureOf({ operation: 'group', key: 'item.kind' }, [{ kind: 1 }, {}])).toMatchObject({
      message: expect.stringMatching(/^at element 1: `item.kind` does not exist/),
    })
  })
})

describe('an operation on the wrong kind of input', () => {
  const wrong = (name: string, wanted: string, is: string) =>
    `${name} works on ${wanted}, and the input is ${is}; name ${wanted} in from, for example steps.fetch.output.body`

  it.each([
    [{ operation: 'filter', where: 'true' }, { a: 1 }, wrong('filter', 'a list', 'an object')],
    [{ operation: 'sort', by: [{ key: 'item' }] }, null, wrong('sort', 'a list', 'null')],
    [{ operation: 'limit', first: 1 }, 'text', wrong('limit', 'a list', 'text')],
    [{ operation: 'group', key: 'item' }, 7, wrong('group', 'a list', 'a number')],
    [{ operation: 'keep', paths: ['a'] }, [1], wrong('keep', 'an object', 'a list')],
    [{ operation: 'set', values: { a: 1 } }, true, wrong('set', 'an object', 'true or false')],
  ])('[KND6] fails: %j', (config, body, message) => {
    expect(failureOf(config, body)).toEqual({ code: 'expression_failed', message })
  })

  it('[KND6] fails with from', () => {
    const config = { operation: 'filter', from: 'trigger.body.list', where: 'true' }
    expect(failureOf(config, {})).toMatchObject({ details: { expression: 'trigger.body.list' } })
  })
})
