import { failed } from './expression-error.ts'

/** An instant in whole milliseconds since 1970, in UTC. Leaves an expression as ISO 8601 text. */
export class Timestamp {
  readonly epochMs: number

  constructor(epochMs: number) {
    this.epochMs = epochMs
  }
}

/** A length of time in whole milliseconds. Leaves an expression as text in seconds, for example `90s`. */
export class Duration {
  readonly ms: number

  constructor(ms: number) {
    this.ms = ms
  }
}

/** What `a.?b` gives. `value` is undefined when nothing is there; no other value is. */
export class Optional {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

/** JSON numbers are doubles; whole literals and sizes are ints, held as bigint so that the two stay apart. */
export type Kind =
  | 'null'
  | 'boolean'
  | 'int'
  | 'double'
  | 'string'
  | 'list'
  | 'map'
  | 'timestamp'
  | 'duration'
  | 'optional'

/** What is known of a value before it is there. */
export type StaticKind = Kind | 'any'

export function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return 'double'
    case 'boolean':
      return 'boolean'
    case 'bigint':
      return 'int'
    case 'object':
      return kindOfObject(value)
    default:
      throw failed('not_json', `a ${typeof value} is not data`, 'pass only JSON to an expression')
  }
}

const kindNames: Record<StaticKind, string> = {
  null: 'null',
  boolean: 'true or false',
  int: 'a number',
  double: 'a number',
  string: 'text',
  list: 'a list',
  map: 'an object',
  timestamp: 'a timestamp',
  duration: 'a duration',
  optional: 'a value that may be absent',
  any: 'any value',
}

/** What a kind is called in a sentence. */
export const nameOf = (kind: StaticKind): string => kindNames[kind]

export const isNumeric = (kind: StaticKind): boolean => kind === 'int' || kind === 'double'

/** Names that reach into JavaScript's objects. They are never read and never written, whoever owns them. */
export const isForbiddenName = (name: string): boolean =>
  name === '__proto__' || name === 'constructor' || name === 'prototype'

function kindOfObject(value: object | null): Kind {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Timestamp) return 'timestamp'
  if (value instanceof Duration) return 'duration'
  if (value instanceof Optional) return 'optional'
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return 'map'
  throw failed('not_json', 'an object that is not plain JSON is not data', 'pass only JSON to an expression')
}
