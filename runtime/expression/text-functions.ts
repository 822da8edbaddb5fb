import { limits } from '../../schemas/limits.ts'
import { hasPairs, sizeOf, sliceOf } from './code-points.ts'
import { failed } from './expression-error.ts'
import type { Frame } from './frame.ts'
import { method, type Overload } from './function-table.ts'

export const textFunctions: readonly Overload[] = [
  method('contains', ['string', 'string'], 'boolean', (frame, text, part) => search(frame, text, part).includes(part)),
  method('startsWith', ['string', 'string'], 'boolean', (frame, text, part) => read(frame, text).startsWith(part)),
  method('endsWith', ['string', 'string'], 'boolean', (frame, text, part) => read(frame, text).endsWith(part)),
  method('size', ['string'], 'int', charactersIn),
  method('lowerAscii', ['string'], 'string', (frame, text) =>
    rewrite(frame, text).replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  ),
  method('upperAscii', ['string'], 'string', (frame, text) =>
    rewrite(frame, text).replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
  ),
  method('lower', ['string'], 'string', (frame, text) => rewrite(frame, text).toLowerCase()),
  method('upper', ['string'], 'string', (frame, text) => rewrite(frame, text).toUpperCase()),
  method('trim', ['string'], 'string', (frame, text) => read(frame, text).trim()),
  method('indexOf', ['string', 'string'], 'int', (frame, text, part) =>
    characterIndex(frame, text, search(frame, text, part).indexOf(part)),
  ),
  method('lastIndexOf', ['string', 'string'], 'int', (frame, text, part) =>
    characterIndex(frame, text, search(frame, text, part).lastIndexOf(part)),
  ),
  method('substring', ['string', 'integer'], 'string', (frame, text, start) =>
    substring(count(frame, text), start, sizeOf(text)),
  ),
  method('substring', ['string', 'integer', 'integer'], 'string', (frame, text, start, end) =>
    substring(count(frame, text), start, end),
  ),
  method('replace', ['string', 'string', 'string'], 'string', (frame, text, from, to) =>
    replace(frame, text, from, to),
  ),
  method('split', ['string', 'string'], 'list', (frame, text, separator) => split(frame, text, separator)),
  method('urlEncode', ['string'], 'string', (frame, text) => urlEncode(frame, text)),
]

/** Refuses a text longer than a step may put out before it is made. */
export function assertTextLength(length: number): void {
  if (length <= limits.stepOutputBytes) return
  throw failed('too_large', 'the text is larger than a step may put out', 'make less text')
}

export function charactersIn(frame: Frame, text: string): bigint {
  return BigInt(sizeOf(count(frame, text)))
}

function read(frame: Frame, text: string): string {
  frame.chargeText(text.length)
  return text
}

/** Characters of two units are counted one by one, which costs more than reading. */
function count(frame: Frame, text: string): string {
  return hasPairs(text) ? rewrite(frame, text) : read(frame, text)
}

/** Looking for a part in a text that nearly matches it everywhere takes time by the length of both. */
function search(frame: Frame, text: string, part: string): string {
  frame.charge((1 + (text.length >> 10)) * (1 + part.length))
  return text
}

/** Making a text anew, letter by letter, costs more than reading it. */
function rewrite(frame: Frame, text: string): string {
  frame.charge(1 + (text.length >> 5))
  return text
}

function urlEncode(frame: Frame, text: string): string {
  const encoded = encodeURIComponent(rewrite(frame, text).toWellFormed())
  assertTextLength(encoded.length)
  return encoded
}

const characterIndex = (frame: Frame, text: string, index: number): bigint =>
  index < 0 ? BigInt(index) : charactersIn(frame, text.slice(0, index))

function substring(text: string, start: number, end: number): string {
  const size = sizeOf(text)
  if (start >= 0 && start <= end && end <= size) return sliceOf(text, start, end)
  const message = `substring(${start}, ${end}) is outside the text, which has ${size} characters`
  throw failed('range', message, 'keep 0 ≤ start ≤ end ≤ size(text)')
}

function split(frame: Frame, text: string, separator: string): readonly string[] {
  frame.charge(occurrences(frame, text, separator) >> 3)
  // By code point, so that no character is torn apart.
  return separator === '' ? Array.from(text) : text.split(separator)
}

function replace(frame: Frame, text: string, from: string, to: string): string {
  const length = text.length + occurrences(frame, text, from) * (to.length - from.length)
  assertTextLength(length)
  frame.chargeText(length)
  return text.replaceAll(from, () => to)
}

/** Counts first, so that the size of what comes out is known before it is made. */
function occurrences(frame: Frame, text: string, part: string): number {
  search(frame, text, part)
  if (part === '') return text.length + 1
  let count = 0
  for (let index = text.indexOf(part); index >= 0; index = text.indexOf(part, index + part.length)) count += 1
  frame.charge(count >> 3)
  return count
}
