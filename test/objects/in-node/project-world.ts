import { DatabaseSync } from 'node:sqlite'

import { Project } from '../../../runtime/objects/project.ts'
import { ProjectStore } from '../../../runtime/storage/project-store.ts'
import type { ProjectMessage } from '../../../schemas/project-messages.ts'
import { nodeSql, nodeTransaction } from '../../storage/node-sql.ts'
import { t0 } from './execution-world.ts'

/** The project over the SQLite of Node. A test turns its clock and is the workflows that it tells. */
export class ProjectWorld {
  readonly database = new DatabaseSync(':memory:')
  now = t0
  alarmAt: number | null = null
  /** What a workflow answers; by default it takes everything. */
  tell: (workflowId: string, messages: readonly ProjectMessage[]) => Promise<readonly boolean[]> = async (
    _id,
    messages,
  ) => messages.map(() => true)
  /** What was told to whom, in order. */
  readonly told: [workflowId: string, keys: string[]][] = []
  readonly faults: string[] = []
  /** Sleeps that nobody has ended, and when they end by themselves. */
  readonly #sleeps = new Map<() => void, number>()
  project: Project

  constructor() {
    this.project = this.#open()
  }

  /** As after a crash: what was only in memory is gone. */
  restart(): void {
    this.#sleeps.clear()
    this.project = this.#open()
  }

  /** Every workflow hears of events of these names. */
  subscribe(topics: Readonly<Record<string, readonly string[]>>): void {
    for (const [workflowId, names] of Object.entries(topics)) {
      const message = { type: 'subscribed' as const, topics: [...names] }
      this.project.hear(workflowId, [{ sequence: 1, message }])
    }
  }

  send(name: string, id: string | null = null, data: unknown = null) {
    return this.project.send({ name, data, id, fingerprint: JSON.stringify([name, data]) })
  }

  async settle(): Promise<void> {
    for (let round = 0; round < 10; round += 1) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Lets time pass: sleeps end and the alarm comes. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms
    for (let alarms = 0; ; alarms += 1) {
      if (alarms > 1000) throw new Error('alarms that come without end')
      const next = Math.min(this.alarmAt ?? Number.POSITIVE_INFINITY, ...this.#sleeps.values())
      if (next > until) break
      this.now = Math.max(this.now, next)
      for (const [end, at] of [...this.#sleeps]) if (at <= this.now) end()
      if (this.alarmAt !== null && this.alarmAt <= this.now) {
        this.alarmAt = null
        this.project.wake()
      }
      await this.settle()
    }
    this.now = until
  }

  /** Rows that are not done. */
  waiting(): number {
    return new ProjectStore(nodeSql(this.database)).waiting
  }

  #open(): Project {
    const store = new ProjectStore(nodeSql(this.database))
    return new Project({
      store,
      now: () => this.now,
      transaction: (body) => {
        const alarm = this.alarmAt
        const recall = store.remember()
        return nodeTransaction(this.database, body, () => {
          this.alarmAt = alarm
          recall()
        })
      },
      wakeBy: (at) => {
        this.alarmAt = Math.min(this.alarmAt ?? at, Math.max(at, this.now + 1))
      },
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const end = (): void => {
            this.#sleeps.delete(end)
            resolve()
          }
          this.#sleeps.set(end, this.now + ms)
          signal.addEventListener('abort', end)
        }),
      randomId: () => 'random',
      tell: async (workflowId, messages) => {
        this.told.push([workflowId, messages.map(({ key }) => key)])
        return this.tell(workflowId, structuredClone(messages))
      },
      keepAlive: (work) => void work,
      reportFault: (message) => void this.faults.push(message),
    })
  }
}
