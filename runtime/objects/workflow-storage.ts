import type { EpochMs } from '../../schemas/time.ts'
import { WorkflowStore } from '../storage/workflow-store.ts'
import { ObjectAlarm } from './object-alarm.ts'
import type { ObjectStorage } from './object-storage.ts'
import { transact } from './object-transaction.ts'

/** The tables and the alarm of a workflow's object. They are written together, and after a rollback known anew. */
export class WorkflowStorage {
  readonly store: WorkflowStore
  readonly alarm: ObjectAlarm
  readonly #storage: ObjectStorage
  readonly #now: () => EpochMs

  constructor(storage: ObjectStorage, now: () => EpochMs) {
    this.#storage = storage
    this.#now = now
    this.alarm = new ObjectAlarm(storage)
    this.store = storage.transactionSync(() => new WorkflowStore(storage.sql))
  }

  readonly transaction = <Result>(body: () => Result): Result =>
    transact(this.#storage, { afterRollback: () => this.#afterRollback() }, body)

  /** While it is not known what the alarm is, or whether it will come, the rows that were there before count, too. */
  readonly wakeBy = (at: EpochMs | null): void => {
    const now = this.#now()
    this.alarm.comeBy(this.alarm.isTrusted(now) ? at : this.store.nextCheckAt(), now)
  }

  readonly wakeAt = (at: EpochMs): void => this.alarm.set(at, this.#now())

  #afterRollback(): void {
    this.store.reload()
    this.alarm.forget()
  }
}
