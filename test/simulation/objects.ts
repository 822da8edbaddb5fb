import type { Bus } from './bus.ts'
import type { Endpoint } from './endpoint.ts'
import { ExecutionServer, type ExecutionWorld } from './execution-server.ts'
import type { Platform } from './platform.ts'
import { ProjectServer, type ProjectWorld } from './project-server.ts'
import { SimulatedObject } from './simulated-object.ts'
import { WorkflowServer, type WorkflowWorld } from './workflow-server.ts'

export const PROJECT = 'the project'

/** All objects of a world, each there as soon as somebody names it, and the ways in which they reach each other. */
export class Objects {
  readonly executions = new Map<string, SimulatedObject<ExecutionServer>>()
  readonly workflows = new Map<string, SimulatedObject<WorkflowServer>>()
  readonly project: SimulatedObject<ProjectServer>
  readonly #platform: Platform
  readonly #bus: Bus
  readonly #endpoint: Endpoint
  readonly #onWorkflow: (workflow: SimulatedObject<WorkflowServer>) => void
  #ids = 0

  constructor(
    platform: Platform,
    bus: Bus,
    endpoint: Endpoint,
    onWorkflow: (workflow: SimulatedObject<WorkflowServer>) => void,
  ) {
    this.#platform = platform
    this.#bus = bus
    this.#endpoint = endpoint
    this.#onWorkflow = onWorkflow
    const world: ProjectWorld = {
      platform,
      newId: () => this.#newId('event'),
      tell: (from, workflowId, messages) => bus.call(from, this.workflow(workflowId), 'take', messages),
    }
    this.project = new SimulatedObject(
      platform,
      PROJECT,
      (incarnation, storage) => new ProjectServer(world, incarnation, storage),
    )
  }

  get all(): readonly { readonly name: string; kill(): void; replace(): void }[] {
    return [...this.executions.values(), ...this.workflows.values(), this.project]
  }

  named(name: string): { kill(): void; replace(): void } | undefined {
    return this.executions.get(name) ?? this.workflows.get(name) ?? (name === PROJECT ? this.project : undefined)
  }

  execution(id: string): SimulatedObject<ExecutionServer> {
    const known = this.executions.get(id)
    if (known !== undefined) return known
    const bus = this.#bus
    const world: ExecutionWorld = {
      platform: this.#platform,
      endpoint: this.#endpoint,
      report: (from, report) => bus.call(from, this.workflow(report.workflowId), 'report', report),
      expect: (from, workflow, executionId) => bus.call(from, this.workflow(workflow), 'expect', executionId),
      relatives: (from) => ({
        startChild: async (key, child) =>
          bus.call(from, this.workflow(child.workflowId), 'startChild', childId(key), child),
        tellParent: (executionId, ended) => bus.call(from, this.execution(executionId), 'hearChild', ended),
        tellChild: (key, wish) => bus.call(from, this.execution(childId(key)), 'hearParent', wish),
        askBatch: (key, told) => bus.call(from, this.execution(childId(key)), 'hearAsked', told),
      }),
    }
    const object = new SimulatedObject(
      this.#platform,
      id,
      (incarnation, storage) => new ExecutionServer(world, id, incarnation, storage),
    )
    this.executions.set(id, object)
    return object
  }

  /** Who names a workflow that nobody has published reaches an object, too: an empty one. */
  workflow(id: string): SimulatedObject<WorkflowServer> {
    const known = this.workflows.get(id)
    if (known !== undefined) return known
    const bus = this.#bus
    const world: WorkflowWorld = {
      platform: this.#platform,
      newId: () => this.#newId('x'),
      start: (from, executionId, request, wait) => bus.call(from, this.execution(executionId), 'start', request, wait),
      poke: (from, executionId) => bus.call(from, this.execution(executionId), 'poke'),
      tellProject: (from, messages) => bus.call(from, this.project, 'hear', id, messages),
    }
    const object = new SimulatedObject(
      this.#platform,
      id,
      (incarnation, storage) => new WorkflowServer(world, id, incarnation, storage),
    )
    this.workflows.set(id, object)
    this.#onWorkflow(object)
    return object
  }

  close(): void {
    for (const { disk } of [...this.executions.values(), ...this.workflows.values(), this.project]) disk.close()
  }

  #newId(kind: string): string {
    this.#ids += 1
    return `${kind}${this.#ids}`
  }
}

/** Without a dot, because what stands before it in the key of an effect is the execution. */
const childId = (key: string): string => `child ${key.replaceAll('.', ' ')}`
