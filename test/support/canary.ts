import { randomBytes } from 'node:crypto'

/** A random secret, and the part of it that no encoding of ours could leave unrecognisable by accident. */
export type Canary = { readonly name: string; readonly value: string; readonly core: string }

/** `around` puts characters before and after the random part, so that URLs, JSON and base64 each write the secret differently. */
export function canary(name: string, around: readonly [before: string, after: string] = ['', '']): Canary {
  const core = randomBytes(18).toString('base64').replaceAll(/[+/]/g, 'q')
  return { name, value: `${around[0]}${core}${around[1]}`, core }
}

export type NamedText = { readonly name: string; readonly text: string }

/** The spellings in which a text may lie around, each by a name. */
export function spellingsOf(text: string): ReadonlyMap<string, string> {
  const bytes = [...Buffer.from(text)]
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'))
  const plain: [string, string][] = [
    ['raw', text],
    ['lower case', text.toLowerCase()],
    ['upper case', text.toUpperCase()],
    ['UTF-16', Buffer.from(text, 'utf16le').toString('latin1')],
    ['hex', hex.join('')],
    ['upper hex', hex.join('').toUpperCase()],
    ['percent', hex.map((digits) => `%${digits}`).join('')],
    ['upper percent', hex.map((digits) => `%${digits.toUpperCase()}`).join('')],
    ['\\u', hex.map((digits) => `\\u00${digits}`).join('')],
    ['entities', bytes.map((byte) => `&#${byte};`).join('')],
    ...base64Spellings(text),
  ]
  const twice = plain.flatMap(([name, spelling]) =>
    base64Spellings(spelling).map(([by, inner]): [string, string] => [`${name}, ${by}`, inner]),
  )
  return new Map([...plain, ...twice])
}

/** The characters of base64 that the text alone decides, for each place it may have among groups of three bytes. */
function base64Spellings(text: string): [string, string][] {
  return [0, 1, 2].flatMap((offset): [string, string][] => {
    const bytes = Buffer.from(`${'.'.repeat(offset)}${text}`, 'latin1')
    const digits = bytes.toString('base64').replace(/=+$/, '')
    const own = digits.slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6))
    return [
      [`base64 at ${offset}`, own],
      [`base64url at ${offset}`, own.replaceAll('+', '-').replaceAll('/', '_')],
    ]
  })
}

/** Finds canaries in any spelling. */
export class CanaryScan {
  readonly #needles: readonly { readonly label: string; readonly text: string }[]

  constructor(canaries: readonly Canary[]) {
    this.#needles = canaries.flatMap(({ name, core }) =>
      [...spellingsOf(core)].map(([spelling, text]) => ({ label: `${name} (${spelling})`, text })),
    )
  }

  /** What was found in a text, or in bytes read as latin1. */
  hits(text: string): string[] {
    return this.#needles.filter((needle) => text.includes(needle.text)).map(({ label }) => label)
  }

  /** The first thing that was found in each text, with what stands round it. */
  firstHits(texts: readonly NamedText[]): string[] {
    return texts.flatMap(({ name, text }) => {
      const needle = this.#needles.find((one) => text.includes(one.text))
      if (needle === undefined) return []
      const at = text.indexOf(needle.text)
      return [`${needle.label} in ${name}: ${text.slice(Math.max(0, at - 100), at + needle.text.length + 40)}`]
    })
  }
}
