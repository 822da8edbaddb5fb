import type { SecretItem } from '../../schemas/api/secrets.ts'
import type { Sql } from '../storage/sql.ts'
import type { Sealed } from './sealing-key.ts'

/** One version of a secret as it lies on the disk: nothing of its value can be read from it. */
export type SecretRow = SecretItem & { readonly kid: string; readonly sealed: Sealed }

type ItemColumns = { name: string; version: number; hosts: string; updated_at: number }
type Columns = ItemColumns & { kid: string; iv: ArrayBuffer; sealed: ArrayBuffer }

/** The vault's rows. Synchronous; the vault decides and writes without an `await` between. */
export class SecretTable {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  list(): SecretItem[] {
    return this.#sql
      .exec<ItemColumns>('SELECT name, version, hosts, updated_at FROM secrets ORDER BY name')
      .toArray()
      .map(itemOf)
  }

  get(name: string): SecretRow | null {
    const [row] = this.#sql.exec<Columns>('SELECT * FROM secrets WHERE name = ?', name).toArray()
    if (row === undefined) return null
    return { ...itemOf(row), kid: row.kid, sealed: { iv: row.iv, bytes: row.sealed } }
  }

  put({ name, version, hosts, kid, sealed, updatedAt }: SecretRow): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO secrets (name, version, hosts, kid, iv, sealed, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      name,
      version,
      JSON.stringify(hosts),
      kid,
      sealed.iv,
      sealed.bytes,
      updatedAt,
    )
  }

  delete(name: string): boolean {
    return this.#sql.exec('DELETE FROM secrets WHERE name = ? RETURNING name', name).toArray().length > 0
  }
}

const itemOf = ({ name, version, hosts, updated_at }: ItemColumns): SecretItem => ({
  name,
  version,
  hosts: JSON.parse(hosts),
  updatedAt: updated_at,
})
