import type { EpochMs } from '../../schemas/time.ts'
import type { EventLog } from '../storage/event-log.ts'
import { sqliteEventLog } from '../storage/sqlite-event-log.ts'
import { AlarmedStorage } from './alarmed-storage.ts'
import type { ObjectStorage } from './object-storage.ts'

/** The log and the alarm of an execution's object. */
export class ExecutionStorage extends AlarmedStorage<EventLog> {
  constructor(storage: ObjectStorage, now: () => EpochMs) {
    super(storage, now, sqliteEventLog)
    if (this.log.position === 0) this.alarm.isUnset()
  }

  get log(): EventLog {
    return this.kept
  }

  readonly setAlarm = (at: EpochMs | null): void => this.alarm.set(at, this.now())
}
