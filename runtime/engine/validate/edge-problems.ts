import type { Edge, GraphProblem } from '../../../schemas/graph.ts'
import { kindNamed, portsOf } from '../../../schemas/kinds/index.ts'
import type { Judged } from './validate.ts'

/** Nodes and edges that do not fit together: doubled ids, missing ends, missing ports. */
export function edgeProblems({ graph }: Judged): GraphProblem[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const doubledNodes = graph.nodes
    .filter((node) => nodes.get(node.id) !== node)
    .map(
      ({ id }): GraphProblem => ({
        nodeId: id,
        field: 'id',
        code: 'duplicate_node',
        message: `two nodes have the id ${id}`,
        mend: 'give one of them another id',
      }),
    )
  const seen = new Set<string>()
  const ofEdges = graph.edges.flatMap((edge, index): GraphProblem[] => {
    const key = `${edge.from} ${edge.port} ${edge.to}`
    const isDoubled = seen.has(key)
    seen.add(key)
    if (isDoubled)
      return [problem(edge, index, 'duplicate_edge', `the edge ${arrow(edge)} is there twice`, 'remove one of them')]
    const from = nodes.get(edge.from)
    const to = nodes.get(edge.to)
    if (from === undefined)
      return [
        problem(
          edge,
          index,
          'missing_node',
          `the edge ${arrow(edge)} begins at a node that does not exist`,
          'add the node or remove the edge',
        ),
      ]
    if (to === undefined)
      return [
        problem(
          edge,
          index,
          'missing_node',
          `the edge ${arrow(edge)} leads to a node that does not exist`,
          'add the node or remove the edge',
        ),
      ]
    if (kindNamed(to.kind)?.role === 'trigger')
      return [
        problem(
          edge,
          index,
          'edge_into_trigger',
          `the edge ${arrow(edge)} leads into a trigger`,
          'lead it to the step after the trigger',
        ),
      ]
    const ports = portsOf(from)
    if (ports.includes(edge.port) || !isConfigured(from)) return []
    const mend = ports.length === 0 ? `${from.id} ends here: remove the edge` : `use one of ${ports.join(', ')}`
    return [problem(edge, index, 'missing_port', `${from.id} has no port ${edge.port}`, mend)]
  })
  const joins = graph.nodes.flatMap((node): GraphProblem[] => {
    const incoming = graph.edges.filter(({ to }) => to === node.id).length
    if (typeof node.join !== 'number' || node.join <= incoming) return []
    return [
      {
        nodeId: node.id,
        field: 'join',
        code: 'join_too_many',
        message: `it waits for ${node.join} edges and has ${incoming}`,
        mend: `use at most ${incoming}, all or any`,
      },
    ]
  })
  return [...doubledNodes, ...ofEdges, ...joins]
}

/** A node whose kind or config is broken has a problem of its own; its ports are not known. */
const isConfigured = (node: Judged['graph']['nodes'][number]): boolean =>
  kindNamed(node.kind)?.config.safeParse(node.config).success === true

const arrow = ({ from, port, to }: Edge): string => `${from}.${port} → ${to}`

const problem = (
  edge: Edge,
  index: number,
  code: GraphProblem['code'],
  message: string,
  mend: string,
): GraphProblem => ({
  nodeId: edge.from,
  field: `edges[${index}]`,
  code,
  message,
  mend,
})
