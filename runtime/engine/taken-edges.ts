import type { Edge, Node, NodeId } from '../../schemas/graph.ts'
import type { Started } from './state.ts'
import { stepOf } from './step-key.ts'
import { topologyOf } from './topology.ts'

/** Position of the event that took the edge; null while it is undecided, and when it is dead. */
export function takenAt(state: Started, { from, port }: Edge): number | null {
  const step = state.steps.get(stepOf(from))
  if (step?.status !== 'succeeded' && step?.status !== 'failed') return null
  if (!step.ports.includes(port)) return null
  return step.status === 'succeeded' ? step.outputAt : step.failedAt
}

/** How many taken edges begin a node; null when it waits for all to be decided. */
export function edgesNeeded({ join = 'all' }: Node): number | null {
  if (join === 'all') return null
  return join === 'any' ? 1 : join
}

/**
 * The steps whose edges began a node, in the order of the graph's edges. A node that waits for n
 * edges began with the first n in the log: what else was taken by then must not change what it works on.
 */
export function sourcesOf(state: Started, node: Node): readonly NodeId[] {
  const taken = topologyOf(state.graph)
    .edgesTo(node.id)
    .flatMap(({ from, ...edge }, index) => {
      const at = takenAt(state, { from, ...edge })
      return at === null ? [] : [{ from, index, at }]
    })
  const needed = edgesNeeded(node) ?? taken.length
  const first = taken.sort((left, right) => left.at - right.at).slice(0, needed)
  return [...new Set(first.sort((left, right) => left.index - right.index).map(({ from }) => from))]
}
