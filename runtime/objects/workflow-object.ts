import { DurableObject } from 'cloudflare:workers'
import { createHash } from 'node:crypto'

import type { ChangesPage, ExecutionReport } from '../../schemas/api/executions.ts'
import type { PublishedWorkflow } from '../../schemas/api/runtime.ts'
import type { Delivery } from '../../schemas/api/workflows.ts'
import type { Graph } from '../../schemas/graph.ts'
import type { ProjectMessage } from '../../schemas/project-messages.ts'
import type { DeliveryAnswer } from './deliver.ts'
import type { HookRequest } from './delivery.ts'
import type { ExecuteRequest, StartOutcome } from './execute.ts'
import type { ExecutionObject } from './execution-object.ts'
import { projectOf } from './project-client.ts'
import type { ChildAnswer, ChildStart } from './relatives.ts'
import type { Rpc } from './rpc.ts'
import { sleep } from './sleep.ts'
import { vaultOf } from './vault-client.ts'
import { type Published, Workflow } from './workflow.ts'
import type { WorkflowPorts } from './workflow-ports.ts'
import { WorkflowStorage } from './workflow-storage.ts'

/** The Durable Object of one published workflow: an adapter between the platform and `Workflow`, with no rules of its own. */
export class WorkflowObject extends DurableObject<Env> {
  readonly #storage = new WorkflowStorage(this.ctx.storage, () => Date.now())
  readonly #workflow: Workflow

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#workflow = new Workflow(this.#ports())
    const checkAt = this.#storage.store.nextCheckAt()
    if (checkAt !== null) void ctx.blockConcurrencyWhile(() => this.#storage.alarm.repair(checkAt, Date.now()))
  }

  /** What is published is heard of by the time that the caller is told; when that is not possible, soon after. */
  async publish(graph: Graph, contentHash: string): Promise<Published> {
    const published = this.#workflow.publish(graph, contentHash)
    await this.#workflow.tellProject()
    return published
  }

  take(messages: readonly ProjectMessage[]): Promise<boolean[]> {
    return this.#workflow.take(messages)
  }

  describe(): PublishedWorkflow | null {
    return this.#workflow.describe()
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

  deliveries(hookId: string, limit: number, before?: string): { items: Delivery[]; next?: string } | null {
    return this.#workflow.deliveries(hookId, limit, before)
  }

  override async alarm(): Promise<void> {
    this.#storage.alarm.fired()
    await this.#workflow.sweep()
  }

  #ports(): WorkflowPorts {
    const { ctx, env } = this
    const workflowId = ctx.id.name ?? ''
    const { store, transaction, wakeBy, wakeAt } = this.#storage
    return {
      workflowId,
      store,
      now: () => Date.now(),
      transaction,
      wakeBy,
      wakeAt,
      after: (delayMs, work) => void setTimeout(work, delayMs),
      sleep,
      newExecutionId: () => env.EXECUTION.newUniqueId().toString(),
      start: (executionId, request, wait) => executionOf(env, executionId).start(request, wait),
      poke: (executionId) => executionOf(env, executionId).poke(),
      verify: (request) => vaultOf(env).verify(request),
      randomId: () =>
        [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      sha256: (text) => createHash('sha256').update(text).digest('hex'),
      tellProject: (messages) => projectOf(env).hear(workflowId, messages),
      hint: () => ctx.waitUntil(this.#hint(workflowId)),
      reportFault: (message) => console.error(message),
    }
  }

  async #hint(workflowId: string): Promise<void> {
    try {
      await this.env.CHANGES.send({ workflowId })
    } catch (error) {
      // Only a hint: the builder's regular tick reads the same changes.
      console.warn(`the hint for ${workflowId} was not sent: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

const executionOf = (env: Env, id: string): Rpc<ExecutionObject> =>
  env.EXECUTION.get(env.EXECUTION.idFromString(id)) as unknown as Rpc<ExecutionObject>
