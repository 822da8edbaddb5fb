import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { PersistentMap } from '../../runtime/engine/persistent-map.ts'

/** Pairs of keys with one FNV-1a hash, found by search: they share a leaf. */
const colliding = ['ssanmx', 'xfhxkg', 'wenbda', 'wdfyy'] as const

const key = fc.oneof(
  fc.constantFrom(...colliding),
  fc.constantFrom('a', 'b', 'c', 'd', 'e', 'step_1', 'step_2', ''),
  fc.string({ maxLength: 4 }),
)
const edit = fc.oneof(
  fc.record({ type: fc.constant('set' as const), key, value: fc.integer() }),
  fc.record({ type: fc.constant('delete' as const), key }),
)

/** Every key that the edits touch, and its value as a `Map` says. */
function checkAgainst(map: PersistentMap<string, number>, model: ReadonlyMap<string, number>, touched: string[]): void {
  expect(map.size).toBe(model.size)
  for (const one of touched) {
    expect(map.get(one)).toBe(model.get(one))
    expect(map.has(one)).toBe(model.has(one))
  }
  const entries = [...model].sort(([left], [right]) => (left < right ? -1 : 1))
  expect(map.toJSON()).toEqual(entries)
  expect(new Map(map)).toEqual(model)
  expect(new Set(map.keys())).toEqual(new Set(model.keys()))
  expect([...map.values()].sort()).toEqual([...model.values()].sort())
}

describe('a persistent map', () => {
  it('[MAP1] answers as a Map does after any edits', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 60 }), (edits) => {
        const touched = edits.map((one) => one.key)
        const model = new Map<string, number>()
        let map = PersistentMap.empty<string, number>()
        for (const one of edits) {
          if (one.type === 'set') {
            model.set(one.key, one.value)
            map = map.set(one.key, one.value)
          } else {
            model.delete(one.key)
            map = map.delete(one.key)
          }
        }
        checkAgainst(map, model, touched)
        checkAgainst(PersistentMap.from(model), model, touched)
      }),
      { numRuns: 1000 },
    )
  })

  it('[MAP2] keeps every earlier version as it was', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
        const versions: { map: PersistentMap<string, number>; entries: string }[] = []
        let map = PersistentMap.empty<string, number>()
        for (const one of edits) {
          map = one.type === 'set' ? map.set(one.key, one.value) : map.delete(one.key)
          versions.push({ map, entries: JSON.stringify(map) })
        }
        for (const version of versions) expect(JSON.stringify(version.map)).toBe(version.entries)
      }),
    )
  })

  it('[MAP3] tells keys apart that have one hash', () => {
    const [first, second] = colliding
    const both = PersistentMap.from<string, number>([
      [first, 1],
      [second, 2],
      ['other', 3],
    ])
    expect([both.get(first), both.get(second), both.size]).toEqual([1, 2, 3])
    expect([both.set(first, 9).get(first), both.set(first, 9).get(second)]).toEqual([9, 2])
    const one = both.delete(first)
    expect([one.get(first), one.get(second), one.size]).toEqual([undefined, 2, 2])
    expect(one.delete(second).toJSON()).toEqual([['other', 3]])
    const alone = PersistentMap.from<string, number>([[first, 1]])
    expect([alone.has(second), alone.delete(second)]).toEqual([false, alone])
  })

  it('[MAP4] is itself when what is deleted is not there', () => {
    const map = PersistentMap.from<string, number>([['a', 1]])
    expect(map.delete('b')).toBe(map)
    expect(PersistentMap.empty<string, number>().delete('b').size).toBe(0)
  })

  it('[MAP4] is empty again when each of its keys was deleted', () => {
    const keys = Array.from({ length: 200 }, (_, index) => `step_${index}`)
    const full = PersistentMap.from(keys.map((one) => [one, one] as const))
    const empty = keys.reduce((map, one, index) => {
      expect(map.size).toBe(200 - index)
      return map.delete(one)
    }, full)
    expect([empty.size, empty.toJSON(), full.size]).toEqual([0, [], 200])
  })

  it('[MAP5] shares all but a short path with the version it was made from', () => {
    const size = 10_000
    const map = PersistentMap.from(Array.from({ length: size }, (_, index) => [`step_${index}`, { index }] as const))
    const edited = map.set('step_77', { index: -1 })
    const kept = [...map].filter(([one, value]) => edited.get(one) === value)
    expect(kept.length).toBe(size - 1)
    expect([map.get('step_77'), edited.get('step_77')]).toEqual([{ index: 77 }, { index: -1 }])
  })

  it('[MAP6] serialises equally whatever the order of the edits', () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 30 }), (keys) => {
        const forwards = PersistentMap.from(keys.map((one) => [one, one.length] as const))
        const backwards = PersistentMap.from(keys.toReversed().map((one) => [one, one.length] as const))
        expect(JSON.stringify(backwards)).toBe(JSON.stringify(forwards))
      }),
    )
  })
})
