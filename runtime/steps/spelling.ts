/** Every way in which one character of a text may come back: raw, percent-encoded, JSON-escaped, HTML-escaped. */
function spellings(character: string): readonly string[] {
  const known = knownSpellings.get(character)
  if (known !== undefined) return known
  const all = spell(character)
  // Most secrets, and all of their base64 and hex, are ASCII: the table ends at 128 entries.
  if (character < '\u0080') knownSpellings.set(character, all)
  return all
}

const knownSpellings = new Map<string, readonly string[]>()

function spell(character: string): readonly string[] {
  const bytes = [...new TextEncoder().encode(character)].map((byte) => byte.toString(16).padStart(2, '0'))
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'))
  const codePoint = character.codePointAt(0) ?? 0
  const hexadecimal = [
    bytes.map((byte) => `%${byte}`).join(''),
    // A URL inside the query of another URL is encoded twice.
    bytes.map((byte) => `%25${byte}`).join(''),
    units.map((unit) => `\\u${unit}`).join(''),
    `&#x${codePoint.toString(16)};`,
  ]
  const all = [
    ...(named[character] ?? []),
    ...hexadecimal.flatMap((text) => [text, upperDigits(text)]),
    `&#${codePoint};`,
    character,
  ]
  return [...new Set(all)]
}

const named: Readonly<Record<string, readonly string[]>> = {
  ' ': ['+'],
  '"': ['\\"', '&quot;'],
  '\\': ['\\\\'],
  '/': ['\\/'],
  '\b': ['\\b'],
  '\f': ['\\f'],
  '\n': ['\\n'],
  '\r': ['\\r'],
  '\t': ['\\t'],
  '&': ['&amp;'],
  '<': ['&lt;'],
  '>': ['&gt;'],
  "'": ["\\'", '&apos;', '&#039;'],
}

/** `%c3` to `%C3`, and `\u00e9` to `\u00E9`: the letters that are digits, not the sign of the escape. */
const upperDigits = (escaped: string): string =>
  escaped.replace(/(\\u|&#x|%)([0-9a-f]+)/g, (_, sign, digits) => sign + digits.toUpperCase())

/**
 * The texts that a value may be sent as: itself, inside JSON, and as each part of a URL or a form writes
 * it. Who has the request as it went over the wire, a log or a proxy, may encode that whole once more.
 */
export function wireForms(value: string): readonly string[] {
  const text = value.toWellFormed()
  const url = new URL('http://host/')
  url.pathname = `/${text}`
  url.search = text
  const forms = [
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    new URLSearchParams([['', text]]).toString().slice(1),
    url.pathname.slice(1),
    url.search.slice(1),
  ]
  // A path that is walked up (`..`) is no spelling of the value any more, and its rest may be anything.
  return [...new Set([value, ...forms.filter((form) => form.length >= value.length)])]
}

/** A text to be found in any mixture of spellings. */
export type Pattern = {
  readonly characters: readonly (readonly string[])[]
  /** Finds where the first few characters stand, in native code; `endOfMatch` then looks at all of them. */
  readonly beginning: RegExp
}

const beginningLength = 4

/** `write` puts each spelling into the alphabet of what is searched. */
export function pattern(text: string, write = (spelling: string): string => spelling): Pattern {
  const characters = Array.from(text, (character) => spellings(character).map(write))
  const beginning = characters
    .slice(0, beginningLength)
    .map((options) => `(?:${options.map(escapeRegExp).join('|')})`)
    .join('')
  return { characters, beginning: new RegExp(beginning, 'g') }
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/**
 * Where the pattern, starting at `start`, ends in `text`; -1 when it does not stand there. All ends
 * are followed side by side, because a `%` may be itself or the beginning of an escape.
 */
export function endOfMatch(text: string, start: number, { characters }: Pattern): number {
  let ends = [start]
  for (const options of characters) {
    const next: number[] = []
    for (const at of ends) {
      for (const option of options) {
        const end = at + option.length
        if (text.startsWith(option, at) && !next.includes(end)) next.push(end)
      }
    }
    if (next.length === 0) return -1
    ends = next
  }
  return Math.max(...ends)
}
