import type { EpochMs } from '../../schemas/time.ts'
import { WorkflowStore } from '../storage/workflow-store.ts'
import { AlarmedStorage } from './alarmed-storage.ts'
import type { ObjectStorage } from './object-storage.ts'

/** The tables and the alarm of a workflow's object. */
export class WorkflowStorage extends AlarmedStorage<WorkflowStore> {
  constructor(storage: ObjectStorage, now: () => EpochMs) {
    super(storage, now, (sql) => new WorkflowStore(sql))
  }

  get store(): WorkflowStore {
    return this.kept
  }

  /** While it is not known what the alarm is, or whether it will come, the rows that were there before count, too. */
  readonly wakeBy = (at: EpochMs | null): void => {
    const now = this.now()
    this.alarm.comeBy(this.alarm.isTrusted(now) ? at : this.store.nextCheckAt(), now)
  }

  readonly wakeAt = (at: EpochMs): void => this.alarm.set(at, this.now())
}
