import type { Graph, Node, NodeId } from '../../../schemas/graph.ts'
import { containersRound } from '../containers.ts'
import { topologyOf } from '../topology.ts'
import { reachable, targetsIn } from './flow-problems.ts'
import { type Shape, triggerShape } from './output-shapes.ts'

/** What comes before a place in a graph, so that a text there may read it. */
export type Order = {
  /** The nodes that come before the text, the nearest first: who looks for one of them seldom walks far. */
  before(node: Node, isInside: boolean): Iterable<NodeId>
  /** The containers round the text, the innermost first: they have begun and are not over. */
  around(node: Node, isInside: boolean): readonly Node[]
  /** What the triggers bring that lead to the node. */
  triggers(node: Node): readonly Shape[]
}

export function orderOf(graph: Graph): Order {
  const { nodes, edges } = graph
  const targets = targetsIn(edges)
  const sources = targetsIn(edges.map((edge) => ({ ...edge, from: edge.to, to: edge.from })))
  const triggers = nodes.flatMap((node) => {
    const shape = triggerShape(node)
    return shape === undefined ? [] : [{ shape, reached: new Set(reachable(targets, [node.id])) }]
  })
  return {
    *before({ id }, isInside) {
      // A text that is read at the end of an iteration comes after all the steps of that.
      if (isInside) for (const inner of topologyOf(graph).nodesIn(id)) yield inner.id
      yield* reachable(sources, sources.get(id) ?? [])
    },
    around: (node, isInside) => {
      const round = containersRound(node, graph)
      // The rule of a `repeat` is also read before there is an iteration.
      return isInside && node.kind === 'each' ? [node, ...round] : round
    },
    triggers: ({ id }) => triggers.flatMap(({ shape, reached }) => (reached.has(id) ? [shape] : [])),
  }
}
