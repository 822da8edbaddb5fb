import { describe, expect, it } from 'vitest'
import { entriesOf, formatBytes, jsonBytes, plainText, shapeOf, summaryOf } from '../../studio/model/json-tree.ts'

describe('JSON tree', () => {
  it('tells the shape of every JSON value', () => {
    expect([{}, [], 'a', 1, true, null].map(shapeOf)).toEqual([
      'object',
      'array',
      'string',
      'number',
      'boolean',
      'null',
    ])
    expect(shapeOf(undefined)).toBe('null')
  })

  it('lists members in their order', () => {
    expect(entriesOf({ b: 1, a: 2 })).toEqual([
      ['b', 1],
      ['a', 2],
    ])
    expect(entriesOf(['x', 'y'])).toEqual([
      ['0', 'x'],
      ['1', 'y'],
    ])
    expect(entriesOf('text')).toEqual([])
  })

  it('sums up what is folded', () => {
    expect(summaryOf({ id: 1, title: 'x', body: 'y', more: 2 })).toBe('{ id, title, body, … 4 }')
    expect(summaryOf({ id: 1 })).toBe('{ id }')
    expect(summaryOf({})).toBe('{ }')
    expect(summaryOf([])).toBe('[ ]')
    expect(summaryOf([1])).toBe('[ 1 item ]')
    expect(summaryOf([1, 2])).toBe('[ 2 items ]')
  })

  it('shows markup as the text it is', () => {
    expect(plainText('<img src=x onerror=alert(1)>')).toBe('"<img src=x onerror=alert(1)>"')
    expect(plainText(undefined)).toBe('null')
  })

  it('weighs values in bytes, not characters', () => {
    expect(jsonBytes('é')).toBe(4)
    expect([999, 1400, 2_500_000].map(formatBytes)).toEqual(['999 B', '1.4 KB', '2.5 MB'])
  })
})
