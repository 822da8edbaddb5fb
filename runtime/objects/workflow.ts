import { type ChangesPage, ExecutionReport } from '../../schemas/api/executions.ts'
import type { HookRef, PublishedWorkflow } from '../../schemas/api/runtime.ts'
import type { Delivery } from '../../schemas/api/workflows.ts'
import type { Graph } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { ProjectMessage } from '../../schemas/project-messages.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { againAt } from './again-at.ts'
import { type DeliveryAnswer, deliver } from './deliver.ts'
import type { HookRequest } from './delivery.ts'
import { type ExecuteRequest, execute, type StartOutcome } from './execute.ts'
import { checkAt, Journal } from './journal.ts'
import { Outbox } from './outbox.ts'
import { PublishedVersion } from './published-version.ts'
import type { ChildAnswer, ChildStart } from './relatives.ts'
import { startChild } from './start-child.ts'
import { NEVER_STARTED, neverStarted, Starts } from './starts.ts'
import { StorageFault } from './storage-fault.ts'
import { takeMessage } from './take-message.ts'
import type { WorkflowPorts } from './workflow-ports.ts'

export type Published = {
  readonly version: number
  readonly contentHash: string
  readonly hooks: readonly HookRef[]
  readonly publishedAt: number
}

/** One published workflow: its versions, its hooks and what reached them, and the index of its executions. */
export class Workflow {
  readonly #ports: WorkflowPorts
  readonly #outbox: Outbox
  readonly #journal: Journal
  readonly #starts: Starts
  #sweeping: Promise<void> | null = null
  /** Since when the storage does not answer its sweeps. */
  #failsSince: EpochMs | null = null
  #active: PublishedVersion | null
  /** Node of each hook id, as the store has them: every delivery asks. */
  #hooks: ReadonlyMap<string, string>

  constructor(ports: WorkflowPorts) {
    this.#ports = ports
    this.#outbox = new Outbox(ports)
    this.#journal = new Journal(ports, this.#outbox)
    this.#starts = new Starts(ports, this.#journal)
    const active = ports.store.activeVersion()
    this.#active = active === null ? null : new PublishedVersion(active)
    this.#hooks = this.#storedHooks()
  }

  /** Freezes a validated graph. The same content again is the version it already is, and becomes the active one. */
  publish(graph: Graph, contentHash: string): Published {
    const { store } = this.#ports
    const published = this.#ports.transaction(() => {
      const known = store.versionByHash(contentHash)
      const version = known ?? {
        version: (store.versions()[0]?.version ?? 0) + 1,
        contentHash,
        graph,
        publishedAt: this.#ports.now(),
      }
      if (known === null) store.addVersion(version)
      store.activate(version.version)
      const hooked = new Set(store.hooks().map(({ nodeId }) => nodeId))
      const active = PublishedVersion.verified(version)
      for (const nodeId of active.hookNodes) {
        if (!hooked.has(nodeId)) store.addHook(nodeId, `${this.#ports.workflowId}-${this.#ports.randomId()}`)
      }
      this.#outbox.noteTopics(this.#active?.version.graph ?? null, graph)
      return active
    })
    this.#active = published
    this.#hooks = this.#storedHooks()
    this.#ports.hint()
    const { version, publishedAt } = published.version
    return { version, contentHash, publishedAt, hooks: this.#activeHooks(published) }
  }

  /** Null while nothing is published. */
  describe(): PublishedWorkflow | null {
    if (this.#active === null) return null
    const { version, graph } = this.#active.version
    return {
      workflowId: this.#ports.workflowId,
      active: { version, graph, hooks: this.#activeHooks(this.#active) },
      versions: this.#ports.store.versions(),
    }
  }

  deliver(request: HookRequest): Promise<DeliveryAnswer> {
    const nodeId = this.#hooks.get(request.hookId)
    if (nodeId === undefined || this.#active === null) return Promise.resolve({ type: 'unknown' })
    return deliver(request, nodeId, this.#active, this.#starts, this.#ports, this.#journal)
  }

  /** Null while nothing is published. */
  execute(request: ExecuteRequest): Promise<StartOutcome | null> {
    return this.#active === null ? Promise.resolve(null) : execute(request, this.#active, this.#starts)
  }

  /** Resolves when the project knows what was published, or could not be told and will be. */
  tellProject(): Promise<void> {
    return this.#outbox.tell()
  }

  /** Takes what the project tells. Says of each message whether what it starts has started. */
  async take(messages: readonly ProjectMessage[]): Promise<boolean[]> {
    const active = this.#active
    if (active === null) return messages.map(() => true)
    const taken = messages.map((message) =>
      takeMessage(ProjectMessage.parse(message), active, this.#starts, this.#ports.workflowId),
    )
    return (await Promise.allSettled(taken)).map((outcome) => {
      if (outcome.status === 'rejected') {
        this.#ports.reportFault(`a message of the project started nothing yet: ${messageOf(outcome.reason)}`)
      }
      return outcome.status === 'fulfilled'
    })
  }

  startChild(executionId: string, child: ChildStart): Promise<ChildAnswer> {
    return startChild(executionId, child, this.#active, this.#starts, this.#ports)
  }

  /** Means to ask an execution that has ended, because it is about to go on. */
  expect(executionId: string): void {
    // The report of its end may still wait to be written, and says that nobody need ask.
    this.#journal.settle()
    this.#ports.transaction(() => {
      const at = this.#ports.now() + limits.sweepMinMs
      this.#ports.store.postpone(executionId, at)
      this.#ports.wakeBy(at)
    })
  }

  report(report: ExecutionReport): void {
    this.#journal.writeSoon({ report: ExecutionReport.parse(report) })
  }

  changes(after: number, limit: number): ChangesPage {
    this.#journal.settle()
    const { store } = this.#ports
    return { changes: store.changes(after, clamp(limit, limits.changesPage)), last: store.lastChange }
  }

  /** Null when the hook is not one of this workflow's. */
  deliveries(hookId: string, limit: number, before?: string): { items: Delivery[]; next?: string } | null {
    const { store } = this.#ports
    if (!this.#hooks.has(hookId)) return null
    // A cursor that was never given out has nothing before it.
    if (before !== undefined && !/^[1-9]\d{0,15}$/.test(before)) return { items: [] }
    const page = clamp(limit, limits.listPage)
    const items = store.deliveries(hookId, page, before === undefined ? undefined : Number(before))
    const last = items.at(-1)
    return items.length < page || last === undefined ? { items } : { items, next: last.id }
  }

  /**
   * Asks every execution that should have reported and did not. What it answers corrects the index,
   * and being asked wakes it: this is how a lost report and a lost alarm are both found. Never throws.
   *
   * An alarm that comes meanwhile waits for the sweep that is under way. If it ended before, the platform
   * would take its alarm for handled, and nobody would come for what the other has yet to write.
   */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = null
    })
    return this.#sweeping
  }

  async #sweep(): Promise<void> {
    const { store } = this.#ports
    try {
      this.#outbox.wake()
      const overdue = store.overdue(this.#ports.now())
      for (const row of overdue) {
        const report = await this.#ask(row)
        const now = this.#ports.now()
        this.#ports.transaction(() => {
          // First, whatever the report is worth: a row that stays overdue would be asked without end.
          store.postpone(row.id, now + limits.sweepMaxMs)
          this.#outbox.noteFailures([report])
          store.write(
            { deliveries: [], starts: [], reports: [{ report, checkAt: this.#askAgainAt(row, report, now) }] },
            now,
          )
        })
      }
      this.#ports.transaction(() => this.#ports.wakeBy(store.nextCheckAt()))
      this.#failsSince = null
      if (overdue.length > 0) this.#ports.hint()
      this.#outbox.tellNews()
    } catch (error) {
      this.#ports.reportFault(`the sweep of ${this.#ports.workflowId} broke off: ${messageOf(error)}`)
      // Not `wakeBy`: what is overdue is why it broke off, perhaps, and would be asked without a pause.
      this.#ports.transaction(() => this.#ports.wakeAt(this.#sweepAgainAt(error)))
    }
  }

  /** A storage that did not answer may do so soon. */
  #sweepAgainAt(error: unknown): EpochMs {
    const now = this.#ports.now()
    if (!(error instanceof StorageFault)) return now + limits.sweepMaxMs
    this.#failsSince ??= now
    return againAt(this.#failsSince, now)
  }

  /** What the execution says; when it does not answer, what was known, so that it is asked again. */
  async #ask(row: ExecutionReport): Promise<ExecutionReport> {
    const isOver = new AbortController()
    const late = this.#ports.sleep(limits.pokeMs, isOver.signal).then(() => null)
    try {
      const answer = await Promise.race([this.#ports.poke(row.id), late])
      if (answer === null) throw new Error(`there was no answer within ${limits.pokeMs} ms`)
      if (answer.type === 'report') return ExecutionReport.parse(answer.report)
      if (answer.type === 'not_started') return neverStarted(row, this.#ports.now())
      return { ...row, status: 'quarantined', error: { code: 'quarantined', message: answer.message } }
    } catch (error) {
      this.#ports.reportFault(`execution ${row.id} did not answer and will be asked again: ${messageOf(error)}`)
      return row
    } finally {
      isOver.abort()
    }
  }

  /** A start may be on its way when nothing has begun yet: then it is asked once more, when none can be any longer. */
  #askAgainAt(before: ExecutionReport, report: ExecutionReport, now: number): number | null {
    const isNew = before.error?.code !== NEVER_STARTED
    return isNew && report.error?.code === NEVER_STARTED ? now + limits.startArrivesMs : checkAt(report, now)
  }

  #storedHooks(): ReadonlyMap<string, string> {
    return new Map(this.#ports.store.hooks().map(({ hookId, nodeId }) => [hookId, nodeId]))
  }

  #activeHooks(active: PublishedVersion): HookRef[] {
    const nodes = new Set(active.hookNodes)
    return this.#ports.store.hooks().filter(({ nodeId }) => nodes.has(nodeId))
  }
}

/** SQLite reads a negative limit as none. */
const clamp = (limit: number, most: number): number => Math.min(Math.max(1, limit), most)
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
