import { DurableObject } from 'cloudflare:workers'

import { vaultMigrations } from '../../migrations/vault/index.ts'
import type { SecretItem } from '../../schemas/api/secrets.ts'
import { migrate } from '../storage/migrate.ts'
import { sealingKey } from './sealing-key.ts'
import { SecretTable } from './secret-table.ts'
import { type OpenResult, type PutResult, Vault, type Verdict, type VerifyCheck } from './vault.ts'

/** The vault as an object of the platform. There is one; `vaultOf` finds it. */
export class VaultObject extends DurableObject<Env> {
  readonly #vault: Vault

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    state.storage.transactionSync(() => migrate(state.storage.sql, vaultMigrations))
    this.#vault = new Vault({
      table: new SecretTable(state.storage.sql),
      key: sealingKey(env.SECRETS_KEY),
      now: () => Date.now(),
    })
  }

  put(name: string, value: string, hosts: readonly string[]): Promise<PutResult> {
    return this.#vault.put(name, value, hosts)
  }

  list(): SecretItem[] {
    return this.#vault.list()
  }

  names(): string[] {
    return this.#vault.names()
  }

  delete(name: string): boolean {
    return this.#vault.delete(name)
  }

  open(names: readonly string[]): Promise<OpenResult> {
    return this.#vault.open(names)
  }

  verify(check: VerifyCheck): Promise<Verdict> {
    return this.#vault.verify(check)
  }
}
