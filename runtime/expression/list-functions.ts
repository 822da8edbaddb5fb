import { isEqual } from './equality.ts'
import { failed } from './expression-error.ts'
import type { Frame } from './frame.ts'
import { keyCount, method, type Overload } from './function-table.ts'
import { arithmetic, compare, isComparable } from './operators.ts'
import { assertTextLength } from './text-functions.ts'
import { kindOf, nameOf } from './value.ts'

export const listFunctions: readonly Overload[] = [
  method('size', ['list'], 'int', (_frame, list) => BigInt(list.length)),
  method('size', ['map'], 'int', (frame, map) => BigInt(keyCount(frame, map))),
  method('join', ['list'], 'string', (frame, list) => join(frame, list, '')),
  method('join', ['list', 'string'], 'string', (frame, list, separator) => join(frame, list, separator)),
  method('first', ['list'], 'any', (_frame, list) => element(list, 0)),
  method('last', ['list'], 'any', (_frame, list) => element(list, list.length - 1)),
  method('sort', ['list'], 'list', (frame, list) => sortedBy(frame, list, list)),
  method('distinct', ['list'], 'list', (frame, list) => distinct(frame, list)),
  method('sum', ['list'], 'any', (frame, list) => sum(frame, list)),
]

/** The list in the order of its keys, of which there is one for each element. Equal keys stay as they were. */
export function sortedBy(frame: Frame, list: readonly unknown[], keys: readonly unknown[]): readonly unknown[] {
  frame.charge(list.length * Math.ceil(Math.log2(list.length + 1)))
  for (const key of keys) assertSortable(keys[0], key)
  const order = list.map((_, index) => index)
  order.sort((left, right) => {
    if (compare('<', keys[left], keys[right], frame)) return -1
    return compare('>', keys[left], keys[right], frame) ? 1 : left - right
  })
  return order.map((index) => list[index])
}

function assertSortable(first: unknown, key: unknown): void {
  if (isComparable(kindOf(first), kindOf(key))) return
  const kinds = [...new Set([nameOf(kindOf(first)), nameOf(kindOf(key))])].join(' and ')
  throw failed('type', `${kinds} cannot be sorted`, 'sort only numbers or only texts: .sortBy(x, x.name)')
}

function join(frame: Frame, list: readonly unknown[], separator: string): string {
  frame.chargeElements(list.length)
  let length = Math.max(0, list.length - 1) * separator.length
  for (const [index, part] of list.entries()) {
    if (typeof part !== 'string') {
      const message = `join needs texts, but element ${index} is ${nameOf(kindOf(part))}`
      throw failed('type', message, 'turn them into texts first: .map(x, string(x)).join(…)')
    }
    length += part.length
  }
  assertTextLength(length)
  frame.chargeText(length)
  return list.join(separator)
}

function element(list: readonly unknown[], index: number): unknown {
  if (list.length > 0) return list[index]
  throw failed('missing', 'the list is empty', 'write list[?0].orValue(…) for a list that may be empty')
}

function distinct(frame: Frame, list: readonly unknown[]): readonly unknown[] {
  const kept: unknown[] = []
  for (const candidate of list) {
    frame.chargeElements(kept.length)
    if (!kept.some((known) => isEqual(known, candidate, frame))) kept.push(candidate)
  }
  return kept
}

function sum(frame: Frame, list: readonly unknown[]): unknown {
  frame.chargeElements(list.length)
  return list.reduce((total, term) => arithmetic('+', total, term, frame), 0n)
}
