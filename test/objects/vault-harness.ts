import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { type KeyState, sealingKey } from '../../runtime/objects/sealing-key.ts'
import { SecretTable } from '../../runtime/objects/secret-table.ts'
import { Vault } from '../../runtime/objects/vault.ts'

export const t0 = 1_800_000_000_000

/** The first key of these tests: 32 bytes that nothing else uses. */
export const keyA = btoa('stepwell-test-key-a-aaaaaaaaaaaa')
export const keyB = btoa('stepwell-test-key-b-bbbbbbbbbbbb')

export type VaultWorld = {
  readonly sql: SqlStorage
  /** A vault over the same rows, as after a restart with this key. */
  readonly open: (secretsKey: string | undefined) => Vault
  /** The same with a key that the test makes. */
  readonly openWith: (key: KeyState) => Vault
}

let worlds = 0

/** Gives `test` the real SQLite of an object of its own. */
export function inVault(test: (world: VaultWorld) => Promise<void>): Promise<void> {
  const stub = env.VAULT.getByName(`vault-test-${worlds++}`)
  return runInDurableObject(stub, (_instance, { storage }) => {
    const openWith = (key: Promise<KeyState>): Vault =>
      new Vault({ table: new SecretTable(storage.sql), key, now: () => t0 })
    return test({
      sql: storage.sql,
      open: (secretsKey) => openWith(sealingKey(secretsKey)),
      openWith: (key) => openWith(Promise.resolve(key)),
    })
  })
}
