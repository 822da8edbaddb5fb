import type { EpochMs } from '../../schemas/time.ts'
import type { Sql } from '../storage/sql.ts'
import { ObjectAlarm } from './object-alarm.ts'
import type { ObjectStorage } from './object-storage.ts'
import { transact } from './object-transaction.ts'

/** What an object keeps in its SQLite, and its alarm. They are written together, and after a rollback known anew. */
export abstract class AlarmedStorage<Kept extends { reload(): void }> {
  readonly alarm: ObjectAlarm
  protected readonly kept: Kept
  protected readonly now: () => EpochMs
  readonly #storage: ObjectStorage

  constructor(storage: ObjectStorage, now: () => EpochMs, open: (sql: Sql) => Kept) {
    this.#storage = storage
    this.now = now
    this.alarm = new ObjectAlarm(storage)
    this.kept = storage.transactionSync(() => open(storage.sql))
  }

  readonly transaction = <Result>(body: () => Result): Result =>
    transact(this.#storage, { afterRollback: () => this.#afterRollback() }, body)

  #afterRollback(): void {
    // First: what the tables hold may not be readable now, and nothing may be taken for set that is not.
    this.alarm.forget()
    this.kept.reload()
  }
}
