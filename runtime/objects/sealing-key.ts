import { bitsPerByte, derivation, keyBytes, rootKey } from './root-key.ts'

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

const ivBytes = 12
const kidBytes = 4

export async function sealingKey(secretsKey: string | undefined): Promise<KeyState> {
  const root = await rootKey(secretsKey)
  if (!root.ok) return root
  const { material } = root
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

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
