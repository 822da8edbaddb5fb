import { createHash } from 'node:crypto'
import { canonicalGraph } from '../../runtime/engine/canonical.ts'
import { graphProblems } from '../../runtime/engine/validate/validate.ts'
import type { ExecutionReport, IndexChange } from '../../schemas/api/executions.ts'
import type { PublishedWorkflow, RuntimeApi } from '../../schemas/api/runtime.ts'
import type { SecretItem } from '../../schemas/api/secrets.ts'
import type { Delivery } from '../../schemas/api/workflows.ts'

/**
 * The runtime's side of the contract in memory, with the engine's own validation: what the fault tests
 * put between the builder and the world, because a real runtime cannot be made to fail on command.
 */
export class MemoryRuntime implements RuntimeApi {
  readonly #workflows = new Map<string, PublishedWorkflow>()
  readonly #index = new Map<string, Map<string, IndexChange>>()
  readonly #secrets = new Map<string, SecretItem>()
  readonly #last = new Map<string, number>()
  readonly #pageSize: number
  readonly now: () => number
  /** How often the project was woken. */
  wakes = 0

  constructor({ pageSize = Number.POSITIVE_INFINITY, now = (): number => 0 } = {}) {
    this.#pageSize = pageSize
    this.now = now
  }

  /** What an execution does when it tells its workflow's index: an older report changes nothing. */
  report(report: ExecutionReport): void {
    const index = this.#indexOf(report.workflowId)
    const known = index.get(report.id)
    if (known !== undefined && known.report.position > report.position) return
    const change = (this.#last.get(report.workflowId) ?? 0) + 1
    this.#last.set(report.workflowId, change)
    index.set(report.id, { change, report })
  }

  /** As if the objects had been restored from a copy made before anything was reported. */
  forgetIndex(workflowId: string): void {
    this.#index.delete(workflowId)
    this.#last.delete(workflowId)
  }

  async publish(workflowId: string, graph: Parameters<RuntimeApi['publish']>[1]): ReturnType<RuntimeApi['publish']> {
    const problems = await this.problems(graph)
    if (problems.length > 0) return { ok: false, problems }
    const contentHash = createHash('sha256').update(canonicalGraph(graph)).digest('hex')
    const known = this.#workflows.get(workflowId)
    const same = known?.versions.find((version) => version.contentHash === contentHash)
    const version = same ?? { version: (known?.versions.length ?? 0) + 1, contentHash, publishedAt: this.now() }
    const hooks = graph.nodes
      .filter(({ kind }) => kind === 'webhook')
      .map(({ id }) => ({ nodeId: id, hookId: `${workflowId}-${id}` }))
    this.#workflows.set(workflowId, {
      workflowId,
      active: { version: version.version, graph, hooks },
      versions: same === undefined ? [...(known?.versions ?? []), version] : (known?.versions ?? []),
    })
    return { ok: true, ...version, hooks }
  }

  async problems(graph: Parameters<RuntimeApi['problems']>[0]): ReturnType<RuntimeApi['problems']> {
    return graphProblems(graph, new Map())
  }

  async workflow(workflowId: string): ReturnType<RuntimeApi['workflow']> {
    return this.#workflows.get(workflowId) ?? null
  }

  async changes(workflowId: string, after: number, limit: number): ReturnType<RuntimeApi['changes']> {
    const changes = [...this.#indexOf(workflowId).values()]
      .filter(({ change }) => change > after)
      .sort((left, right) => left.change - right.change)
      .slice(0, Math.min(limit, this.#pageSize))
    return { changes, last: this.#last.get(workflowId) ?? 0 }
  }

  async wakeProject(): Promise<void> {
    this.wakes += 1
  }

  async deliveries(hookId: string): Promise<{ readonly items: readonly Delivery[] } | null> {
    const isHook = [...this.#workflows.values()].some(({ active }) =>
      active.hooks.some((hook) => hook.hookId === hookId),
    )
    return isHook ? { items: [] } : null
  }

  async putSecret(name: string, _value: string, hosts: readonly string[]): Promise<boolean> {
    const version = (this.#secrets.get(name)?.version ?? 0) + 1
    this.#secrets.set(name, { name, hosts: [...hosts], version, updatedAt: this.now() })
    return true
  }

  async secrets(): Promise<readonly SecretItem[]> {
    return [...this.#secrets.values()]
  }

  async deleteSecret(name: string): Promise<boolean> {
    return this.#secrets.delete(name)
  }

  #indexOf(workflowId: string): Map<string, IndexChange> {
    const index = this.#index.get(workflowId) ?? new Map<string, IndexChange>()
    this.#index.set(workflowId, index)
    return index
  }
}
