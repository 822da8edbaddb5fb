import { timingSafeEqual } from 'node:crypto'

import type { z } from 'zod'

import { PutSecret, type SecretItem, SecretName } from '../../schemas/api/secrets.ts'
import type { KeyState, SealingKey } from './sealing-key.ts'
import type { SecretRow, SecretTable } from './secret-table.ts'

export type VaultPorts = {
  readonly table: SecretTable
  /** The state of `SECRETS_KEY`. Without a key the vault can list and delete, and nothing else. */
  readonly key: Promise<KeyState>
  /** Epoch milliseconds. */
  readonly now: () => number
}

type Refused<Code extends string> = { readonly ok: false; readonly code: Code; readonly message: string }

/** `vault_locked`: the key is missing or malformed. */
export type PutResult = { readonly ok: true; readonly item: SecretItem } | Refused<'vault_locked' | 'secret_invalid'>

/** `secret_sealed_elsewhere`: under another key. `secret_damaged`: the row is not what was sealed. */
type Unreadable = Refused<'vault_locked' | 'secret_sealed_elsewhere' | 'secret_damaged'>

export type OpenResult =
  | {
      readonly ok: true
      readonly secrets: { readonly name: string; readonly value: string; readonly hosts: string[] }[]
    }
  | Unreadable

/** What a webhook's sender claims. `signature` and `token` are header values, null when the header is missing. */
export type VerifyCheck =
  | { readonly scheme: 'github'; readonly secret: string; readonly signature: string | null; readonly body: Uint8Array }
  | { readonly scheme: 'token'; readonly secret: string; readonly token: string | null }

export type Verdict =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly code:
        | 'secret_missing'
        | 'signature_missing'
        | 'signature_malformed'
        | 'signature_mismatch'
        | Unreadable['code']
      /** For the delivery log of the owner, not for the sender. */
      readonly reason: string
    }

/** What a secret is needed for when it checks others: keys without its text. Good only while the row with this `iv` stands. */
type Verifier = { readonly iv: ArrayBuffer; readonly hmac: CryptoKey; readonly digest: Uint8Array }

const NamedSecret = PutSecret.extend({ name: SecretName })

/** Keeps secrets sealed. Plaintext leaves only by `open`, which the egress function calls for the length of one request. */
export class Vault {
  readonly #ports: VaultPorts
  readonly #verifiers = new Map<string, Verifier>()

  constructor(ports: VaultPorts) {
    this.#ports = ports
  }

  async put(name: string, value: string, hosts: readonly string[]): Promise<PutResult> {
    const parsed = NamedSecret.safeParse({ name, value, hosts })
    if (!parsed.success) {
      // Paths and messages of the schema name what is expected, never what was given.
      const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)
      return { ok: false, code: 'secret_invalid', message: `The secret cannot be kept: ${problems.join('; ')}.` }
    }
    const state = await this.#ports.key
    if (!state.ok) return locked(state.message)
    return { ok: true, item: await this.#seal(state.key, parsed.data) }
  }

  /** Sealing awaits, so another version may be written meanwhile; then this one is sealed again as the next. */
  async #seal(key: SealingKey, { name, value, hosts }: z.infer<typeof NamedSecret>): Promise<SecretItem> {
    const { table, now } = this.#ports
    for (;;) {
      const replaced = table.get(name)
      const item = { name, hosts, version: (replaced?.version ?? 0) + 1, updatedAt: now() }
      const sealed = await key.seal(value, contextOf(item))
      if ((table.get(name)?.version ?? 0) !== item.version - 1) continue
      table.put({ ...item, kid: key.kid, sealed })
      return item
    }
  }

  list(): SecretItem[] {
    return this.#ports.table.list()
  }

  names(): string[] {
    return this.list().map(({ name }) => name)
  }

  /** False when there was none. */
  delete(name: string): boolean {
    this.#verifiers.delete(name)
    return this.#ports.table.delete(name)
  }

  /** Values of the named secrets; a name that does not exist is left out. */
  async open(names: readonly string[]): Promise<OpenResult> {
    const secrets: { name: string; value: string; hosts: string[] }[] = []
    for (const name of new Set(names)) {
      const row = this.#ports.table.get(name)
      if (row === null) continue
      const opened = await this.#unseal(row)
      if (!opened.ok) return opened
      secrets.push({ name, value: opened.value, hosts: row.hosts })
    }
    return { ok: true, secrets }
  }

  /** Checks a claim here, so that the secret need not leave. Whatever is missing or unreadable is a refusal. */
  async verify(check: VerifyCheck): Promise<Verdict> {
    const row = this.#ports.table.get(check.secret)
    if (row === null)
      return refused('secret_missing', `The secret ${check.secret} does not exist, so nothing can be verified.`)
    const found = await this.#verifier(row)
    if (!found.ok) return found
    return check.scheme === 'github' ? verifyGithub(found.verifier, check) : verifyToken(found.verifier, check.token)
  }

  async #verifier(row: SecretRow): Promise<{ ok: true; verifier: Verifier } | Extract<Verdict, { ok: false }>> {
    const known = this.#verifiers.get(row.name)
    if (known !== undefined && sameBytes(known.iv, row.sealed.iv)) return { ok: true, verifier: known }
    const opened = await this.#unseal(row)
    if (!opened.ok) return refused(opened.code, opened.message)
    if (opened.value === '')
      return refused('secret_missing', `The secret ${row.name} is empty, so nothing can be verified.`)
    const bytes = new TextEncoder().encode(opened.value)
    const verifier = {
      iv: row.sealed.iv,
      hmac: await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']),
      digest: new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)),
    }
    this.#verifiers.set(row.name, verifier)
    return { ok: true, verifier }
  }

  async #unseal(row: SecretRow): Promise<{ ok: true; value: string } | Unreadable> {
    const state = await this.#ports.key
    if (!state.ok) return locked(state.message)
    if (row.kid !== state.key.kid) {
      const message = `The secret ${row.name} was sealed under another SECRETS_KEY (${row.kid}, now ${state.key.kid}). Start with that key, or put the secret again.`
      return { ok: false, code: 'secret_sealed_elsewhere', message }
    }
    const value = await state.key.open(row.sealed, contextOf(row))
    if (value !== null) return { ok: true, value }
    return {
      ok: false,
      code: 'secret_damaged',
      message: `The secret ${row.name} cannot be opened: its row was changed. Put it again.`,
    }
  }
}

/** Bound into the seal: a row whose name, version or hosts are changed, or exchanged with another row's, does not open. */
const contextOf = ({ name, version, hosts }: Pick<SecretItem, 'name' | 'version' | 'hosts'>): string =>
  JSON.stringify(['secret', name, version, hosts])

const locked = (message: string): Refused<'vault_locked'> => ({ ok: false, code: 'vault_locked', message })

type Rejected = Extract<Verdict, { ok: false }>
const refused = (code: Rejected['code'], reason: string): Rejected => ({ ok: false, code, reason })

async function verifyGithub(
  { hmac }: Verifier,
  { signature, body }: Extract<VerifyCheck, { scheme: 'github' }>,
): Promise<Verdict> {
  if (signature === null || signature === '')
    return refused('signature_missing', 'The request carries no X-Hub-Signature-256.')
  const [, digits] = /^sha256=([0-9a-f]{64})$/i.exec(signature) ?? []
  if (digits === undefined)
    return refused('signature_malformed', 'X-Hub-Signature-256 is not sha256= with 64 hexadecimal digits.')
  const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  if (await crypto.subtle.verify('HMAC', hmac, bytes, body)) return { ok: true }
  return refused('signature_mismatch', 'X-Hub-Signature-256 does not fit the body and the secret.')
}

/** Digests are compared: they have one length whatever was sent, which `timingSafeEqual` requires. */
async function verifyToken({ digest }: Verifier, token: string | null): Promise<Verdict> {
  if (token === null || token === '') return refused('signature_missing', 'The request carries no token.')
  const given = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)))
  return timingSafeEqual(given, digest) ? { ok: true } : refused('signature_mismatch', 'The token is not the secret.')
}

function sameBytes(a: ArrayBuffer, b: ArrayBuffer): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(new Uint8Array(a), new Uint8Array(b))
}
