import type { ASTNode } from '@marcbachmann/cel-js'

import { textOf } from './compiled.ts'
import { type Explanation, ExpressionError } from './expression-error.ts'
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

/** `node` reads what is not there from `container`. What was probably meant is sought only when somebody is told. */
export const missing = (container: unknown, key: unknown, node: ASTNode, owner: ASTNode): ExpressionError =>
  new ExpressionError('missing', () => explainMissing(container, key, textOf(node), textOf(owner)))

function explainMissing(container: unknown, key: unknown, text: string, owner: string): Explanation {
  const kind = kindOf(container)
  if (kind === 'map' && typeof key === 'string') return explainMissingKey(container as object, key, text, owner)
  if (kind === 'list' && typeof key !== 'string')
    return explainMissingElement(container as readonly unknown[], text, owner)
  if (kind === 'null') {
    const mend = `if it may be null, write ${optionalForm(owner, key)}.orValue(…)`
    return [`\`${owner}\` is null, so \`${text}\` does not exist`, mend]
  }
  const message = `\`${owner}\` is ${nameOf(kind)}, so \`${text}\` does not exist`
  if (kind === 'map') return [message, 'the name of a field is text']
  if (kind !== 'list') return [message, 'only objects and lists have fields']
  return [message, `take one element, as in ${owner}[0], or all of them: ${owner}.map(x, x.${String(key)})`]
}

function explainMissingKey(container: object, key: string, text: string, owner: string): Explanation {
  const message = `\`${text}\` does not exist`
  if (isForbiddenName(key)) return [`${message}: \`${key}\` cannot be read`, 'rename the field']
  const near = nearestName(key, Object.keys(container))
  if (near !== undefined) return [message, `did you mean \`${near}\`?`]
  return [message, `if it may be absent, write ${optionalForm(owner, key)}.orValue(…)`]
}

function explainMissingElement(list: readonly unknown[], text: string, owner: string): Explanation {
  const size = `${list.length} ${list.length === 1 ? 'element' : 'elements'}`
  const mend = `count from 0, or write ${owner}[?0].orValue(…) for one that may be absent`
  return [`\`${text}\` does not exist: \`${owner}\` has ${size}`, mend]
}

function optionalForm(owner: string, key: unknown): string {
  if (typeof key === 'string' && /^[A-Za-z_]\w*$/.test(key)) return `${owner}.?${key}`
  return `${owner}[?${typeof key === 'string' ? JSON.stringify(key) : String(key)}]`
}
