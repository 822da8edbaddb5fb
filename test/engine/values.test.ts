import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs } from '../../runtime/engine/backoff.ts'
import { canonicalGraph, canonicalJson } from '../../runtime/engine/canonical.ts'
import { assert, InvariantViolation, nodeOf, rootScope, stepIn, unreachable } from '../../runtime/engine/index.ts'
import { instantOf } from '../../runtime/engine/instant.ts'
import { measureJson } from '../../runtime/engine/output-size.ts'
import { readPath, withoutPath, withPath } from '../../runtime/engine/path.ts'
import { statusOf } from '../../runtime/engine/status.ts'
import { topologyOf } from '../../runtime/engine/topology.ts'
import { RetryPolicy } from '../../schemas/graph.ts'
import { graphOf, make, nodeId, start, step } from '../support/graphs.ts'

describe('an instant', () => {
  it('[KND2] is what Date reads, for every moment from 1970 to 9999', () => {
    const moment = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    fc.assert(
      fc.property(moment, (date) => {
        expect(instantOf(date.toISOString())).toBe(date.getTime())
        expect(instantOf(date.toISOString().slice(0, 10))).toBe(Date.parse(date.toISOString().slice(0, 10)))
        expect(instantOf(date.getTime())).toBe(date.getTime())
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['2026-01-31T09:00:00Z', Date.UTC(2026, 0, 31, 9)],
    ['2026-01-31T09:00Z', Date.UTC(2026, 0, 31, 9)],
    ['2026-01-31T09:00:00+02:30', Date.UTC(2026, 0, 31, 6, 30)],
    ['2026-01-31T09:00:00-02:30', Date.UTC(2026, 0, 31, 11, 30)],
    ['2026-01-31T09:00:00.5Z', Date.UTC(2026, 0, 31, 9, 0, 0, 500)],
    ['2026-01-31T09:00:00.123456789Z', Date.UTC(2026, 0, 31, 9, 0, 0, 123)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2000-02-29', Date.UTC(2000, 1, 29)],
  ])('[KND2] is read from %s', (text, at) => {
    expect(instantOf(text)).toBe(at)
  })

  it.each([
    '2026-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-00-10',
    '2026-13-10',
    '2026-01-00',
    '2026-01-32',
    '2026-01-31T24:00:00Z',
    '2026-01-31T09:60:00Z',
    '2026-01-31T09:00:60Z',
    '2026-01-31T09:00:00',
    '2026-01-31T09:00:00+24:00',
    '2026-01-31T09:00:00+09:60',
    '2026-01-31 09:00:00Z',
    '1969-12-31',
    'soon',
    '',
    -1,
    1.5,
    Number.NaN,
    2 ** 60,
    null,
    undefined,
    {},
  ])('[KND2] is not %s', (value) => {
    expect(instantOf(value)).toBeNull()
  })
})

describe('the size of an output', () => {
  it('[STP7] counts the bytes of JSON and its nesting', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = JSON.stringify(value)
        expect(measureJson(text)).toEqual({ bytes: new TextEncoder().encode(text).length, depth: depthOf(value) })
      }),
      { numRuns: 1000 },
    )
  })
})

describe('an interval', () => {
  const policy = RetryPolicy.parse({ maxAttempts: 5 })

  it('[ATT6] doubles from a second to a minute by default, give or take a tenth', () => {
    expect([1, 2, 3, 7, 20].map((failures) => backoffMs(policy, failures, 0.5))).toEqual([
      1000, 2000, 4000, 60_000, 60_000,
    ])
    expect([0, 0.5, 1].map((chance) => backoffMs(policy, 1, chance))).toEqual([900, 1000, 1100])
  })
})

describe('canonical JSON', () => {
  it('[VAL3] is equal for equal values whatever the order of their keys, and JSON again', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, shuffled(inner)]),
      )
    }
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(shuffled(value))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('[VAL3] of a graph does not depend on the order of its keys, and leaves out what is undefined', () => {
    const graph = graphOf([start, make('a')], ['start -> a'])
    const { name, nodes, edges, settings } = graph
    expect(canonicalGraph({ settings, edges, nodes, name })).toBe(canonicalGraph(graph))
    expect(canonicalJson({ a: undefined, b: [null] })).toBe('{"b":[null]}')
  })
})

describe('a path', () => {
  it('[KND6] is read, set and removed without changing the input', () => {
    const input = Object.freeze({ a: Object.freeze({ b: 1, c: 2 }), list: [1] })
    expect([
      readPath(input, 'a.b'),
      readPath(input, 'a.x'),
      readPath(input, 'a.b.c'),
      readPath(input, 'list.0'),
    ]).toEqual([1, undefined, undefined, undefined])
    expect(withPath(input, 'a.b', 9)).toEqual({ a: { b: 9, c: 2 }, list: [1] })
    expect(withPath(input, 'list.deep', 9)).toEqual({ a: { b: 1, c: 2 }, list: { deep: 9 } })
    expect(withoutPath(input, 'a.b')).toEqual({ a: { c: 2 }, list: [1] })
    expect(withoutPath(input, 'a')).toEqual({ list: [1] })
    expect(withoutPath(input, 'list.0')).toBe(input)
    expect(withoutPath(input, 'nowhere.x')).toBe(input)
  })

  it('[KND6] reaches nothing but own properties', () => {
    expect(readPath({}, 'constructor')).toBeUndefined()
    expect(withPath({}, 'constructor.name', 1)).toEqual({ constructor: { name: 1 } })
    expect(withoutPath({ a: 1 }, 'toString')).toEqual({ a: 1 })
    expect(Object.prototype).not.toHaveProperty('polluted')
  })
})

describe('an invariant', () => {
  it('[EXE11] that does not hold is thrown, and never a rejection', () => {
    expect(() => assert(false, 'a claim')).toThrow(InvariantViolation)
    expect(() => assert(true, 'a claim')).not.toThrow()
    expect(() => unreachable({ type: 'Unheard' } as never)).toThrow('unhandled case: {"type":"Unheard"}')
    expect(() => statusOf({ status: 'not_started', position: 0 })).toThrow(InvariantViolation)
    expect(() => topologyOf(graphOf([start], [])).node(nodeId('nowhere'))).toThrow('node nowhere belongs to the graph')
  })
})

describe('the key of a step and its edges', () => {
  it("[STP6] is its node's id, and in a container also the way to its iteration", () => {
    expect(stepIn(rootScope, nodeId('charge'))).toBe('charge')
    expect(nodeOf(step('charge'))).toBe('charge')
    expect(nodeOf(step('charge@each_order[3]'))).toBe('charge')
  })

  it('[ACT1] finds the edges on both sides of each node', () => {
    const { edgesFrom, edgesTo } = topologyOf(graphOf([start, make('a')], ['start -> a']))
    const edge = { from: 'start', port: 'out', to: 'a' }
    expect([edgesFrom(nodeId('start')), edgesTo(nodeId('start'))]).toEqual([[edge], []])
    expect([edgesFrom(nodeId('a')), edgesTo(nodeId('a'))]).toEqual([[], [edge]])
  })
})
