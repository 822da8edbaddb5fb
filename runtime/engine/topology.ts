import type { Edge, Graph, Node, NodeId } from '../../schemas/graph.ts'
import { compensatePort, kindNamed } from '../../schemas/kinds/index.ts'
import { assert } from './assert.ts'

/** The port of a container that leads to the nodes inside it. */
export const bodyPort = 'body'

/** A graph's nodes and edges by id, made once for each graph object. */
export type Topology = {
  readonly triggers: readonly Node[]
  node(id: NodeId): Node
  /** Edges that are decided when a step of the node is over. */
  edgesFrom(id: NodeId): readonly Edge[]
  /** Edges by which a node begins; for the first nodes in a container they come from the container. */
  edgesTo(id: NodeId): readonly Edge[]
  /** Edges from a container to the nodes inside it that begin each iteration. */
  bodyEdges(id: NodeId): readonly Edge[]
  /** Nodes of a container, or without one of the graph, that are part of the way through it. */
  nodesIn(container: NodeId | undefined): readonly Node[]
  /** What undoes the node; null when nothing does. */
  compensationOf(id: NodeId): NodeId | null
  /** What the node undoes; null when it is part of the way. */
  undoneBy(id: NodeId): NodeId | null
  /** Whether something in the container can be undone, at any depth. */
  undoesIn(container: NodeId): boolean
  /** Whether the node only undoes another. */
  isCompensation(id: NodeId): boolean
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
  const containers = new Set(graph.nodes.filter((node) => roleOf(node) === 'container').map(({ id }) => id))
  const undoing = graph.edges.filter(({ port }) => port === compensatePort)
  const flowing = graph.edges.filter(({ port }) => port !== compensatePort)
  const isBody = ({ from, port }: Edge): boolean => port === bodyPort && containers.has(from)
  const from = Map.groupBy(
    flowing.filter((edge) => !isBody(edge)),
    (edge) => edge.from,
  )
  const bodies = Map.groupBy(flowing.filter(isBody), (edge) => edge.from)
  const to = Map.groupBy(flowing, (edge) => edge.to)
  const compensations = new Map(undoing.map((edge) => [edge.from, edge.to]))
  const compensating = new Map(undoing.map((edge) => [edge.to, edge.from]))
  const inside = Map.groupBy(
    graph.nodes.filter(({ id }) => !compensating.has(id)),
    ({ parent }) => parent,
  )
  const undoesIn = (container: NodeId): boolean =>
    (inside.get(container) ?? []).some(({ id }) => compensations.has(id) || undoesIn(id))
  return {
    triggers: graph.nodes.filter((node) => roleOf(node) === 'trigger'),
    node: (id) => {
      const node = nodes.get(id)
      assert(node !== undefined, `node ${id} belongs to the graph`)
      return node
    },
    edgesFrom: (id) => from.get(id) ?? [],
    edgesTo: (id) => to.get(id) ?? [],
    bodyEdges: (id) => bodies.get(id) ?? [],
    nodesIn: (container) => inside.get(container) ?? [],
    compensationOf: (id) => compensations.get(id) ?? null,
    undoneBy: (id) => compensating.get(id) ?? null,
    undoesIn,
    isCompensation: (id) => compensating.has(id),
  }
}

const roleOf = ({ kind }: Node) => kindNamed(kind)?.role
