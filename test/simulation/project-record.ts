import { isMigrated } from '../../runtime/storage/migrate.ts'
import { ProjectMessage } from '../../schemas/project-messages.ts'
import type { Disk } from './disk.ts'

/** A message that the project had for workflows, and for which of them. */
export type KeptMessage = { readonly message: ProjectMessage; readonly workflows: Set<string> }

/** What the project's storage has held, read from beside it after every operation. */
export class ProjectRecord {
  /** By their keys. */
  readonly messages = new Map<string, KeptMessage>()
  /** Deliveries that are not done. */
  waiting = 0
  readonly disk: Disk
  #seen = 0
  #hasTables = false

  constructor(disk: Disk) {
    this.disk = disk
  }

  get isTouched(): boolean {
    return this.disk.commits !== this.#seen
  }

  look(): void {
    this.#seen = this.disk.commits
    if (!this.#hasTables) this.#hasTables = isMigrated(this.disk.sql)
    if (!this.#hasTables) return
    const rows = this.disk.sql
      .exec<{ key: string; body: string; workflow_id: string }>(
        'SELECT m.key, m.body, d.workflow_id FROM deliveries d JOIN messages m ON m.sequence = d.message',
      )
      .toArray()
    this.waiting = rows.length
    for (const { key, body, workflow_id } of rows) {
      const known = this.messages.get(key)
      const message = known?.message ?? ProjectMessage.parse(JSON.parse(body))
      this.messages.set(key, { message, workflows: (known?.workflows ?? new Set()).add(workflow_id) })
    }
  }

  /** Messages for a workflow with that content: a retried execution may fail again at the same time by a clock that stands still. */
  messagesWith(trigger: unknown, workflowId: string): readonly KeptMessage[] {
    const text = JSON.stringify(trigger)
    return [...this.messages.values()].filter(
      ({ message, workflows }) => workflows.has(workflowId) && JSON.stringify(message.trigger) === text,
    )
  }
}
