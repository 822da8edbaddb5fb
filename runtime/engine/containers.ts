import type { Graph, Node, NodeId } from '../../schemas/graph.ts'

/** The containers that a node is in, the innermost first. Of parents that lead in a circle each is named once. */
export function containersRound({ parent }: Pick<Node, 'parent'>, { nodes }: Graph): readonly Node[] {
  const found = new Map<NodeId, Node>()
  for (let id = parent; id !== undefined && !found.has(id); id = found.get(id)?.parent) {
    const container = nodes.find((node) => node.id === id)
    if (container === undefined) break
    found.set(id, container)
  }
  return [...found.values()]
}
