import type { EpochMs } from '../../schemas/time.ts'
import type { EventLog } from '../storage/event-log.ts'
import { sqliteEventLog } from '../storage/sqlite-event-log.ts'
import { ObjectAlarm } from './object-alarm.ts'
import type { ObjectStorage } from './object-storage.ts'
import { transact } from './object-transaction.ts'

/** The log and the alarm of an execution's object. They are written together, and after a rollback known anew. */
export class ExecutionStorage {
  readonly log: EventLog
  readonly alarm: ObjectAlarm
  readonly #storage: ObjectStorage
  readonly #now: () => EpochMs

  constructor(storage: ObjectStorage, now: () => EpochMs) {
    this.#storage = storage
    this.#now = now
    this.alarm = new ObjectAlarm(storage)
    this.log = storage.transactionSync(() => sqliteEventLog(storage.sql))
    if (this.log.position === 0) this.alarm.isUnset()
  }

  readonly transaction = <Result>(body: () => Result): Result =>
    transact(this.#storage, { afterRollback: () => this.#afterRollback() }, body)

  readonly setAlarm = (at: EpochMs | null): void => this.alarm.set(at, this.#now())

  #afterRollback(): void {
    this.log.reload()
    this.alarm.forget()
  }
}
