import type { LinkHandle } from '../../schemas/execution-events.ts'
import { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { base64 } from '../steps/base64.ts'
import type { Link, MakeLink } from '../steps/step-runner.ts'
import { bitsPerByte, derivation, keyBytes, rootKey } from './root-key.ts'

/** Makes the links by which waits are answered, and opens the tokens in them. Nothing of it is stored: the signature is all there is. */
export type Links = {
  readonly make: MakeLink
  /** What the token is for; null when this server did not make it for that purpose. */
  readonly open: (token: string, what: LinkHandle['for']) => Promise<LinkHandle | null>
}

export type LinkSettings = {
  /** 32 bytes in base64. */
  readonly SECRETS_KEY?: string
  /** The origin by which others reach this server. */
  readonly PUBLIC_URL?: string
}

export function linksOf({ SECRETS_KEY, PUBLIC_URL }: LinkSettings): Links {
  return {
    make: async (handle) => {
      const key = await signingKey(SECRETS_KEY)
      if (!key.ok) return key
      const origin = publicOrigin(PUBLIC_URL)
      if (origin === null) return withoutOrigin(PUBLIC_URL)
      const signature = base64url(await crypto.subtle.sign('HMAC', key.key, messageOf(handle)))
      const token = [handle.executionId, base64url(utf8(handle.link)), signature].join('.')
      return { ok: true, url: `${origin}${pathOf[handle.for]}${token}`, signature }
    },
    open: async (token, what) => {
      const claim = claimOf(token, what)
      if (claim === null) return null
      const key = await signingKey(SECRETS_KEY)
      if (!key.ok) return null
      // Compares in constant time, and lets no length pass but that of a signature.
      const isOurs = await crypto.subtle.verify('HMAC', key.key, claim.signature, messageOf(claim.handle))
      return isOurs ? claim.handle : null
    },
  }
}

/** The origin that `PUBLIC_URL` stands for; null when it is none, or more than that. */
export function publicOrigin(text: string | undefined): string | null {
  if (text === undefined || !/^https?:/.test(text) || !URL.canParse(text)) return null
  const { origin, href } = new URL(text)
  return href === `${origin}/` ? origin : null
}

function withoutOrigin(text: string | undefined): Link {
  const what = text === undefined || text === '' ? 'is not set' : 'is not the origin of a server'
  const mend = 'Set it to the origin by which others reach this server, for example https://flows.example.'
  return { ok: false, message: `PUBLIC_URL ${what}, so nobody could follow a link. ${mend}` }
}

const pathOf = { approval: '/actions/approve/', callback: '/actions/callback/' } as const

async function signingKey(
  secretsKey: string | undefined,
): Promise<{ readonly ok: true; readonly key: CryptoKey } | { readonly ok: false; readonly message: string }> {
  const root = await rootKey(secretsKey)
  if (!root.ok) return root
  const algorithm = { name: 'HMAC', hash: 'SHA-256', length: keyBytes * bitsPerByte }
  const derived = derivation('stepwell link signing 1')
  return { ok: true, key: await crypto.subtle.deriveKey(derived, root.material, algorithm, false, ['sign', 'verify']) }
}

/** All that a link is good for. As JSON, no part of it can pass for another. */
const messageOf = ({ for: what, executionId, link }: LinkHandle): Uint8Array =>
  utf8(JSON.stringify([what, executionId, link]))

const TOKEN = /^([0-9a-f]{64})\.([\w-]+)\.([\w-]{43})$/

/** What a token says, before anything shows that it is true. */
function claimOf(token: string, what: LinkHandle['for']): { handle: LinkHandle; signature: Uint8Array } | null {
  if (token.length > limits.linkTokenLength) return null
  const [, executionId, encodedStep = '', encodedSignature = ''] = TOKEN.exec(token) ?? []
  const step = decoded(encodedStep)
  const signature = decoded(encodedSignature)
  if (executionId === undefined || step === null || signature === null) return null
  const link = StepKey.safeParse(new TextDecoder().decode(step))
  return link.success ? { handle: { link: link.data, executionId, for: what }, signature } : null
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const base64url = (bytes: ArrayBuffer | Uint8Array): string =>
  base64(new Uint8Array(bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** Null unless it is how `base64url` writes these bytes: a token has one spelling. */
function decoded(text: string): Uint8Array | null {
  if (text.length % 4 === 1) return null
  const characters = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(characters, (character) => character.charCodeAt(0))
  return base64url(bytes) === text ? bytes : null
}
