/** Seals texts under a key that nobody can read back, not even this program. */
export type SealingKey = {
  /** Names the key without telling anything about it: a row sealed under another key is recognised as such. */
  readonly kid: string
  readonly seal: (text: string, context: string) => Promise<Sealed>
  /** Null when the bytes, the context or the key are not those that were sealed. */
  readonly open: (sealed: Sealed, context: string) => Promise<string | null>
}

export type Sealed = { readonly iv: ArrayBuffer; readonly bytes: ArrayBuffer }

export type KeyState =
  | { readonly ok: true; readonly key: SealingKey }
  | { readonly ok: false; readonly message: string }

const keyBytes = 32
const ivBytes = 12
const kidBytes = 4
const bitsPerByte = 8

/** Reads `SECRETS_KEY` (32 bytes in base64). What is wrong with it is told without repeating it. */
export async function sealingKey(secretsKey: string | undefined): Promise<KeyState> {
  if (secretsKey === undefined || secretsKey === '') {
    return { ok: false, message: 'SECRETS_KEY is not set. Start the server with 32 random bytes in base64.' }
  }
  const root = decoded(secretsKey)
  if (root?.length !== keyBytes) {
    return {
      ok: false,
      message: `SECRETS_KEY is not ${keyBytes} bytes in base64. Generate it with: openssl rand -base64 32`,
    }
  }
  const material = await crypto.subtle.importKey('raw', root, 'HKDF', false, ['deriveKey', 'deriveBits'])
  const kid = await crypto.subtle.deriveBits(derivation('stepwell secret key id 1'), material, kidBytes * bitsPerByte)
  const aes = await crypto.subtle.deriveKey(
    derivation('stepwell secret sealing 1'),
    material,
    { name: 'AES-GCM', length: keyBytes * bitsPerByte },
    false,
    ['encrypt', 'decrypt'],
  )
  return { ok: true, key: aesGcm(aes, hex(kid)) }
}

function aesGcm(aes: CryptoKey, kid: string): SealingKey {
  const parameters = (iv: ArrayBuffer, context: string) => ({
    name: 'AES-GCM',
    iv,
    additionalData: new TextEncoder().encode(context),
  })
  return {
    kid,
    seal: async (text, context) => {
      const iv = crypto.getRandomValues(new Uint8Array(ivBytes)).buffer
      return { iv, bytes: await crypto.subtle.encrypt(parameters(iv, context), aes, new TextEncoder().encode(text)) }
    },
    open: async ({ iv, bytes }, context) => {
      try {
        return new TextDecoder().decode(await crypto.subtle.decrypt(parameters(iv, context), aes, bytes))
      } catch {
        // GCM gives one error for every kind of damage and tampering, and that is all there is to know.
        return null
      }
    },
  }
}

/** Each purpose has a key of its own, so that one can never be used to undo the other. */
const derivation = (purpose: string) => ({
  name: 'HKDF',
  hash: 'SHA-256',
  salt: new Uint8Array(),
  info: new TextEncoder().encode(purpose),
})

function decoded(base64: string): Uint8Array | null {
  const text = base64.trim()
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) return null
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
