import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { redactor } from '../../runtime/steps/redact.ts'

const mark = '••• (secret key)'
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8')
const redact = (value: string) => redactor([{ name: 'secret key', value }])

/** Every spelling that the rules promise to find. */
const spellings: Record<string, (value: string) => string> = {
  raw: (value) => value,
  'percent-encoded': (value) => encodeURIComponent(value),
  'percent-encoded as a form': (value) => new URLSearchParams({ a: value }).toString().slice(2),
  'percent-encoded in a path': (value) => encodeURI(value),
  'percent-encoded, every byte': (value) => utf8(value).toString('hex').replace(/../g, '%$&'),
  'percent-encoded, every byte, capitals': (value) => utf8(value).toString('hex').toUpperCase().replace(/../g, '%$&'),
  'in JSON': (value) => JSON.stringify(value).slice(1, -1),
  'in JSON, ASCII only': (value) =>
    value.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'in HTML': (value) =>
    value
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
  'in hex': (value) => utf8(value).toString('hex'),
  'in hex, capitals': (value) => utf8(value).toString('hex').toUpperCase(),
  'in base64': (value) => utf8(value).toString('base64'),
  'in base64 for URLs': (value) => utf8(value).toString('base64url'),
}

const wellFormed = fc.string({ unit: 'grapheme', minLength: 4, maxLength: 40 }).filter((value) => value.isWellFormed())
const plain = fc.string({ unit: fc.constantFrom(...'0123456789-_.:,; '), maxLength: 20 })
/** Values with letters, which the plain surroundings cannot complete by accident. */
const secretValue = fc.oneof(
  wellFormed,
  fc.string({
    unit: fc.constantFrom('a', 'Z', '%', '2', '5', '\\', 'u', '"', '/', '+', ' ', '=', '&', 'ü', '✓', '😀'),
    minLength: 4,
  }),
)

describe('redacting', () => {
  it.each(Object.entries(spellings))('[HTTP71] finds a secret %s', (_how, spell) => {
    fc.assert(
      fc.property(secretValue, plain, plain, (value, before, after) => {
        const text = `${before}|${spell(value)}|${after}`
        const scrubbed = redact(value).text(text)
        expect(scrubbed).toContain(mark)
        expect(scrubbed).toContain(`${before}|`)
        expect(scrubbed.endsWith(`|${after}`)).toBe(true)
        expect(scrubbed.replaceAll(mark, '').length).toBeLessThanOrEqual(before.length + after.length + 4)
      }),
    )
  })

  it('[HTTP71] finds a secret in the whole request as it was sent, encoded once more', () => {
    const wired = ['raw', 'in JSON', 'percent-encoded', 'percent-encoded as a form'] as const
    const again = [
      'in JSON',
      'percent-encoded',
      'in hex',
      'in hex, capitals',
      'in base64',
      'in base64 for URLs',
    ] as const
    fc.assert(
      fc.property(
        secretValue,
        fc.constantFrom(...wired),
        fc.constantFrom(...again),
        plain,
        (value, sent, by, before) => {
          const request = `${before}${spellings[sent]?.(value)}}`
          const scrub = redact(value)
          const text = spellings[by]?.(request) ?? ''
          expect(scrub.text(text)).toContain(mark)
          expect(Buffer.from(scrub.bytes(utf8(text))).toString()).toContain(mark)
        },
      ),
    )
  })

  it('[HTTP71] finds a secret in base64 whatever stands before and after it', () => {
    const bytes = fc.uint8Array({ maxLength: 9 })
    fc.assert(
      fc.property(
        secretValue,
        bytes,
        bytes,
        fc.constantFrom('base64' as const, 'base64url' as const),
        (value, before, after, alphabet) => {
          const whole = Buffer.concat([before, utf8(value), after])
          const scrubbed = redact(value).text(whole.toString(alphabet))
          expect(scrubbed).toContain(mark)
          // What is left is no more than the bytes before and after, and the padding of the last character.
          const rest = scrubbed.replaceAll(mark, '')
          expect(rest.replaceAll('=', '').length * 6).toBeLessThan((before.length + after.length) * 8 + 6)
        },
      ),
    )
  })

  it('[HTTP71] finds any mixture of spellings', () => {
    const mixed = fc.tuple(secretValue, fc.infiniteStream(fc.nat(3)))
    fc.assert(
      fc.property(mixed, ([value, choices]) => {
        const ways = [
          spellings['raw'],
          spellings['percent-encoded, every byte'],
          spellings['in JSON, ASCII only'],
          spellings['in JSON'],
        ]
        const text = Array.from(value, (character) => ways[choices.next().value]?.(character)).join('')
        expect(redact(value).text(`<${text}>`)).toBe(`<${mark}>`)
      }),
    )
  })

  it('[HTTP71] leaves a text without the secret as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '%', '\\', ' '), maxLength: 200 }), (text) => {
        expect(redact('the-secret').text(text)).toBe(text)
      }),
    )
  })

  it('[HTTP71] finds secrets that overlap, contain each other or repeat', () => {
    const both = redactor([
      { name: 'secret long', value: 'abcdefgh' },
      { name: 'secret short', value: 'efgh' },
      { name: 'secret next', value: 'ghijkl' },
    ])
    expect(both.text('1 abcdefgh 2')).toBe('1 ••• (secret long) 2')
    expect(both.text('1 efgh 2 efgh')).toBe('1 ••• (secret short) 2 ••• (secret short)')
    expect(both.text('1 abcdefghijkl 2')).toBe('1 ••• (secret long) 2')
    expect(redact('aaaa').text('aaaaaaaab')).toBe(`${mark}${mark}b`)
    expect(redact('abab').text('aabab')).toBe(`a${mark}`)
  })

  it('[HTTP72] finds values of less than four characters only where they stand alone', () => {
    const { text, json, bytes } = redact('x1')
    expect(text('x1 ax1 x1b x1=x1,"x1"')).toBe(`${mark} ax1 x1b ${mark}=${mark},"${mark}"`)
    expect(json(['x1', { x1: 'max1' }])).toEqual([mark, { [mark]: 'max1' }])
    expect(Buffer.from(bytes(utf8('a x1'))).toString()).toBe(`a ${mark}`)
    expect(text(utf8('x1').toString('hex'))).toBe('7831')
  })

  it('[HTTP72] an empty value hides nothing', () => {
    expect(redact('').text('text')).toBe('text')
  })

  it('[HTTP73] goes through JSON: strings, keys, numbers, at every depth', () => {
    const { json } = redact('12345678')
    const value = { a: ['12345678', 12345678, 123456789, 1.5, true, null], '12345678': { deep: 'x12345678y' } }
    expect(json(value)).toEqual({
      a: [mark, mark, `${mark}9`, 1.5, true, null],
      [mark]: { deep: `x${mark}y` },
    })
  })

  it('[HTTP73] keeps JSON without secrets equal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(redact('no-such-secret').json(value)).toEqual(value)
      }),
    )
  })

  it('[HTTP73] goes through bytes, in UTF-8 between bytes that are no text', () => {
    fc.assert(
      fc.property(secretValue, fc.uint8Array(), (value, rest) => {
        const whole = Buffer.concat([rest, Buffer.from([0]), utf8(value), Buffer.from([0]), rest])
        const scrubbed = Buffer.from(redact(value).bytes(whole))
        expect(scrubbed.includes(utf8(value))).toBe(false)
        expect(scrubbed.includes(utf8(mark))).toBe(true)
      }),
    )
  })

  it('[HTTP73] stays fast on a long text and a long secret', () => {
    let state = 1
    const value = Array.from({ length: 16_384 }, () => {
      state = (state * 48_271) % 2_147_483_647
      return String.fromCharCode(97 + (state % 26))
    }).join('')
    const text = `${value.slice(0, -1)}#`.repeat(60)
    const startedAt = performance.now()
    expect(redact(value).text(`${text}${encodeURIComponent(value)}`)).toBe(`${text}${mark}`)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})
