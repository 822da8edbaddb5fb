import { describe, expect, it } from 'vitest'

import { type LinkSettings, linksOf } from '../../runtime/objects/links.ts'
import type { LinkHandle } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import { step } from '../support/graphs.ts'

const settings: LinkSettings = {
  SECRETS_KEY: btoa('stepwell-tests-seal-with-this-32'),
  PUBLIC_URL: 'https://flows.example',
}
const links = linksOf(settings)
const approval: LinkHandle = { link: step('approve@orders[3]'), executionId: 'ab'.repeat(32), for: 'approval' }

async function made(handle: LinkHandle, from = links): Promise<{ url: string; token: string; signature: string }> {
  const link = await from.make(handle)
  if (!link.ok) throw new Error(link.message)
  return { ...link, token: link.url.slice(link.url.lastIndexOf('/') + 1) }
}

describe('a link', () => {
  it('[TOK1] leads to the page or the address that its token opens', async () => {
    const callback: LinkHandle = { ...approval, for: 'callback' }
    const [page, address] = [await made(approval), await made(callback)]
    expect(page.url).toBe(`https://flows.example/actions/approve/${page.token}`)
    expect(address.url).toBe(`https://flows.example/actions/callback/${address.token}`)
    expect(await links.open(page.token, 'approval')).toEqual(approval)
    expect(await links.open(address.token, 'callback')).toEqual(callback)
  })

  it('[TOK1] is the same when its origin is written as an address', async () => {
    const address = linksOf({ ...settings, PUBLIC_URL: 'https://FLOWS.example:443/' })
    expect(await made(approval, address)).toEqual(await made(approval))
  })

  it('[TOK1] is the same whenever it is made, by any object of this deployment', async () => {
    expect(await made(approval, linksOf({ ...settings }))).toEqual(await made(approval))
  })

  it('[TOK1] fits a URL as it is, for the longest key of a step too', async () => {
    const link = step(`approve@${'o'.repeat(limits.stepKeyLength - 8)}`)
    const { token, signature } = await made({ ...approval, link })
    expect(encodeURIComponent(token)).toBe(token)
    expect(token.length).toBeLessThanOrEqual(limits.linkTokenLength)
    expect(token.endsWith(`.${signature}`)).toBe(true)
    expect(await links.open(token, 'approval')).toMatchObject({ link })
  })
})

describe('a token', () => {
  it('[TOK2] opens nothing for another purpose', async () => {
    const { token } = await made(approval)
    expect(await links.open(token, 'callback')).toBeNull()
  })

  it('[TOK2] opens nothing when a part of it is that of another', async () => {
    const parts = (await made(approval)).token.split('.')
    const others = await Promise.all([
      made({ ...approval, executionId: 'cd'.repeat(32) }),
      made({ ...approval, link: step('approve@orders[4]') }),
      made({ ...approval, for: 'callback' }),
    ])
    for (const other of others) {
      for (const [place, part] of other.token.split('.').entries()) {
        const mixed = parts.with(place, part).join('.')
        if (mixed === parts.join('.') || mixed === other.token) continue
        expect([mixed, await links.open(mixed, 'approval')]).toEqual([mixed, null])
      }
    }
  })

  it('[TOK2] opens nothing when any character of it is another', async () => {
    const { token } = await made(approval)
    for (let at = 0; at < token.length; at += 1) {
      for (const character of ['A', 'b', '0', '-', '_', '.', '=', '%', ' ', 'é']) {
        const altered = token.slice(0, at) + character + token.slice(at + 1)
        if (altered !== token) expect([altered, await links.open(altered, 'approval')]).toEqual([altered, null])
      }
    }
  })

  it('[TOK2] opens nothing when it is cut, longer, or none', async () => {
    const { token } = await made(approval)
    const [execution, step64, signature] = token.split('.')
    const rubbish = [
      '',
      '.',
      '..',
      token.slice(0, -1),
      `${token}A`,
      ` ${token}`,
      `${token}=`,
      `${execution}.${step64}`,
      `${execution}..${signature}`,
      `${execution}.${step64}.${'A'.repeat(43)}`,
      `${execution}.${'A'.repeat(limits.linkTokenLength)}.${signature}`,
      `${execution?.toUpperCase()}.${step64}.${signature}`,
    ]
    for (const text of rubbish) expect([text, await links.open(text, 'approval')]).toEqual([text, null])
  })

  it('[TOK2] has one spelling: bits that base64 leaves over may not be set', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const { token } = await made(approval)
    const last = alphabet.indexOf(token.at(-1) ?? '')
    const twin = token.slice(0, -1) + alphabet[last ^ 1]
    expect(await links.open(twin, 'approval')).toBeNull()
  })

  it('[TOK2] opens nothing under another key', async () => {
    const { token } = await made(approval)
    const other = linksOf({ ...settings, SECRETS_KEY: btoa('stepwell-tests-seal-with-that-32') })
    expect(await other.open(token, 'approval')).toBeNull()
  })
})

describe('without what it needs', () => {
  it.each([
    [{ PUBLIC_URL: 'https://flows.example' }, 'SECRETS_KEY is not set'],
    [{ ...settings, SECRETS_KEY: 'short' }, 'SECRETS_KEY is not 32 bytes'],
    [{ SECRETS_KEY: settings.SECRETS_KEY ?? '' }, 'PUBLIC_URL is not set'],
    [{ ...settings, PUBLIC_URL: '' }, 'PUBLIC_URL is not set'],
    [{ ...settings, PUBLIC_URL: 'flows.example' }, 'PUBLIC_URL is not the origin'],
    [{ ...settings, PUBLIC_URL: 'https://flows.example/actions' }, 'PUBLIC_URL is not the origin'],
    [{ ...settings, PUBLIC_URL: 'ftp://flows.example' }, 'PUBLIC_URL is not the origin'],
  ] as [LinkSettings, string][])('[TOK3] says what to set: %j', async (given, message) => {
    expect(await linksOf(given).make(approval)).toEqual({
      ok: false,
      message: expect.stringContaining(message) as string,
    })
  })

  it('[TOK3] opens nothing without the key', async () => {
    const { token } = await made(approval)
    expect(await linksOf({ PUBLIC_URL: 'https://flows.example' }).open(token, 'approval')).toBeNull()
  })
})
