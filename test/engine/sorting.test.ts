import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { failureOf, outputOf } from './transformed.ts'

describe('sort', () => {
  const sorted = (list: readonly unknown[], ...by: readonly object[]) => outputOf({ operation: 'sort', by }, list)

  it('[KND13] orders every kind of JSON, null last', () => {
    const ascending = [
      false,
      true,
      -1.5,
      2,
      10,
      '',
      '10',
      '2',
      'B',
      'a',
      'aa',
      '\uffff',
      '\u{1f600}',
      [],
      [1],
      [1, 0],
      [2],
      ['1'],
      [null],
      {},
      { a: 1 },
      { a: 1, b: 0 },
      { b: 0, a: 2 },
      { b: 0 },
      null,
    ]
    const shuffled = fc.shuffledSubarray(ascending, { minLength: ascending.length })
    fc.assert(
      fc.property(shuffled, (list) => {
        expect(sorted(list, { key: 'item' })).toEqual(ascending)
      }),
    )
    const descending = [...ascending.slice(0, -1).reverse(), null]
    fc.assert(
      fc.property(shuffled, (list) => {
        expect(sorted(list, { key: 'item', order: 'desc' })).toEqual(descending)
      }),
    )
  })

  it('[KND13] is what a naive sort of any JSON gives, and leaves equal elements as they were', () => {
    const key = fc.jsonValue({ maxDepth: 2 })
    fc.assert(
      fc.property(fc.array(fc.record({ key, place: fc.nat() })), (rows) => {
        const list = JSON.parse(JSON.stringify(rows)) as { key: unknown }[]
        const naive = list.toSorted((left, right) => naiveOrder(left.key, right.key))
        expect(sorted(list, { key: 'item.key' })).toEqual(naive)
      }),
      { numRuns: 300 },
    )
  })

  it('[KND13] orders by the next key what is equal by the one before, each in its own order', () => {
    const row = fc.record({ a: fc.integer({ min: 0, max: 2 }), b: fc.integer({ min: 0, max: 2 }), place: fc.nat() })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (list) => {
        expect(sorted(list, { key: 'item.a', order: 'desc' }, { key: 'item.b' })).toEqual(
          list.toSorted((left, right) => right.a - left.a || left.b - right.b),
        )
      }),
    )
  })

  it('[KND13] has those without a value last in either order', () => {
    const list = [{ id: 1 }, { id: 2, at: 5 }, { id: 3, at: null }, { id: 4, at: 9 }]
    const ids = (order: string) =>
      (sorted(list, { key: 'item.?at.orValue(null)', order }) as { id: number }[]).map(({ id }) => id)
    expect([ids('asc'), ids('desc')]).toEqual([
      [2, 4, 1, 3],
      [4, 2, 1, 3],
    ])
  })

  it('[KND13] turns a list round by its places', () => {
    expect(sorted(['a', 'b', 'c'], { key: 'index', order: 'desc' })).toEqual(['c', 'b', 'a'])
  })

  it('[KND13] fails with a key that fails', () => {
    expect(failureOf({ operation: 'sort', by: [{ key: 'index' }, { key: 'item.at' }] }, [{}])).toMatchObject({
      message: expect.stringMatching(/^at element 0: `item.at` does not exist/),
    })
  })

  it('[KND13] takes time in proportion to its list when keys are large', () => {
    const large = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, index]))
    const list = [large, ...Array.from({ length: 100_000 }, () => ({}))]
    const before = performance.now()
    expect(sorted(list, { key: 'item' })).toEqual([...list.slice(1), large])
    expect(performance.now() - before).toBeLessThan(2000)
  })
})

/** The order of KND13, said as simply as can be. */
function naiveOrder(left: unknown, right: unknown): number {
  const [rank, otherRank] = [left, right].map((value) =>
    value === null ? 9 : Array.isArray(value) ? 3 : ['boolean', 'number', 'string', '', 'object'].indexOf(typeof value),
  ) as [number, number]
  if (rank !== otherRank) return rank - otherRank
  if (left === null) return 0
  if (typeof left !== 'string' && typeof left !== 'object') return Number(left) - Number(right)
  const [parts, otherParts] = [partsOf(left), partsOf(right)]
  const different = parts.findIndex(
    (part, index) => !(index in otherParts) || naiveOrder(part, otherParts[index]) !== 0,
  )
  if (different === -1) return parts.length - otherParts.length
  return different in otherParts ? naiveOrder(parts[different], otherParts[different]) : 1
}

function partsOf(value: unknown): unknown[] {
  if (typeof value === 'string') return [...value].map((character) => character.codePointAt(0))
  if (Array.isArray(value)) return value
  return Object.entries(value as object)
    .sort(([left], [right]) => naiveOrder(left, right))
    .flat()
}
