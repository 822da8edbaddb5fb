import type { GraphProblem, NodeId } from '../../../schemas/graph.ts'
import { kindNamed } from '../../../schemas/kinds/index.ts'
import { graphProblem, type Judged } from './validate.ts'

/** Ways through the graph that cannot be: no start, no way to a node, a way that comes back. */
export function flowProblems({ graph }: Judged): GraphProblem[] {
  const triggers = graph.nodes.filter(({ kind }) => kindNamed(kind)?.role === 'trigger')
  if (triggers.length === 0) {
    return [
      graphProblem(
        'no_trigger',
        'the workflow has no trigger, so nothing can start it',
        'add a manual start or a webhook',
      ),
    ]
  }
  const cycle = cycleIn(graph)
  const reached = reachable(
    graph,
    triggers.map(({ id }) => id),
  )
  return [
    ...(cycle === null ? [] : [cycleProblem(cycle)]),
    ...graph.nodes
      .filter(({ id }) => !reached.has(id))
      .map(
        ({ id }): GraphProblem => ({
          nodeId: id,
          field: null,
          code: 'unreachable_node',
          message: `no trigger leads to ${id}`,
          mend: 'connect it to a step that runs, or remove it',
        }),
      ),
  ]
}

const cycleProblem = (cycle: readonly NodeId[]): GraphProblem => ({
  nodeId: cycle[0] ?? null,
  field: null,
  code: 'cycle',
  message: `the steps ${[...cycle, cycle[0]].join(' → ')} lead back to themselves`,
  mend: 'remove one of these edges: a loop is a container, never an edge back',
})

type Edges = Judged['graph']

export function reachable({ edges }: Pick<Edges, 'edges'>, from: readonly NodeId[]): ReadonlySet<NodeId> {
  const targets = Map.groupBy(edges, (edge) => edge.from)
  const reached = new Set(from)
  for (const id of reached) for (const { to } of targets.get(id) ?? []) reached.add(to)
  return reached
}

/** The nodes of one cycle in order; null when there is none. Nodes without incoming edges are taken away until none is left. */
function cycleIn(graph: Edges): NodeId[] | null {
  const incoming = new Map(graph.nodes.map(({ id }) => [id, 0]))
  const targets = Map.groupBy(
    graph.edges.filter(({ from, to }) => incoming.has(from) && incoming.has(to)),
    (edge) => edge.from,
  )
  for (const edges of targets.values()) for (const { to } of edges) incoming.set(to, (incoming.get(to) ?? 0) + 1)
  const free = [...incoming].filter(([, count]) => count === 0).map(([id]) => id)
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    incoming.delete(id)
    for (const { to } of targets.get(id) ?? []) {
      const left = (incoming.get(to) ?? 0) - 1
      incoming.set(to, left)
      if (left === 0) free.push(to)
    }
  }
  const [start] = incoming.keys()
  return start === undefined
    ? null
    : walkBack(
        start,
        graph.edges.filter(({ from, to }) => incoming.has(from) && incoming.has(to)),
      )
}

/** Every node that is left has a predecessor that is left, so walking back from any of them must meet itself. */
function walkBack(start: NodeId, edges: Edges['edges']): NodeId[] {
  const before = new Map(edges.map(({ from, to }) => [to, from]))
  const path: NodeId[] = []
  for (let id: NodeId | undefined = start; id !== undefined; id = before.get(id)) {
    const at = path.indexOf(id)
    if (at !== -1) return path.slice(at).reverse()
    path.push(id)
  }
  return path.reverse()
}
