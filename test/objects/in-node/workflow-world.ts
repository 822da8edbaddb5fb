import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

import { canonicalGraph } from '../../../runtime/engine/canonical.ts'
import type { HookRequest } from '../../../runtime/objects/delivery.ts'
import type { ObjectStorage } from '../../../runtime/objects/object-storage.ts'
import type { Numbered } from '../../../runtime/objects/project.ts'
import type { PokeAnswer, StartAnswer, StartRequest } from '../../../runtime/objects/start.ts'
import { Workflow } from '../../../runtime/objects/workflow.ts'
import type { Verdict, WorkflowPorts } from '../../../runtime/objects/workflow-ports.ts'
import { WorkflowStorage } from '../../../runtime/objects/workflow-storage.ts'
import { WorkflowStore } from '../../../runtime/storage/workflow-store.ts'
import type { ExecutionReport } from '../../../schemas/api/executions.ts'
import type { Graph } from '../../../schemas/graph.ts'
import { limits } from '../../../schemas/limits.ts'
import { nodeSql, nodeTransaction } from '../../storage/node-sql.ts'

export const t0 = 1_800_000_000_000

/** The world of one workflow over the SQLite of Node. A test turns its clock and decides what its executions answer. */
export class WorkflowWorld {
  readonly database = new DatabaseSync(':memory:')
  now = t0
  alarmAt: number | null = null
  commits = 0
  hints = 0
  readonly faults: string[] = []
  /** Starts that arrived at an execution's object, repeats included. */
  readonly starts: { readonly id: string; readonly request: StartRequest }[] = []
  /** How long each callback was asked to wait. */
  readonly delays: number[] = []
  readonly pokes: string[] = []
  /** What executions say of themselves; one that is missing was never started. */
  readonly executions = new Map<string, ExecutionReport>()
  readonly verdicts: Verdict[] = []
  workflow: Workflow
  #wiring: WorkflowStorage
  #timers: { readonly at: number; readonly work: () => void }[] = []
  #soon: (() => void)[] = []
  #ids = 0

  constructor() {
    this.#wiring = new WorkflowStorage(this.#storage, () => this.now)
    this.workflow = this.#open()
  }

  /** As after a crash: what was only in memory is gone. */
  restart(): void {
    this.#timers = []
    this.#soon = []
    this.#wiring = new WorkflowStorage(this.#storage, () => this.now)
    this.workflow = this.#open()
  }

  publish(graph: Graph) {
    return this.workflow.publish(graph, createHash('sha256').update(canonicalGraph(graph)).digest('hex'))
  }

  request(over: Partial<HookRequest> = {}): HookRequest {
    return {
      hookId: this.workflow.describe()?.active.hooks[0]?.hookId ?? '',
      method: 'POST',
      path: '',
      query: '',
      headers: [['content-type', 'application/json']],
      body: new Uint8Array().buffer,
      ...over,
    }
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      for (const work of this.#soon.splice(0)) work()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** The same, on behalf of a caller. */
  async settled<Result>(promise: Promise<Result>): Promise<Result> {
    const outcome = promise.then(
      (value) => ({ ok: true as const, value }),
      (error: unknown) => ({ ok: false as const, error }),
    )
    await this.settle()
    const settled = await outcome
    if (!settled.ok) throw settled.error
    return settled.value
  }

  /** Lets time pass; timers fire, the alarm does not. */
  async pass(ms: number): Promise<void> {
    this.now += ms
    const due = this.#timers.filter(({ at }) => at <= this.now)
    this.#timers = this.#timers.filter(({ at }) => at > this.now)
    for (const { work } of due) work()
    await this.settle()
  }

  /** The alarm comes. */
  async sweep(): Promise<void> {
    this.alarmAt = null
    this.#wiring.alarm.fired()
    await this.settled(this.workflow.sweep())
  }

  /** What is written of executions. (Asking the workflow would make it write what waits.) */
  index(): [string, string, number][] {
    const changes = new WorkflowStore(nodeSql(this.database)).changes(0, 500)
    return changes.map(({ report: { id, status, position } }) => [id, status, position])
  }

  deliveries() {
    return this.workflow.deliveries(this.request().hookId, 200)?.items ?? []
  }

  /** What the project was told. */
  readonly told: Numbered[] = []

  readonly ports = {
    tellProject: async (messages: readonly Numbered[]): Promise<number> => {
      this.told.push(...messages)
      return messages.length
    },
    start: async (id: string, request: StartRequest): Promise<StartAnswer> => {
      this.starts.push({ id, request })
      const known = this.executions.get(id)
      const report = known ?? startedReport(id, request, this.now)
      this.executions.set(id, report)
      return { isNew: known === undefined, report, outcome: null }
    },
    poke: async (id: string): Promise<PokeAnswer> => {
      this.pokes.push(id)
      const report = this.executions.get(id)
      return report === undefined ? { type: 'not_started' } : { type: 'report', report }
    },
  }

  readonly #storage: ObjectStorage = {
    sql: nodeSql(this.database),
    transactionSync: (body) => {
      const alarm = this.alarmAt
      this.commits += 1
      return nodeTransaction(this.database, body, () => {
        this.alarmAt = alarm
      })
    },
    getAlarm: async () => this.alarmAt,
    setAlarm: async (at) => {
      this.alarmAt = at
    },
    deleteAlarm: async () => {
      this.alarmAt = null
    },
  }

  #nextId(): number {
    this.#ids += 1
    return this.#ids
  }

  #open(): Workflow {
    const { store, transaction, wakeBy, wakeAt } = this.#wiring
    const ports: WorkflowPorts = {
      workflowId: 'orders',
      store,
      now: () => this.now,
      transaction,
      wakeBy,
      wakeAt,
      // Commits that wait for others to join them are settled without letting time pass.
      after: (delayMs, work) => {
        this.delays.push(delayMs)
        if (delayMs <= limits.commitGatherMs) this.#soon.push(work)
        else this.#timers.push({ at: this.now + delayMs, work })
      },
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          this.#timers.push({ at: this.now + ms, work: resolve })
          signal.addEventListener('abort', () => resolve())
        }),
      newExecutionId: () => `execution-${this.#nextId()}`,
      start: (id, request) => this.ports.start(id, request),
      poke: (id) => this.ports.poke(id),
      verify: async () => this.verdicts.shift() ?? { ok: true },
      randomId: () => String(this.#nextId()).padStart(32, '0'),
      sha256: (text) => createHash('sha256').update(text).digest('hex'),
      tellProject: (messages) => this.ports.tellProject(messages),
      hint: () => {
        this.hints += 1
      },
      reportFault: (message) => void this.faults.push(message),
    }
    return new Workflow(ports)
  }
}

export const startedReport = (id: string, request: StartRequest, now: number): ExecutionReport => ({
  id,
  workflowId: request.workflowId,
  version: request.version,
  status: 'running',
  triggerNode: request.triggerNode,
  startedAt: now,
  position: 2,
})

export const bytes = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer as ArrayBuffer
