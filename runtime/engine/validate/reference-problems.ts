import type { Graph, GraphProblem, Node, NodeId } from '../../../schemas/graph.ts'
import type { Reference } from '../../expression/index.ts'
import { isObject } from '../path.ts'
import { reachable, targetsIn } from './flow-problems.ts'
import type { Judged } from './validate.ts'

/** Texts that read what cannot be there: an unknown step, one that does not come before, a field its output never has. */
export function referenceProblems({ graph, compiled }: Judged): GraphProblem[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const ancestors = ancestorsIn(graph)
  return compiled.flatMap(({ node, references }) =>
    references.flatMap(({ field, reference }) => {
      const fault = judge(reference, node, nodes, ancestors)
      return fault === null ? [] : [{ nodeId: node.id, field, ...fault }]
    }),
  )
}

type Fault = Pick<GraphProblem, 'code' | 'message' | 'mend'>
type Nodes = ReadonlyMap<NodeId, Node>
type Ancestors = (id: NodeId) => ReadonlySet<NodeId>

function judge(reference: Reference, node: Node, nodes: Nodes, ancestors: Ancestors): Fault | null {
  const { root, path, text } = reference
  if (root === 'steps') return judgeStep(reference, node, nodes, ancestors)
  if (root === 'trigger') return missingKey(text, path[0], triggerKeys(node, nodes, ancestors), reference.optional)
  return missingKey(text, path[0], root === 'execution' ? executionKeys : workflowKeys, reference.optional)
}

function judgeStep({ path, text, optional }: Reference, node: Node, nodes: Nodes, ancestors: Ancestors): Fault | null {
  const [id, part, key] = path as readonly [NodeId?, string?, string?]
  if (id === undefined)
    return { code: 'unknown_reference', message: `${text} names no step`, mend: 'write steps.<id>.output' }
  const target = nodes.get(id)
  if (target === undefined) {
    const before = [...ancestors(node.id)]
    return {
      code: 'unknown_reference',
      message: `${text}: there is no step ${id}`,
      mend: before.length === 0 ? 'no step comes before this one' : `use one of ${before.join(', ')}`,
    }
  }
  if (!ancestors(node.id).has(id)) {
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

/** What the trigger may hold: the keys of every trigger that leads here. */
function triggerKeys(node: Node, nodes: Nodes, ancestors: Ancestors): readonly string[] {
  const above = [...ancestors(node.id), node.id].flatMap((id) => triggerShapes[nodes.get(id)?.kind ?? ''] ?? [])
  return [...new Set(above)]
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

/** What comes before a node; worked out for those nodes only whose texts read something. */
function ancestorsIn(graph: Graph): Ancestors {
  const sources = targetsIn(graph.edges.map((edge) => ({ ...edge, from: edge.to, to: edge.from })))
  const known = new Map<NodeId, ReadonlySet<NodeId>>()
  return (id) => {
    const ancestors = known.get(id) ?? reachable(sources, sources.get(id) ?? [])
    known.set(id, ancestors)
    return ancestors
  }
}
