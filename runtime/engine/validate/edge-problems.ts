import type { Edge, GraphProblem, Node, NodeId } from '../../../schemas/graph.ts'
import { kindNamed, portsOf } from '../../../schemas/kinds/index.ts'
import type { Judged } from './validate.ts'

/** Nodes and edges that do not fit together: doubled ids, missing ends, missing ports, joins that cannot be. */
export function edgeProblems({ graph }: Judged): GraphProblem[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const doubled = graph.nodes.filter((node) => nodes.get(node.id) !== node)
  const ports = new Map(graph.nodes.map((node) => [node.id, knownPorts(node)]))
  const seen = new Set<string>()
  const ofEdges = graph.edges.flatMap((edge, index): GraphProblem[] => {
    const isDoubled = seen.has(arrow(edge))
    seen.add(arrow(edge))
    const fault = isDoubled ? duplicateEdge(edge) : faultOf(edge, nodes, ports)
    return fault === null ? [] : [{ nodeId: edge.from, field: `edges[${index}]`, ...fault }]
  })
  return [...doubled.map(duplicateNode), ...ofEdges, ...joinProblems(graph), ...timeoutProblems(graph)]
}

type Fault = Pick<GraphProblem, 'code' | 'message' | 'mend'>

function faultOf(
  edge: Edge,
  nodes: ReadonlyMap<NodeId, Node>,
  ports: ReadonlyMap<NodeId, readonly string[] | null>,
): Fault | null {
  const to = nodes.get(edge.to)
  if (!nodes.has(edge.from)) return missingNode(edge, 'begins at')
  if (to === undefined) return missingNode(edge, 'leads to')
  if (kindNamed(to.kind)?.role === 'trigger') {
    return {
      code: 'edge_into_trigger',
      message: `the edge ${arrow(edge)} leads into a trigger`,
      mend: 'lead it to the step after the trigger',
    }
  }
  const known = ports.get(edge.from) ?? null
  if (known === null || known.includes(edge.port)) return null
  return {
    code: 'missing_port',
    message: `${edge.from} has no port ${edge.port}`,
    mend: known.length === 0 ? `${edge.from} ends here: remove the edge` : `use one of ${known.join(', ')}`,
  }
}

/** Null for a node whose kind or config is broken: it has a problem of its own, and its ports are not known. */
function knownPorts(node: Node): readonly string[] | null {
  return kindNamed(node.kind)?.config.safeParse(node.config).success === true ? portsOf(node) : null
}

export const arrow = ({ from, port, to }: Edge): string => `${from}.${port} → ${to}`

const missingNode = (edge: Edge, how: 'begins at' | 'leads to'): Fault => ({
  code: 'missing_node',
  message: `the edge ${arrow(edge)} ${how} a node that does not exist`,
  mend: 'add the node or remove the edge',
})

const duplicateEdge = (edge: Edge): Fault => ({
  code: 'duplicate_edge',
  message: `the edge ${arrow(edge)} is there twice`,
  mend: 'remove one of them',
})

const duplicateNode = ({ id }: Node): GraphProblem => ({
  nodeId: id,
  field: 'id',
  code: 'duplicate_node',
  message: `two nodes have the id ${id}`,
  mend: 'give one of them another id',
})

function joinProblems({ nodes, edges }: Judged['graph']): GraphProblem[] {
  const incoming = Map.groupBy(edges, ({ to }) => to)
  return nodes.flatMap(({ id, kind, join }): GraphProblem[] => {
    const count = (incoming.get(id) ?? []).length
    if (typeof join !== 'number' || join <= count || kindNamed(kind)?.role === 'trigger') return []
    return [
      {
        nodeId: id,
        field: 'join',
        code: 'join_too_many',
        message: `it waits for ${join} edges and has ${count}`,
        mend: count === 0 ? 'use all or any' : `use at most ${count}, all or any`,
      },
    ]
  })
}

/** Whoever leads an edge from `timeout` believes that the wait ends by itself. */
function timeoutProblems({ nodes, edges }: Judged['graph']): GraphProblem[] {
  const watched = new Set(edges.filter(({ port }) => port === 'timeout').map(({ from }) => from))
  return nodes
    .filter(({ id, kind, config }) => kind === 'wait' && config['timeoutMs'] === undefined && watched.has(id))
    .map(({ id }) => ({
      nodeId: id,
      field: 'config.timeoutMs',
      code: 'missing_field',
      message: 'an edge leads from timeout, and the wait has no time limit',
      mend: 'set timeoutMs, or remove the edge',
    }))
}
