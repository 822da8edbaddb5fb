import { limits } from '../../schemas/limits.ts'
import { failed } from './expression-error.ts'
import type { SizeMeter } from './json-size.ts'
import { formatDuration, formatTimestamp } from './time-text.ts'
import { type Duration, kindOf, type Timestamp } from './value.ts'

/**
 * What leaves an expression: pure JSON within the limits of size and depth. Data that was read comes
 * back as the very same object; only what the expression built is copied.
 */
export function toJson(value: unknown, meter: SizeMeter, depth = 0): unknown {
  const kind = kindOf(value)
  switch (kind) {
    case 'string':
      meter.takeText(value as string)
      return value
    case 'double':
      return finite(value as number, meter)
    case 'int':
      return finite(safeNumber(value as bigint), meter)
    case 'boolean':
    case 'null':
      meter.take(4)
      return value
    case 'list':
      return listToJson(value as readonly unknown[], meter, deeper(depth))
    case 'map':
      return mapToJson(value as Readonly<Record<string, unknown>>, meter, deeper(depth))
    case 'timestamp':
      return toJson(formatTimestamp(value as Timestamp), meter)
    case 'duration':
      return toJson(formatDuration(value as Duration), meter)
    case 'optional':
      throw failed('type', 'the result may be absent', 'end the expression with .orValue(…)')
  }
}

/** An int as the JSON number it is. Throws when JSON could not hold it exactly. */
function safeNumber(value: bigint): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw failed('range', `${value} is too large to be an exact JSON number`, 'pass it as text: string(…)')
}

function finite(value: number, meter: SizeMeter): number {
  if (!Number.isFinite(value)) {
    throw failed('not_json', `${value} is not a JSON number`, 'pass only JSON to an expression')
  }
  meter.take(`${value}`.length)
  // JSON has no -0.
  return value === 0 ? 0 : value
}

function deeper(depth: number): number {
  if (depth < limits.jsonDepth) return depth + 1
  throw failed('too_deep', `the result is nested deeper than ${limits.jsonDepth} levels`, 'flatten it')
}

function listToJson(list: readonly unknown[], meter: SizeMeter, depth: number): unknown {
  meter.take(2 + Math.max(0, list.length - 1))
  let copy: unknown[] | undefined
  for (let index = 0; index < list.length; index++) {
    const json = toJson(list[index], meter, depth)
    if (!Object.is(json, list[index])) copy ??= list.slice(0, index)
    copy?.push(json)
  }
  return copy ?? list
}

function mapToJson(map: Readonly<Record<string, unknown>>, meter: SizeMeter, depth: number): unknown {
  meter.take(2)
  let changed: Record<string, unknown> | undefined
  for (const key of Object.keys(map)) {
    meter.takeText(key)
    meter.take(2)
    const json = toJson(map[key], meter, depth)
    if (Object.is(json, map[key])) continue
    // A spread copies `__proto__` as an ordinary own key, and the assignment then finds that one.
    changed ??= { ...map }
    changed[key] = json
  }
  return changed ?? map
}
