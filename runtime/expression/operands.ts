import { limits } from '../../schemas/limits.ts'
import type { Scope } from './frame.ts'
import { jsonTextBytes } from './json-size.ts'
import { lookUp } from './lookup.ts'
import type { Reference } from './references.ts'

/** Stands for an operand that is too long to be recorded: the beginning of its JSON text. */
export type CutOperand = { readonly $cut: string }

/**
 * What an expression read, by the text of each reference, for the record of a decision. What is not
 * there is left out; what is longer than `limits.operandBytes` is cut and marked.
 */
export function operandsOf(references: readonly Reference[], scope: Scope): Readonly<Record<string, unknown>> {
  const operands: Record<string, unknown> = {}
  for (const { root, path, text } of references) {
    const value = [root, ...path].reduce<unknown>(read, scope)
    if (value !== undefined) operands[text] = cutOperand(value)
  }
  return operands
}

function read(container: unknown, key: string): unknown {
  return lookUp(container, Array.isArray(container) ? Number(key) : key)
}

function cutOperand(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'object') return value
  const beginning = new Beginning(limits.operandBytes)
  beginning.write(value)
  return beginning.isCut ? ({ $cut: beginning.text } satisfies CutOperand) : value
}

/** Writes JSON until there is no more room, so that a large value costs no more than its beginning. */
class Beginning {
  text = ''
  isCut = false
  #bytesLeft: number

  constructor(bytes: number) {
    this.#bytesLeft = bytes
  }

  write(value: unknown): void {
    if (typeof value === 'string') this.#writeText(value)
    else if (Array.isArray(value)) this.#writeList(value)
    else if (typeof value === 'object' && value !== null) this.#writeMap(value as Readonly<Record<string, unknown>>)
    else this.#append(JSON.stringify(value))
  }

  #writeText(text: string): void {
    if (text.length <= this.#bytesLeft) {
      this.#append(JSON.stringify(text))
      return
    }
    this.#append(JSON.stringify(text.slice(0, this.#bytesLeft)).slice(0, -1))
    this.isCut = true
  }

  #writeList(list: readonly unknown[]): void {
    this.#append('[')
    for (let index = 0; index < list.length && !this.isCut; index++) {
      if (index > 0) this.#append(',')
      this.write(list[index])
    }
    this.#append(']')
  }

  #writeMap(map: Readonly<Record<string, unknown>>): void {
    this.#append('{')
    let separator = ''
    for (const key of Object.keys(map)) {
      if (this.isCut) return
      this.#append(separator)
      this.#writeText(key)
      this.#append(':')
      this.write(map[key])
      separator = ','
    }
    this.#append('}')
  }

  #append(piece: string): void {
    if (this.isCut) return
    const bytes = jsonTextBytes(piece) - 2
    if (bytes <= this.#bytesLeft) {
      this.text += piece
      this.#bytesLeft -= bytes
      return
    }
    this.isCut = true
    // A quarter of the bytes in characters always fits, and `toWellFormed` mends a character cut in two.
    this.text = (this.text + piece.slice(0, this.#bytesLeft >> 2)).toWellFormed()
  }
}
