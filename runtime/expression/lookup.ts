import { ExpressionError } from './expression-error.ts'
import { nearestName } from './nearest-name.ts'
import { isForbiddenName, kindOf, nameOf, Optional } from './value.ts'

const ABSENT = new Optional(undefined)

/**
 * What an object holds under a key, or a list at an index; undefined when there is nothing. Only own
 * keys are read, so nothing of JavaScript's objects can be reached.
 */
export function lookUp(container: unknown, key: unknown): unknown {
  if (typeof key === 'string') {
    const isReadable = typeof container === 'object' && container !== null && !isForbiddenName(key)
    if (!isReadable || kindOf(container) !== 'map' || !Object.hasOwn(container, key)) return undefined
    return (container as Readonly<Record<string, unknown>>)[key]
  }
  if (!Array.isArray(container) || (typeof key !== 'number' && typeof key !== 'bigint')) return undefined
  const index = Number(key)
  return Number.isSafeInteger(index) && index >= 0 ? container[index] : undefined
}

/** The same as a value that may be absent; `null` has nothing in it. */
export function lookUpOptional(container: unknown, key: unknown): Optional {
  const value = lookUp(container instanceof Optional ? container.value : container, key)
  return value === undefined ? ABSENT : new Optional(value)
}

/** Says what is missing and what was probably meant. `text` is the whole path as the author wrote it, `owner` the part before the key. */
export function missing(container: unknown, key: unknown, text: string, owner: string): ExpressionError {
  const kind = kindOf(container)
  if (kind === 'map' && typeof key === 'string') return missingKey(container as object, key, text, owner)
  if (kind === 'list' && typeof key !== 'string') return missingElement(container as readonly unknown[], text, owner)
  if (kind === 'null') {
    const mend = `if it may be null, write ${optionalForm(owner, key)}.orValue(…)`
    return new ExpressionError('missing', `\`${owner}\` is null, so \`${text}\` does not exist`, mend)
  }
  const mends = {
    list: `take one element, as in ${owner}[0], or all of them: ${owner}.map(x, x.${String(key)})`,
    map: 'the name of a field is text',
  }
  const mend = kind === 'list' || kind === 'map' ? mends[kind] : 'only objects and lists have fields'
  return new ExpressionError('missing', `\`${owner}\` is ${nameOf(kind)}, so \`${text}\` does not exist`, mend)
}

function missingKey(container: object, key: string, text: string, owner: string): ExpressionError {
  if (isForbiddenName(key)) {
    return new ExpressionError('missing', `\`${text}\` does not exist: \`${key}\` cannot be read`, 'rename the field')
  }
  const near = nearestName(key, Object.keys(container))
  const optional = `if it may be absent, write ${optionalForm(owner, key)}.orValue(…)`
  const mend = near === undefined ? optional : `did you mean \`${near}\`?`
  return new ExpressionError('missing', `\`${text}\` does not exist`, mend)
}

function missingElement(list: readonly unknown[], text: string, owner: string): ExpressionError {
  const size = `${list.length} ${list.length === 1 ? 'element' : 'elements'}`
  const mend = `count from 0, or write ${owner}[?0].orValue(…) for one that may be absent`
  return new ExpressionError('missing', `\`${text}\` does not exist: \`${owner}\` has ${size}`, mend)
}

const optionalForm = (owner: string, key: unknown) =>
  typeof key === 'string' && /^[A-Za-z_]\w*$/.test(key) ? `${owner}.?${key}` : `${owner}[?${JSON.stringify(`${key}`)}]`
