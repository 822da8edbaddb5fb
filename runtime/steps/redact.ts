import { base64, latin1 } from './base64.ts'
import { endOfMatch, type Pattern, pattern, wireForms } from './spelling.ts'

/** `name`: what it is called in the place where it stood, for example `secret chat`. */
export type Hidden = { readonly name: string; readonly value: string }

/** Takes what one request held in secret out of everything that comes back from it. */
export type Redactor = {
  readonly text: (text: string) => string
  /** For text that was put into lower case on its way, as names of headers are. */
  readonly lowerCase: (text: string) => string
  /** Strings, keys, and numbers whose digits are a secret (also when JSON could not hold all of the digits). Recursive: the depth must have been checked. */
  readonly json: (value: unknown) => unknown
  readonly bytes: (bytes: Uint8Array) => Uint8Array
}

/**
 * Shorter values are only found where they stand alone, between characters that are neither letters
 * nor digits, and only as text: taken out everywhere, a value of one letter would leave nothing legible.
 */
const shortLength = 4

type Form = {
  readonly name: string
  readonly pattern: Pattern
  readonly standsAlone: boolean
  /** Base64 shares its first or last character with a neighbour when the bytes do not fall on its borders. */
  readonly shared: { readonly before: boolean; readonly after: boolean }
}
type Span = { readonly start: number; readonly end: number; readonly name: string }

const unshared = { before: false, after: false }

const nothingToHide: Redactor = {
  text: (text) => text,
  lowerCase: (text) => text,
  json: (value) => value,
  bytes: (bytes) => bytes,
}

export function redactor(hidden: readonly Hidden[]): Redactor {
  const usable = hidden.filter(({ value }) => value !== '')
  if (usable.length === 0) return nothingToHide
  const forms = usable.flatMap((secret) => formsOf(secret, asItIs))
  const lowerCase = usable.map(({ name, value }) => plainForm(name, value.toLowerCase()))
  const text = (input: string): string => scrub(input, forms)
  const numbers = new Map(
    usable.filter(({ value }) => /^\d+$/.test(value)).map(({ name, value }) => [Number(value), name]),
  )
  const number = (input: number): number | string => {
    const name = numbers.get(input)
    if (name !== undefined) return mark(name)
    const digits = String(input)
    const scrubbed = text(digits)
    return scrubbed === digits ? input : scrubbed
  }
  return {
    text,
    lowerCase: (input) => scrub(text(input), lowerCase),
    json: (value) => scrubJson(value, text, number),
    bytes: (bytes) => {
      const byteForms = usable.flatMap((secret) => formsOf(secret, utf8AsLatin1))
      const before = latin1(bytes)
      const after = scrub(before, byteForms, utf8AsLatin1)
      return after === before ? bytes : Uint8Array.from(after, (character) => character.charCodeAt(0))
    },
  }
}

/** As templates show it (`runtime/expression/template.ts`). */
const mark = (name: string): string => `••• (${name})`

function scrub(text: string, forms: readonly Form[], spell = asItIs): string {
  const spans = forms.flatMap((form) => spansOf(text, form)).sort((a, b) => a.start - b.start || b.end - a.end)
  if (spans.length === 0) return text
  let result = ''
  let at = 0
  for (const { start, end, name } of spans) {
    // A span that begins inside the one before belongs to it: only its rest is cut.
    if (start >= at) result += text.slice(at, start) + spell(mark(name))
    at = Math.max(at, end)
  }
  return result + text.slice(at)
}

function spansOf(text: string, { name, pattern, standsAlone, shared }: Form): readonly Span[] {
  const spans: Span[] = []
  pattern.beginning.lastIndex = 0
  for (let found = pattern.beginning.exec(text); found !== null; found = pattern.beginning.exec(text)) {
    const end = endOfMatch(text, found.index, pattern)
    const isMatch = end !== -1 && !(standsAlone && touchesWord(text, found.index, end))
    // After a miss the search goes on one character later, so that no beginning hides another.
    pattern.beginning.lastIndex = isMatch ? end : found.index + 1
    if (isMatch) spans.push({ name, ...widened(text, found.index, end, shared) })
  }
  return spans
}

const isWord = (character: string | undefined): boolean => character !== undefined && /[A-Za-z0-9]/.test(character)
const touchesWord = (text: string, start: number, end: number): boolean => isWord(text[start - 1]) || isWord(text[end])
const isBase64 = (character: string | undefined): boolean =>
  character !== undefined && /[A-Za-z0-9+/_-]/.test(character)

function widened(text: string, start: number, end: number, shared: Form['shared']): { start: number; end: number } {
  return {
    start: shared.before && isBase64(text[start - 1]) ? start - 1 : start,
    end: shared.after && isBase64(text[end]) ? end + 1 : end,
  }
}

const plainForm = (name: string, text: string, spell = asItIs): Form => ({
  name,
  pattern: pattern(text, spell),
  standsAlone: text.length < shortLength,
  shared: unshared,
})

function formsOf({ name, value }: Hidden, spell: (text: string) => string): readonly Form[] {
  if (value.length < shortLength) return [plainForm(name, value, spell)]
  return wireForms(value).flatMap((text) => {
    const bytes = new TextEncoder().encode(text)
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    return [
      ...[text, hex, hex.toUpperCase()].map((form) => plainForm(name, form, spell)),
      ...[0, 1, 2].flatMap((offset) => base64Forms(name, bytes, offset)),
    ]
  })
}

/** The part of base64 that the secret alone decides when `offset` other bytes (modulo 3) stand before it. */
function base64Forms(name: string, bytes: Uint8Array, offset: number): readonly Form[] {
  const padded = new Uint8Array(offset + bytes.length)
  padded.set(bytes, offset)
  const whole = Math.floor((padded.length * 8) / 6)
  const core = base64(padded).slice(Math.ceil((offset * 8) / 6), whole)
  const urlSafe = core.replaceAll('+', '-').replaceAll('/', '_')
  const shared = { before: offset > 0, after: (padded.length * 8) % 6 !== 0 }
  return [...new Set([core, urlSafe])].map((text) => ({ name, pattern: pattern(text), standsAlone: false, shared }))
}

function scrubJson(
  value: unknown,
  text: (text: string) => string,
  number: (value: number) => number | string,
): unknown {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return number(value)
  if (Array.isArray(value)) return value.map((item) => scrubJson(item, text, number))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), scrubJson(item, text, number)]))
}

const asItIs = (text: string): string => text
const utf8AsLatin1 = (text: string): string => latin1(new TextEncoder().encode(text))
