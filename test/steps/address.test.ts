import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { privateAddress } from '../../runtime/steps/address.ts'
import { checkTarget } from '../../runtime/steps/target.ts'
import { failed, perform } from './perform.ts'

const hostOf = (url: string): string => new URL(url).hostname

const privateUrls = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://0/',
  'http://0.0.0.0/',
  'http://127.0.0.1./',
  'http://①②⑦.0.0.1/',
  'http://10.1.2.3/',
  'http://100.64.0.1/',
  'http://100.127.255.255/',
  'http://169.254.169.254/latest/meta-data/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.0.0.192/',
  'http://192.0.2.1/',
  'http://192.88.99.1/',
  'http://192.168.0.1/',
  'http://198.18.0.1/',
  'http://198.51.100.1/',
  'http://203.0.113.1/',
  'http://224.0.0.1/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  'http://[::]/',
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::7f00:1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:8.8.8.8]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b::8.8.8.8]/',
  'http://[64:ff9b:1::1]/',
  'http://[100::1]/',
  'http://[2001::1]/',
  'http://[2001:2::1]/',
  'http://[2001:10::1]/',
  'http://[2001:2f::1]/',
  'http://[2001:db8::1]/',
  'http://[2002:7f00:1::]/',
  'http://[3fff::1]/',
  'http://[5f00::1]/',
  'http://[4000::1]/',
  'http://[fc00::1]/',
  'http://[fd12:3456::1]/',
  'http://[fe80::1]/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
  'http://localhost/',
  'http://LOCALHOST./',
  'http://a.b.localhost/',
  'http://printer.local/',
  'http://metadata.google.internal/',
  'http://router.home.arpa/',
  'http://redis:6379/',
]

const publicUrls = [
  'http://1.1.1.1/',
  'http://9.255.255.255/',
  'http://11.0.0.0/',
  'http://100.63.255.255/',
  'http://100.128.0.0/',
  'http://172.15.255.255/',
  'http://172.32.0.0/',
  'http://192.0.1.0/',
  'http://223.255.255.255/',
  'http://[2606:4700:4700::1111]/',
  'http://[2001:4860:4860::8888]/',
  'http://[2003::1]/',
  'http://api.example.com/',
  'http://api.example.com./',
  'http://localhost.example.com/',
  'http://mylocalhost.com/',
  'http://internal.example.com/',
  'http://10.0.0.1.nip.example/',
]

describe('addresses', () => {
  it.each(privateUrls)('[HTTP10] %s is not on the public internet', (url) => {
    expect(privateAddress(hostOf(url))).toEqual(expect.any(String))
    expect(checkTarget(url, false)).toMatchObject({ ok: false, retryable: false, failure: { code: 'address_refused' } })
    expect(checkTarget(url, true)).toMatchObject({ ok: true })
  })

  it.each(publicUrls)('[HTTP10] %s may be', (url) => {
    expect(privateAddress(hostOf(url))).toBeNull()
  })

  it('[HTTP10] says why, with the document', () => {
    expect(privateAddress('169.254.169.254')).toBe('the local link (RFC 3927)')
    expect(privateAddress('[::ffff:a00:1]')).toBe('IPv4 mapped into IPv6 (RFC 4291)')
  })

  const octet = fc.nat(255)
  const blocks: readonly [string, fc.Arbitrary<readonly number[]>][] = [
    ['10/8', fc.tuple(fc.constant(10), octet, octet, octet)],
    ['127/8', fc.tuple(fc.constant(127), octet, octet, octet)],
    ['172.16/12', fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet)],
    ['192.168/16', fc.tuple(fc.constant(192), fc.constant(168), octet, octet)],
    ['100.64/10', fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet)],
    ['224/3', fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet)],
  ]
  it.each(blocks)('[HTTP10] no spelling of an address in %s gets through', (_block, addresses) => {
    fc.assert(
      fc.property(addresses, (octets) => {
        const [a = 0, b = 0, c = 0, d = 0] = octets
        const value = ((a * 256 + b) * 256 + c) * 256 + d
        const hex = value.toString(16)
        const spellings = [
          octets.join('.'),
          `${value}`,
          `0x${hex}`,
          `0${value.toString(8)}`,
          octets.map((part) => `0x${part.toString(16)}`).join('.'),
          octets.map((part) => `0${part.toString(8)}`).join('.'),
          `${a}.${b}.${c * 256 + d}`,
          `[::ffff:${octets.join('.')}]`,
          `[64:ff9b::${octets.join('.')}]`,
          `[2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::]`,
          `[::${octets.join('.')}]`,
        ]
        for (const host of spellings) expect(privateAddress(hostOf(`http://${host}/`)), host).not.toBeNull()
      }),
    )
  })

  it('[HTTP10] agrees with a plain reading of the octets', () => {
    const isPrivate = ([a = 0, b = 0, c = 0]: readonly number[]): boolean =>
      [0, 10, 127].includes(a) ||
      a >= 224 ||
      (a === 100 && b >= 64 && b < 128) ||
      (a === 169 && b === 254) ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)) || (b === 88 && c === 99))) ||
      (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) ||
      (a === 203 && b === 0 && c === 113)
    const near = fc.oneof(
      octet,
      fc.constantFrom(0, 2, 10, 16, 18, 31, 51, 64, 88, 99, 100, 113, 127, 168, 169, 172, 192, 198, 203, 254),
    )
    fc.assert(
      fc.property(fc.tuple(near, near, near, near), (octets) => {
        expect(privateAddress(octets.join('.')) !== null).toBe(isPrivate(octets))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('URLs', () => {
  it.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'data:application/json,{}',
    'javascript:alert(1)',
    'blob:https://example.com/1',
    'wss://example.com/',
  ])('[HTTP11] refuses the scheme of %s', async (url) => {
    expect(failed(await perform({ url }))).toMatchObject({ retryable: false, failure: { code: 'url_invalid' } })
  })

  it.each(['/relative', 'example.com', 'https://', 'https://exa mple.com/', 'http://1.2.3.4.5/', 'http://[::1'])(
    '[HTTP11] refuses %j, which cannot be read',
    async (url) => {
      expect(failed(await perform({ url })).failure.code).toBe('url_invalid')
    },
  )

  it.each(['https://user@example.com/', 'https://user:pass@example.com/', 'https://:pass@example.com/'])(
    '[HTTP11] refuses the credentials in %s, and does not repeat them',
    async (url) => {
      const { failure } = failed(await perform({ url }))
      expect(failure.code).toBe('url_invalid')
      expect(failure.message).not.toContain('pass@')
    },
  )

  it('[HTTP11] refuses a URL that its query makes too long', async () => {
    const outcome = failed(await perform({ url: 'https://example.com/', query: { q: 'x'.repeat(9_000) } }))
    expect(outcome.failure.code).toBe('url_invalid')
  })

  it('[HTTP10] refuses before anything is sent', async () => {
    let calls = 0
    const fetch = async () => {
      calls++
      return new Response()
    }
    const outcome = failed(await perform({ url: 'http://169.254.169.254/' }, { fetch, allowPrivateNetwork: false }))
    expect({ calls, code: outcome.failure.code }).toEqual({ calls: 0, code: 'address_refused' })
  })
})
