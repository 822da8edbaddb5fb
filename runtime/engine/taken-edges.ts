import type { Edge, Node, NodeId, ScopePath } from '../../schemas/graph.ts'
import { assert } from './assert.ts'
import type { Started } from './state.ts'
import { iterationAt, nodeOf, stepIn } from './step-key.ts'
import { topologyOf } from './topology.ts'

/** Position of the event that took the edge in a scope; null while it is undecided, and when it is dead. */
export function takenAt(state: Started, { from, port }: Edge, scope: ScopePath): number | null {
  const at = iterationAt(scope)
  if (at !== null && nodeOf(at.container) === from) {
    const opened = state.scopes.get(scope)
    assert(opened !== undefined, 'what follows from an edge happens in an open iteration')
    return opened.startedAt
  }
  const step = state.steps.get(stepIn(scope, from))
  if (step?.status !== 'succeeded' && step?.status !== 'failed') return null
  return step.ports.includes(port) ? step.overAt : null
}

/** How many taken edges begin a node; null when it waits for all to be decided. */
export function edgesNeeded({ join = 'all' }: Node): number | null {
  if (join === 'all') return null
  return join === 'any' ? 1 : join
}

/**
 * The nodes whose edges began a node, in the order of the graph's edges. A node that waits for n
 * edges began with the first n in the log: what else was taken by then must not change what it works on.
 */
export function sourcesOf(state: Started, node: Node, scope: ScopePath): readonly NodeId[] {
  const taken = topologyOf(state.graph)
    .edgesTo(node.id)
    .flatMap((edge, index) => {
      const at = takenAt(state, edge, scope)
      return at === null ? [] : [{ from: edge.from, index, at }]
    })
  const needed = edgesNeeded(node) ?? taken.length
  const first = taken.sort((left, right) => left.at - right.at).slice(0, needed)
  return [...new Set(first.sort((left, right) => left.index - right.index).map(({ from }) => from))]
}
