import type { ObjectStorage } from '../../runtime/objects/object-storage.ts'
import { type EventOutcome, type EventRequest, type Numbered, Project } from '../../runtime/objects/project.ts'
import { ProjectStorage } from '../../runtime/objects/project-storage.ts'
import type { ProjectMessage } from '../../schemas/project-messages.ts'
import { DiskFailed } from './disk.ts'
import type { Incarnation } from './incarnation.ts'
import type { Platform } from './platform.ts'
import type { Served } from './simulated-object.ts'

/** What the project's object reaches outside itself. */
export type ProjectWorld = {
  readonly platform: Platform
  newId(): string
  tell(from: Incarnation, workflowId: string, messages: readonly ProjectMessage[]): Promise<readonly boolean[]>
}

/** One life of the project's object: what `ProjectObject` is on Cloudflare. */
export class ProjectServer implements Served {
  readonly #project: Project
  readonly #storage: ProjectStorage
  readonly #platform: Platform

  constructor(world: ProjectWorld, incarnation: Incarnation, storage: ObjectStorage) {
    const { platform } = world
    this.#platform = platform
    this.#storage = new ProjectStorage(storage, platform.clock.now)
    const { store, transaction, wakeBy } = this.#storage
    this.#project = new Project({
      store,
      now: platform.clock.now,
      transaction,
      wakeBy,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          platform.later(incarnation, ms, resolve)
          signal.addEventListener('abort', () => resolve())
        }),
      randomId: () => world.newId(),
      tell: (workflowId, messages) => world.tell(incarnation, workflowId, messages),
      keepAlive: (work) => {
        work.catch((error) => {
          // What a disk that fails breaks off is taken up by the next alarm.
          const isExcused = !incarnation.isLive || error instanceof DiskFailed
          if (!isExcused) platform.violated('T1', `work of the project broke off: ${String(error)}`)
        })
      },
      reportFault: (message) => platform.note(message),
    })
  }

  async ready(): Promise<void> {
    const wakeAt = this.#project.nextAt()
    if (wakeAt !== null) await this.#storage.alarm.repair(wakeAt, this.#platform.clock.now())
  }

  send(event: EventRequest): EventOutcome {
    return this.#project.send(event)
  }

  hear(workflowId: string, messages: readonly Numbered[]): number {
    return this.#project.hear(workflowId, messages)
  }

  wake(): void {
    this.#project.wake()
  }

  async alarm(): Promise<void> {
    this.#storage.alarm.fired()
    this.#project.wake()
  }
}
