import { type Edge, Graph, type Node, type NodeId, type StepKey } from '../../schemas/graph.ts'

/** A node's id as its step's key: outside containers they are the same text. */
export const step = (id: string): StepKey => id as StepKey
export const nodeId = (id: string): NodeId => id as NodeId

export type NodeText = { id: string; kind: string; config?: Record<string, unknown> } & Partial<
  Omit<Node, 'id' | 'kind' | 'config' | 'retry' | 'parent'>
> & { retry?: Partial<Node['retry']> & { maxAttempts: number }; parent?: string }

/**
 * A graph as it would be drawn: nodes, and edges as `'from -> to'` or `'from.port -> to'`. Parsed as
 * any graph is, so that defaults are in place.
 */
export function graphOf(nodes: readonly NodeText[], edges: readonly string[], settings: Graph['settings'] = {}): Graph {
  return Graph.parse({ name: 'Sample', nodes, edges: edges.map(edgeOf), settings })
}

/** `'route.bug -> notify'` as an edge. */
export function edgeOf(text: string): Pick<Edge, 'port'> & { from: string; to: string } {
  const [source = '', to = ''] = text.split(' -> ')
  const [from = '', port = 'out'] = source.split('.')
  return { from, port, to }
}

export const start: NodeText = { id: 'start', kind: 'manual' }

/** Calls `https://api.example/<id>`. */
export const http = (id: string, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'http',
  config: { url: `https://api.example/${id}` },
  ...more,
})

/** Computes `{ value }`, by default its own id. */
export const make = (id: string, value: unknown = id, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'transform',
  config: { fields: { value } },
  ...more,
})

/** Fails when the trigger's body has no field `missing`, which no test gives it. */
export const broken = (id: string, more: Partial<NodeText> = {}): NodeText =>
  make(id, '{{ trigger.body.missing }}', more)

export const condition = (
  id: string,
  rules: Readonly<Record<string, string>>,
  more: Partial<NodeText> & { mode?: 'first' | 'every' } = {},
): NodeText => {
  const { mode = 'first', ...rest } = more
  return {
    id,
    kind: 'condition',
    config: { rules: Object.entries(rules).map(([port, when]) => ({ port, when })), mode },
    ...rest,
  }
}

export const delay = (id: string, ms: unknown = 1000, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'delay',
  config: { ms },
  ...more,
})

/** Runs what has `parent: id` for every entry of the trigger's `body.items`. */
export const each = (id: string, config: Record<string, unknown> = {}, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'each',
  config: { items: 'trigger.body.items', ...config },
  ...more,
})

export const repeat = (id: string, config: Record<string, unknown>, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'repeat',
  config: { maxIterations: 10, ...config },
  ...more,
})

/** Waits for the signal `paid`. */
export const signalled = (
  id: string,
  config: Record<string, unknown> = {},
  more: Partial<NodeText> = {},
): NodeText => ({ id, kind: 'wait', config: { for: 'signal', name: 'paid', ...config }, ...more })

export const approval = (id: string, config: Record<string, unknown> = {}, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'wait',
  config: { for: 'approval', ...config },
  ...more,
})

export const callback = (id: string, config: Record<string, unknown> = {}, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'wait',
  config: { for: 'callback', ...config },
  ...more,
})

/** Starts the workflow `shipping`. */
export const child = (id: string, config: Record<string, unknown> = {}, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'workflow',
  config: { workflowId: 'shipping', ...config },
  ...more,
})

/** Of a node in the container. */
export const inside = (container: string): Pick<NodeText, 'parent'> => ({ parent: nodeId(container) })
