import { WorkerEntrypoint } from 'cloudflare:workers'

import type { ChangesPage } from '../schemas/api/executions.ts'
import type { PublishedWorkflow, PublishResult, RuntimeApi } from '../schemas/api/runtime.ts'
import type { SecretItem } from '../schemas/api/secrets.ts'
import type { Delivery } from '../schemas/api/workflows.ts'
import { Graph, type GraphProblem } from '../schemas/graph.ts'
import { limits } from '../schemas/limits.ts'
import { projectOf } from './objects/project-client.ts'
import { problemsOf, publishGraph } from './objects/publish.ts'
import { vaultOf } from './objects/vault-client.ts'

/** What the builder may ask, over its service binding. Nothing here is reachable from outside. */
export class RuntimeEntrypoint extends WorkerEntrypoint<Env> implements RuntimeApi {
  publish(workflowId: string, graph: Graph): Promise<PublishResult> {
    return publishGraph(this.env, workflowId, Graph.parse(graph))
  }

  problems(graph: Graph): Promise<readonly GraphProblem[]> {
    return problemsOf(this.env, Graph.parse(graph))
  }

  async workflow(workflowId: string): Promise<PublishedWorkflow | null> {
    return this.env.WORKFLOW.getByName(workflowId).describe()
  }

  async changes(workflowId: string, after: number, limit: number): Promise<ChangesPage> {
    return this.env.WORKFLOW.getByName(workflowId).changes(after, limit)
  }

  async wakeProject(): Promise<void> {
    await projectOf(this.env).wake()
  }

  async deliveries(
    hookId: string,
    limit: number,
    before?: string,
  ): Promise<{ items: readonly Delivery[]; next?: string } | null> {
    if (!/^[0-9a-z]+-[0-9a-f]+$/.test(hookId)) return null
    return this.env.WORKFLOW.getByName(hookId.slice(0, hookId.lastIndexOf('-'))).deliveries(
      hookId,
      Math.min(limit, limits.listPage),
      before,
    )
  }

  async putSecret(name: string, value: string, hosts: readonly string[]): Promise<boolean> {
    const result = await vaultOf(this.env).put(name, value, hosts)
    if (!result.ok && result.code !== 'vault_locked')
      throw new Error(`the secret ${name} was not stored: ${result.message}`)
    return result.ok
  }

  async secrets(): Promise<readonly SecretItem[]> {
    return vaultOf(this.env).list()
  }

  async deleteSecret(name: string): Promise<boolean> {
    return vaultOf(this.env).delete(name)
  }
}
