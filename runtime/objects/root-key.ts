/** The key that all others are derived from. Nobody can read it back, not even this program. */
export type RootKey =
  | { readonly ok: true; readonly material: CryptoKey }
  | { readonly ok: false; readonly message: string }

export const keyBytes = 32
export const bitsPerByte = 8

/** Reads `SECRETS_KEY` (32 bytes in base64). What is wrong with it is told without repeating it. */
export async function rootKey(secretsKey: string | undefined): Promise<RootKey> {
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
  return { ok: true, material: await crypto.subtle.importKey('raw', root, 'HKDF', false, ['deriveKey', 'deriveBits']) }
}

/** Each purpose has a key of its own, so that one can never be used to undo the other. */
export const derivation = (purpose: string) => ({
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
