import type { Graph, GraphProblem } from '../graph.ts'
import type { ChangesPage } from './executions.ts'
import type { SecretItem } from './secrets.ts'
import type { Delivery } from './workflows.ts'

export type HookRef = { readonly nodeId: string; readonly hookId: string }

export type PublishResult =
  | {
      readonly ok: true
      readonly version: number
      readonly contentHash: string
      readonly hooks: readonly HookRef[]
      readonly publishedAt: number
    }
  | { readonly ok: false; readonly problems: readonly GraphProblem[] }

export type PublishedWorkflow = {
  readonly workflowId: string
  readonly active: { readonly version: number; readonly graph: Graph; readonly hooks: readonly HookRef[] }
  readonly versions: readonly { readonly version: number; readonly contentHash: string; readonly publishedAt: number }[]
}

/** What the builder asks of the runtime, over the named RPC entrypoint `RuntimeEntrypoint`. Unknown ids answer null. */
export interface RuntimeApi {
  /** Validates, then freezes a version. The same content again answers with the version it already has. */
  publish(workflowId: string, graph: Graph): Promise<PublishResult>
  /** Every problem that publishing this graph would name; none when it can be published. */
  problems(graph: Graph): Promise<readonly GraphProblem[]>
  workflow(workflowId: string): Promise<PublishedWorkflow | null>
  /** Rows of the workflow's index whose change number is greater than `after`, oldest change first. */
  changes(workflowId: string, after: number, limit: number): Promise<ChangesPage>
  /** Nothing but an event or a failure calls the project otherwise, and the alarm for what it has to tell may be lost. */
  wakeProject(): Promise<void>
  /** Deliveries to one hook, newest first, older than the delivery `before`. */
  deliveries(
    hookId: string,
    limit: number,
    before?: string,
  ): Promise<{ readonly items: readonly Delivery[]; readonly next?: string } | null>
  /** False when the vault has no usable key, so that nothing was stored. */
  putSecret(name: string, value: string, hosts: readonly string[]): Promise<boolean>
  secrets(): Promise<readonly SecretItem[]>
  deleteSecret(name: string): Promise<boolean>
}

/** Body of a queue message: a hint that may be lost, doubled or late. */
export type ChangedHint = { readonly workflowId: string }
