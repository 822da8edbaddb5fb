import type { EpochMs } from '../../schemas/time.ts'
import { ProjectStore } from '../storage/project-store.ts'
import { AlarmedStorage } from './alarmed-storage.ts'
import type { ObjectStorage } from './object-storage.ts'

/** The tables and the alarm of the project's object. */
export class ProjectStorage extends AlarmedStorage<ProjectStore> {
  constructor(storage: ObjectStorage, now: () => EpochMs) {
    super(storage, now, (sql) => new ProjectStore(sql))
  }

  get store(): ProjectStore {
    return this.kept
  }

  readonly wakeBy = (at: EpochMs): void => this.alarm.comeBy(at, this.now())
}
