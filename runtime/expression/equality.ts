import { limits } from '../../schemas/limits.ts'
import { failed } from './expression-error.ts'
import type { Frame } from './frame.ts'
import { type Duration, isForbiddenName, isNumeric, type Kind, kindOf, type Timestamp } from './value.ts'

/**
 * Equality of CEL: numbers by value whether int or double, lists in order, objects by their keys,
 * and values of different kinds are unequal.
 */
export function isEqual(left: unknown, right: unknown, frame: Frame, depth = 0): boolean {
  if (typeof left === 'string' || typeof right === 'string') return equalTexts(left, right, frame)
  if (left === right) return true
  const kind = kindOf(left)
  const rightKind = kindOf(right)
  if (isNumeric(kind) && isNumeric(rightKind)) return equalNumbers(left as number, right as number)
  if (kind !== rightKind) return false
  if (depth > limits.jsonDepth) throw failed('too_deep', 'the values are nested too deep', 'compare parts')
  return equalOfKind(kind, left, right, frame, depth)
}

/** Whether `element in container` holds: an element of a list, or a key of an object. */
export function isIn(element: unknown, container: unknown, frame: Frame): boolean {
  if (Array.isArray(container)) {
    frame.chargeElements(container.length)
    return container.some((candidate) => isEqual(element, candidate, frame))
  }
  if (kindOf(container) !== 'map') {
    const mend = typeof container === 'string' ? 'for a part of a text write text.contains(part)' : 'use a list'
    throw failed('type', '`in` needs a list or an object on its right', mend)
  }
  return typeof element === 'string' && !isForbiddenName(element) && Object.hasOwn(container as object, element)
}

function equalTexts(left: unknown, right: unknown, frame: Frame): boolean {
  if (typeof left !== 'string' || typeof right !== 'string' || left.length !== right.length) return false
  if (left.length > 1024) frame.chargeText(left.length)
  return left === right
}

/** Exact between int and double: neither is rounded, as JavaScript compares the two by value. */
const equalNumbers = (left: number, right: number) => left <= right && left >= right

function equalOfKind(kind: Kind, left: unknown, right: unknown, frame: Frame, depth: number): boolean {
  switch (kind) {
    case 'list':
      return equalLists(left as readonly unknown[], right as readonly unknown[], frame, depth)
    case 'map':
      return equalMaps(left as Readonly<Record<string, unknown>>, right as typeof left, frame, depth)
    case 'timestamp':
      return (left as Timestamp).epochMs === (right as Timestamp).epochMs
    case 'duration':
      return (left as Duration).ms === (right as Duration).ms
    default:
      return false
  }
}

function equalLists(left: readonly unknown[], right: readonly unknown[], frame: Frame, depth: number): boolean {
  if (left.length !== right.length) return false
  frame.charge(left.length)
  return left.every((element, index) => isEqual(element, right[index], frame, depth + 1))
}

function equalMaps(left: Readonly<Record<string, unknown>>, right: unknown, frame: Frame, depth: number): boolean {
  const other = right as Readonly<Record<string, unknown>>
  const keys = Object.keys(left)
  frame.charge(keys.length)
  if (keys.length !== Object.keys(other).length) return false
  return keys.every((key) => Object.hasOwn(other, key) && isEqual(left[key], other[key], frame, depth + 1))
}
