import type { EpochMs } from '../../schemas/time.ts'
import type { Sql } from '../storage/sql.ts'
import { ObjectAlarm } from './object-alarm.ts'
import type { ObjectStorage } from './object-storage.ts'
import { faultOrBug, withFaults } from './storage-fault.ts'

/** What an object keeps in its SQLite, and its alarm. They are written together, and after a rollback nothing is remembered of what is gone. */
export abstract class AlarmedStorage<Kept extends { remember(): () => void; reload(): void }> {
  readonly alarm: ObjectAlarm
  protected readonly kept: Kept
  protected readonly now: () => EpochMs
  readonly #storage: ObjectStorage
  #isInDoubt = false

  constructor(storage: ObjectStorage, now: () => EpochMs, open: (sql: Sql) => Kept) {
    this.#storage = storage
    this.now = now
    this.alarm = new ObjectAlarm(storage)
    this.kept = storage.transactionSync(() => open(withFaults(storage.sql)))
  }

  readonly transaction = <Result>(body: () => Result): Result => {
    const recall = this.kept.remember()
    let isOfBody = false
    try {
      return this.#storage.transactionSync(() => {
        try {
          if (this.#isInDoubt) this.kept.reload()
          this.#isInDoubt = false
          return body()
        } catch (error) {
          isOfBody = true
          throw error
        }
      })
    } catch (error) {
      recall()
      this.alarm.forget()
      // A commit that seemed to fail may have been kept.
      this.#isInDoubt ||= !isOfBody
      throw isOfBody ? error : faultOrBug(error)
    }
  }
}
