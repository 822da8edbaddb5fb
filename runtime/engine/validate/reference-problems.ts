import type { Graph, GraphProblem, Node, NodeId } from '../../../schemas/graph.ts'
import type { Reference } from '../../expression/index.ts'
import { isObject } from '../path.ts'
import { reachable, targetsIn } from './flow-problems.ts'
import type { Judged } from './validate.ts'

/** Texts that read what cannot be there: an unknown step, one that does not come before, a field its output never has. */
export function referenceProblems({ graph, compiled }: Judged): GraphProblem[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const order = orderOf(graph)
  return compiled.flatMap(({ node, references }) =>
    references.flatMap(({ field, reference }) => {
      const fault = judge(reference, node, nodes, order)
      return fault === null ? [] : [{ nodeId: node.id, field, ...fault }]
    }),
  )
}

type Fault = Pick<GraphProblem, 'code' | 'message' | 'mend'>
type Nodes = ReadonlyMap<NodeId, Node>
type Order = {
  /** What comes before a node, the nearest first: who looks for one of them seldom walks far. */
  before(id: NodeId): Iterable<NodeId>
  /** The keys of every trigger that leads to a node. */
  triggerKeys(id: NodeId): readonly string[]
}

function judge(reference: Reference, node: Node, nodes: Nodes, order: Order): Fault | null {
  const { root, path, text } = reference
  if (root === 'steps') return judgeStep(reference, node, nodes, order)
  if (root === 'trigger') return missingKey(text, path[0], order.triggerKeys(node.id), reference.optional)
  return missingKey(text, path[0], root === 'execution' ? executionKeys : workflowKeys, reference.optional)
}

function judgeStep({ path, text, optional }: Reference, node: Node, nodes: Nodes, order: Order): Fault | null {
  const [id, part, key] = path as readonly [NodeId?, string?, string?]
  if (id === undefined)
    return { code: 'unknown_reference', message: `${text} names no step`, mend: 'write steps.<id>.output' }
  const target = nodes.get(id)
  if (target === undefined) {
    const before = [...order.before(node.id)]
    return {
      code: 'unknown_reference',
      message: `${text}: there is no step ${id}`,
      mend: before.length === 0 ? 'no step comes before this one' : `use one of ${before.join(', ')}`,
    }
  }
  if (!holds(order.before(node.id), id)) {
    return {
      code: 'reference_cannot_have_run',
      message: `${text}: ${id} does not come before ${node.id}`,
      mend: `lead an edge from ${id} towards ${node.id}, or read another step`,
    }
  }
  if (part !== 'output' && part !== 'error') {
    return {
      code: 'unknown_reference',
      message: `${text}: a step has output and error`,
      mend: `write steps.${id}.output`,
    }
  }
  return missingKey(text, key, part === 'output' ? outputKeys(target) : ['code', 'message', 'details'], optional)
}

function missingKey(
  text: string,
  key: string | undefined,
  known: readonly string[] | null,
  optional: boolean,
): Fault | null {
  if (key === undefined || known === null || optional || known.includes(key)) return null
  const mend = known.length === 0 ? 'there is nothing to read' : `use one of ${known.join(', ')}`
  return { code: 'unknown_reference', message: `${text}: there is no ${key}`, mend }
}

const executionKeys = ['id', 'startedAt']
const workflowKeys = ['id', 'version', 'name']

const triggerShapes: Readonly<Record<string, readonly string[]>> = {
  manual: ['body'],
  webhook: ['method', 'path', 'headers', 'query', 'body'],
}

/** The top-level keys a node's output always has; null when they depend on data. */
function outputKeys({ kind, config }: Node): readonly string[] | null {
  if (kind === 'http') return ['status', 'headers', 'body']
  if (kind === 'condition') return ['ports']
  if (kind === 'delay') return ['until']
  if (kind === 'log') return ['level', 'message', ...(config['data'] === undefined ? [] : ['data'])]
  if (kind === 'transform' && isObject(config['fields'])) return Object.keys(config['fields'])
  return triggerShapes[kind] ?? null
}

function orderOf({ nodes, edges }: Graph): Order {
  const targets = targetsIn(edges)
  const sources = targetsIn(edges.map((edge) => ({ ...edge, from: edge.to, to: edge.from })))
  const triggers = nodes.flatMap(({ id, kind }) => {
    const keys = triggerShapes[kind]
    return keys === undefined ? [] : [{ keys, reached: new Set(reachable(targets, [id])) }]
  })
  return {
    before: (id) => reachable(sources, sources.get(id) ?? []),
    triggerKeys: (id) => [...new Set(triggers.flatMap(({ keys, reached }) => (reached.has(id) ? keys : [])))],
  }
}

function holds(ids: Iterable<NodeId>, wanted: NodeId): boolean {
  for (const id of ids) if (id === wanted) return true
  return false
}
