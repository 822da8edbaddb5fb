import type { ExecutionReport } from '../../schemas/api/executions.ts'
import type { Graph, NodeId } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import type { FailureTrigger, WorkflowMessage } from '../../schemas/project-messages.ts'
import { topicsOf } from '../engine/topics.ts'
import { againAt } from './again-at.ts'
import { faultOf } from './fault.ts'
import type { WorkflowPorts } from './workflow-ports.ts'

/**
 * What a workflow tells its project: rows in the commits of what they are about, which are told in
 * their order, by one call at a time, until they are heard.
 */
export class Outbox {
  readonly #ports: WorkflowPorts
  readonly #names = new Map<number, string>()
  #telling: Promise<void> | null = null
  /** Whether a message was added that nothing was told of yet. */
  #hasNews = false

  constructor(ports: WorkflowPorts) {
    this.#ports = ports
  }

  /** Notes what the workflow wants to hear of from now on, in the commit of a publish. */
  noteTopics(before: Graph | null, after: Graph): void {
    const topics = topicsOf(after)
    const known = before === null ? [] : topicsOf(before)
    if (topics.join('\n') !== known.join('\n')) this.#add({ type: 'subscribed', topics })
  }

  /** Notes the failures among reports that are about to be written in the same commit. Each is told once, however often it is reported. */
  noteFailures(reports: readonly ExecutionReport[]): void {
    const noted = new Set<string>()
    for (const report of reports) {
      const { id, raisedAt } = report
      if (raisedAt === undefined || this.#ports.store.execution(id)?.raisedAt === raisedAt) continue
      const key = `failure ${id} ${raisedAt}`
      const trigger = noted.has(key) ? null : this.#triggerOf(report)
      if (trigger !== null) this.#add({ type: 'failed', key, trigger })
      noted.add(key)
    }
  }

  /** The alarm has come. Does not wait for the project. */
  wake(): void {
    const { store } = this.#ports
    const now = this.#ports.now()
    if (!store.outbox.isDue(now)) return
    const since = store.outbox.oldest(1)[0]?.at ?? now
    this.#ports.transaction(() => store.outbox.postpone(againAt(since, now)))
    void this.tell()
  }

  /** Tells what was added since it last told anything. What was not heard then waits for the alarm, whatever is written meanwhile. */
  tellNews(): void {
    if (this.#hasNews) void this.tell()
  }

  /** Tells what there is, and resolves when it was heard, or was not and will be told again. */
  tell(): Promise<void> {
    this.#hasNews = false
    this.#telling ??= this.#tellAll()
      // The rows stay, and the alarm that came with them.
      .catch((error) => this.#notHeard(error))
      .finally(() => {
        this.#telling = null
      })
    return this.#telling
  }

  async #tellAll(): Promise<void> {
    const { store } = this.#ports
    for (;;) {
      const waiting = store.outbox.oldest(limits.outboxPage)
      if (waiting.length === 0) return
      const heard = await this.#heard(waiting.map(({ sequence, message }) => ({ sequence, message })))
      const last = waiting[heard - 1]
      if (last !== undefined) this.#ports.transaction(() => store.outbox.removeUpTo(last.sequence))
      if (heard < waiting.length) return
    }
  }

  async #heard(messages: Parameters<WorkflowPorts['tellProject']>[0]): Promise<number> {
    try {
      return await this.#ports.tellProject(messages)
    } catch (error) {
      this.#notHeard(error)
      return 0
    }
  }

  #notHeard(error: unknown): void {
    this.#ports.reportFault(
      `the project did not hear ${this.#ports.workflowId} and will be told again: ${faultOf(error)}`,
    )
  }

  #add(message: WorkflowMessage): void {
    const now = this.#ports.now()
    const nextAt = againAt(now, now)
    this.#ports.store.outbox.add(message, now, nextAt)
    this.#ports.wakeBy(nextAt)
    this.#hasNews = true
  }

  #triggerOf({ id, workflowId, version, ...report }: ExecutionReport): FailureTrigger | null {
    const { startedAt, endedAt, triggerNode, error, failedStep = null } = report
    if (endedAt === undefined || error === undefined) return null
    return {
      workflow: { id: workflowId, name: this.#nameOf(version), version },
      execution: { id, startedAt, endedAt, triggerNode: triggerNode as NodeId },
      error: { ...error, step: failedStep },
    }
  }

  /** Versions do not change. */
  #nameOf(version: number): string {
    const name = this.#names.get(version) ?? this.#ports.store.version(version)?.graph.name ?? ''
    this.#names.set(version, name)
    return name
  }
}
