import type { Edge, Graph, Node, NodeId } from '../../schemas/graph.ts'
import { kindNamed } from '../../schemas/kinds/index.ts'
import { assert } from './assert.ts'

/** A graph's nodes and edges by id, made once for each graph object. */
export type Topology = {
  readonly triggers: readonly Node[]
  node(id: NodeId): Node
  edgesFrom(id: NodeId): readonly Edge[]
  edgesTo(id: NodeId): readonly Edge[]
}

const made = new WeakMap<Graph, Topology>()

export function topologyOf(graph: Graph): Topology {
  const known = made.get(graph)
  if (known !== undefined) return known
  const topology = topologyFrom(graph)
  made.set(graph, topology)
  return topology
}

function topologyFrom(graph: Graph): Topology {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const from = Map.groupBy(graph.edges, (edge) => edge.from)
  const to = Map.groupBy(graph.edges, (edge) => edge.to)
  return {
    triggers: graph.nodes.filter((node) => kindNamed(node.kind)?.role === 'trigger'),
    node: (id) => {
      const node = nodes.get(id)
      assert(node !== undefined, `node ${id} belongs to the graph`)
      return node
    },
    edgesFrom: (id) => from.get(id) ?? [],
    edgesTo: (id) => to.get(id) ?? [],
  }
}
