import { DurableObject } from 'cloudflare:workers'

import { type EventOutcome, type EventRequest, type Numbered, Project } from './project.ts'
import type { ProjectPorts } from './project-ports.ts'
import { ProjectStorage } from './project-storage.ts'
import type { Rpc } from './rpc.ts'
import { sleep } from './sleep.ts'
import type { WorkflowObject } from './workflow-object.ts'

/** The Durable Object of the project, of which there is one: an adapter between the platform and `Project`. */
export class ProjectObject extends DurableObject<Env> {
  readonly #storage = new ProjectStorage(this.ctx.storage, () => Date.now())
  readonly #project: Project

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#project = new Project(this.#ports())
    const wakeAt = this.#project.nextAt()
    if (wakeAt !== null) void ctx.blockConcurrencyWhile(() => this.#storage.alarm.repair(wakeAt, Date.now()))
  }

  send(event: EventRequest): EventOutcome {
    return this.#project.send(event)
  }

  hear(workflowId: string, messages: readonly Numbered[]): number {
    return this.#project.hear(workflowId, messages)
  }

  /** Goes on with what is left to tell, as its alarm would, which may be lost. */
  wake(): void {
    this.#project.wake()
  }

  override async alarm(): Promise<void> {
    this.#storage.alarm.fired()
    this.#project.wake()
  }

  #ports(): ProjectPorts {
    const { ctx, env } = this
    const { store, transaction, wakeBy } = this.#storage
    return {
      store,
      now: () => Date.now(),
      transaction,
      wakeBy,
      sleep,
      randomId: () => crypto.randomUUID(),
      tell: async (workflowId, messages) =>
        (env.WORKFLOW.getByName(workflowId) as unknown as Rpc<WorkflowObject>).take(messages),
      keepAlive: (work) => ctx.waitUntil(work),
      reportFault: (message) => console.error(message),
    }
  }
}
