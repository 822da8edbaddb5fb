import type { EpochMs } from '../../schemas/time.ts'
import { ProjectStore } from '../storage/project-store.ts'
import { ObjectAlarm } from './object-alarm.ts'
import type { ObjectStorage } from './object-storage.ts'
import { transact } from './object-transaction.ts'

/** The tables and the alarm of the project's object. They are written together, and after a rollback known anew. */
export class ProjectStorage {
  readonly store: ProjectStore
  readonly alarm: ObjectAlarm
  readonly #storage: ObjectStorage
  readonly #now: () => EpochMs

  constructor(storage: ObjectStorage, now: () => EpochMs) {
    this.#storage = storage
    this.#now = now
    this.alarm = new ObjectAlarm(storage)
    this.store = storage.transactionSync(() => new ProjectStore(storage.sql))
  }

  readonly transaction = <Result>(body: () => Result): Result =>
    transact(this.#storage, { afterRollback: () => this.#afterRollback() }, body)

  readonly wakeBy = (at: EpochMs): void => this.alarm.comeBy(at, this.#now())

  #afterRollback(): void {
    this.store.reload()
    this.alarm.forget()
  }
}
