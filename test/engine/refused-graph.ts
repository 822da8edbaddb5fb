import type { GraphProblem } from '../../schemas/graph.ts'
import { http, make, type NodeText, start } from '../support/graphs.ts'

export type Problem = Partial<GraphProblem>
export type Secrets = Readonly<Record<string, readonly string[]>>

/** A graph that is refused, and every problem it is refused for. Of secrets it says the names and the hosts. */
export type RefusedGraph = {
  readonly name: string
  readonly nodes: readonly NodeText[]
  readonly edges: readonly string[]
  readonly problems: readonly Problem[]
  readonly secrets?: Secrets
}

export const problem = (
  nodeId: string | null,
  field: string | null,
  code: GraphProblem['code'],
  message: string,
  mend: string,
): GraphProblem => ({ nodeId, field, code, message, mend })

/** A manual start, and one node after it. */
export const after = (name: string, node: NodeText, ...problems: Problem[]): RefusedGraph => ({
  name,
  nodes: [start, node],
  edges: [`start -> ${node.id}`],
  problems,
})

export const node = (kind: string, config: Record<string, unknown>): NodeText => ({ id: 'it', kind, config })

/** A webhook as the trigger. */
export const hook = (config: Record<string, unknown>): NodeText => ({ id: 'start', kind: 'webhook', config })

/** Calls a URL with a secret as its bearer token. */
export const bearer = (secret: string, url: string): NodeText =>
  http('it', { config: { url, auth: { scheme: 'bearer', token: `{{ secrets.${secret} }}` } } })

/** Runs what is inside it for every element of the trigger's `items`. */
export const list = (id: string, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'each',
  config: { items: 'trigger.body.items' },
  ...more,
})

/** Runs what is inside it three times. */
export const thrice = (id: string, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'repeat',
  config: { while: 'index < 3', maxIterations: 10 },
  ...more,
})

/** A start, a list with the step `work` in it, and what else is said. */
export const aroundList = (
  name: string,
  nodes: readonly NodeText[],
  edges: readonly string[],
  ...problems: RefusedGraph['problems']
): RefusedGraph => ({
  name,
  nodes: [start, list('orders'), make('work', 'x', { parent: 'orders' }), ...nodes],
  edges: ['start -> orders', 'orders.body -> work', ...edges],
  problems,
})

/** An edge through the border of a container. */
export const crossing = (from: string, index: number, edge: string, mend: string) =>
  problem(from, `edges[${index}]`, 'edge_crosses_container', `the edge ${edge} crosses the border of a container`, mend)
