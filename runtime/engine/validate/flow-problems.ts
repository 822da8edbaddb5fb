import type { Edge, Graph, GraphProblem, NodeId } from '../../../schemas/graph.ts'
import { kindNamed } from '../../../schemas/kinds/index.ts'
import { bodyPort } from '../topology.ts'
import { crosses } from './container-problems.ts'
import { graphProblem, type Judged } from './validate.ts'

/** Ways through the graph that cannot be: no start, no way to a node, a way that comes back. */
export function flowProblems({ graph }: Judged): GraphProblem[] {
  const triggers = graph.nodes.filter(({ kind }) => kindNamed(kind)?.role === 'trigger').map(({ id }) => id)
  if (triggers.length === 0) {
    return [
      graphProblem(
        'no_trigger',
        'the workflow has no trigger, so nothing can start it',
        'add a manual start or a webhook',
      ),
    ]
  }
  const ids = graph.nodes.map(({ id }) => id)
  // An edge that leads back to its container has a problem of its own, and says more about it.
  const inScope = targetsIn(graph.edges.filter((edge) => !crosses(edge, graph)))
  return [...cycleProblems(ids, inScope), ...unreachableProblems(graph, triggers)]
}

function unreachableProblems({ nodes, edges }: Graph, triggers: readonly NodeId[]): GraphProblem[] {
  const reached = new Set(reachable(targetsIn(edges), triggers))
  const begun = new Set(edges.filter(({ port }) => port === bodyPort).map(({ from }) => from))
  return nodes
    .filter(({ id }) => !reached.has(id))
    .flatMap(({ id, parent }) => {
      if (parent === undefined || !reached.has(parent)) return [unreachableProblem(id, 'no trigger leads to it')]
      // Nothing in the container begins, which is its problem.
      return begun.has(parent) ? [unreachableProblem(id, `${parent}.${bodyPort} does not lead to it`)] : []
    })
}

const unreachableProblem = (nodeId: NodeId, message: string): GraphProblem => ({
  nodeId,
  field: null,
  code: 'unreachable_node',
  message,
  mend: 'connect it to a step that runs, or remove it',
})

/** Where the edges out of each node lead. */
export type Targets = ReadonlyMap<NodeId, readonly NodeId[]>

export function targetsIn(edges: readonly Edge[]): Targets {
  const groups = Map.groupBy(edges, ({ from }) => from)
  return new Map([...groups].map(([from, group]) => [from, group.map(({ to }) => to)]))
}

/** The nodes that can be reached, each once, those begun at first and the nearest before the others. */
export function* reachable(targets: Targets, from: readonly NodeId[]): Generator<NodeId> {
  const reached = new Set(from)
  // A set that grows while it is walked is walked to its end.
  for (const id of reached) {
    yield id
    for (const to of targets.get(id) ?? []) reached.add(to)
  }
}

/** At most one: after it is mended the next one shows. */
function cycleProblems(ids: readonly NodeId[], targets: Targets): GraphProblem[] {
  const done = new Set<NodeId>()
  for (const id of ids) {
    const cycle = cycleFrom(id, targets, [], done)
    if (cycle !== null) return [cycleProblem(cycle)]
  }
  return []
}

/** Ends where it begins. */
type Cycle = readonly [NodeId, ...NodeId[]]

function cycleFrom(id: NodeId, targets: Targets, path: readonly NodeId[], done: Set<NodeId>): Cycle | null {
  if (done.has(id)) return null
  if (path.includes(id)) return [id, ...path.slice(path.indexOf(id) + 1), id]
  const here = [...path, id]
  for (const to of targets.get(id) ?? []) {
    const cycle = cycleFrom(to, targets, here, done)
    if (cycle !== null) return cycle
  }
  done.add(id)
  return null
}

const cycleProblem = (way: Cycle): GraphProblem => ({
  nodeId: way[0],
  field: null,
  code: 'cycle',
  message: `the steps ${way.join(' → ')} lead back to themselves`,
  mend: 'remove one of these edges: a loop is a container, never an edge back',
})
