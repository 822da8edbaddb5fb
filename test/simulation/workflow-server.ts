import { createHash } from 'node:crypto'

import type { DeliveryAnswer } from '../../runtime/objects/deliver.ts'
import type { HookRequest } from '../../runtime/objects/delivery.ts'
import type { ExecuteRequest, StartOutcome } from '../../runtime/objects/execute.ts'
import type { ObjectStorage } from '../../runtime/objects/object-storage.ts'
import type { Numbered } from '../../runtime/objects/project.ts'
import type { ChildAnswer, ChildStart } from '../../runtime/objects/relatives.ts'
import type { PokeAnswer, StartAnswer, StartRequest, Wait } from '../../runtime/objects/start.ts'
import { type Published, Workflow } from '../../runtime/objects/workflow.ts'
import { WorkflowStorage } from '../../runtime/objects/workflow-storage.ts'
import type { ChangesPage, ExecutionReport } from '../../schemas/api/executions.ts'
import type { Graph } from '../../schemas/graph.ts'
import type { ProjectMessage } from '../../schemas/project-messages.ts'
import type { Incarnation } from './incarnation.ts'
import type { Platform } from './platform.ts'
import type { Served } from './simulated-object.ts'

/** What a workflow's object reaches outside itself. */
export type WorkflowWorld = {
  readonly platform: Platform
  newId(): string
  start(from: Incarnation, executionId: string, request: StartRequest, wait: Wait | null): Promise<StartAnswer>
  poke(from: Incarnation, executionId: string): Promise<PokeAnswer>
  tellProject(from: Incarnation, messages: readonly Numbered[]): Promise<number>
}

/** One life of a workflow's object: what `WorkflowObject` is on Cloudflare. */
export class WorkflowServer implements Served {
  readonly #workflow: Workflow
  readonly #storage: WorkflowStorage
  readonly #world: WorkflowWorld

  constructor(world: WorkflowWorld, id: string, incarnation: Incarnation, storage: ObjectStorage) {
    const { platform } = world
    this.#world = world
    this.#storage = new WorkflowStorage(storage, platform.clock.now)
    const { store, transaction, wakeBy, wakeAt } = this.#storage
    this.#workflow = new Workflow({
      workflowId: id,
      store,
      transaction,
      wakeBy,
      wakeAt,
      now: platform.clock.now,
      after: (delayMs, work) => platform.later(incarnation, delayMs, work),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          platform.later(incarnation, ms, resolve)
          signal.addEventListener('abort', () => resolve())
        }),
      newExecutionId: () => world.newId(),
      start: (executionId, request, wait) => world.start(incarnation, executionId, request, wait),
      poke: (executionId) => world.poke(incarnation, executionId),
      verify: async () => ({ ok: true }),
      randomId: () => world.newId(),
      sha256: (text) => createHash('sha256').update(text).digest('hex'),
      tellProject: (messages) => world.tellProject(incarnation, messages),
      hint: () => undefined,
      reportFault: (message) => platform.note(message),
    })
  }

  async ready(): Promise<void> {
    const checkAt = this.#storage.store.nextCheckAt()
    if (checkAt !== null) await this.#storage.alarm.repair(checkAt, this.#world.platform.clock.now())
  }

  async publish(graph: Graph, contentHash: string): Promise<Published> {
    const published = this.#workflow.publish(graph, contentHash)
    await this.#workflow.tellProject()
    return published
  }

  take(messages: readonly ProjectMessage[]): Promise<boolean[]> {
    return this.#workflow.take(messages)
  }

  deliver(request: HookRequest): Promise<DeliveryAnswer> {
    return this.#workflow.deliver(request)
  }

  execute(request: ExecuteRequest): Promise<StartOutcome | null> {
    return this.#workflow.execute(request)
  }

  startChild(executionId: string, child: ChildStart): Promise<ChildAnswer> {
    return this.#workflow.startChild(executionId, child)
  }

  expect(executionId: string): void {
    this.#workflow.expect(executionId)
  }

  report(report: ExecutionReport): void {
    this.#workflow.report(report)
  }

  changes(after: number, limit: number): ChangesPage {
    return this.#workflow.changes(after, limit)
  }

  async alarm(): Promise<void> {
    this.#storage.alarm.fired()
    await this.#workflow.sweep()
  }
}
