import type { Graph, NodeId } from '../../schemas/graph.ts'
import { isFrame, layoutLevel, type Point, type Size, sizeOf } from './graph-layout.ts'

type Drawn = Pick<Graph, 'nodes' | 'edges'>
type GraphNode = Graph['nodes'][number]

/** Where a node stands and how large it is. Inside a frame it is measured from the corner of the frame. */
export type Box = Point & Size & { readonly parent: NodeId | null }

/** What a frame keeps free round the nodes in it: its head above them, and the beginning of the edges that lead in. */
export const frameHead = 76
const padding = { left: 64, right: 28, bottom: 24, top: 18 }
const emptyFrame = { width: 360, height: 140 }

/** The box of every node, a frame before the nodes in it. A draft whose parents make no sense is drawn flat. */
export function layoutGraph(graph: Drawn): ReadonlyMap<string, Box> {
  const inside = Map.groupBy(graph.nodes, (node) => parentIn(node, graph))
  const boxes = new Map<string, Box>()
  placeLevel(graph, inside, null, boxes)
  return boxes
}

/** Nodes in the order in which they are read: layer by layer, from the top, and after a container those inside it. */
export function readingOrder(graph: Drawn): readonly GraphNode[] {
  const boxes = layoutGraph(graph)
  const at = (node: GraphNode): Point => boxes.get(node.id) ?? { x: 0, y: 0 }
  const inside = Map.groupBy(graph.nodes, (node) => boxes.get(node.id)?.parent ?? null)
  const read = (parent: NodeId | null): readonly GraphNode[] =>
    (inside.get(parent) ?? [])
      .toSorted((left, right) => at(left).x - at(right).x || at(left).y - at(right).y)
      .flatMap((node) => [node, ...read(node.id)])
  return read(null)
}

type Inside = ReadonlyMap<NodeId | null, readonly GraphNode[]>

/** Places the nodes of one frame and of those inside it, and says how large the frame has to be. */
function placeLevel(graph: Drawn, inside: Inside, parent: NodeId | null, boxes: Map<string, Box>): Size {
  const nodes = [...(inside.get(parent) ?? [])]
  const inner = new Map<string, Box>()
  const sizes = new Map(
    nodes.map((node) => [
      node.id,
      isFrame(node) ? placeLevel(graph, inside, node.id, inner) : sizeOf(node, graph.edges),
    ]),
  )
  const ids = new Set<string>(sizes.keys())
  const edges = graph.edges.filter(({ from, to }) => ids.has(from) && ids.has(to))
  const points = layoutLevel({ nodes, edges, sizeOf: (node) => sizes.get(node.id) ?? emptyFrame })
  const shift = shiftInto(parent, nodes, points)
  for (const node of nodes) {
    const { x, y } = points.get(node.id) ?? { x: 0, y: 0 }
    boxes.set(node.id, { x: x + shift.x, y: y + shift.y, ...(sizes.get(node.id) ?? emptyFrame), parent })
  }
  for (const [id, box] of inner) boxes.set(id, box)
  return frameRound(nodes.flatMap(({ id }) => boxes.get(id) ?? []))
}

/** Nodes in a frame begin under its head. Those that carry positions keep them as far as that leaves them room. */
function shiftInto(parent: NodeId | null, nodes: readonly GraphNode[], points: ReadonlyMap<string, Point>): Point {
  if (parent === null || nodes.length === 0) return { x: 0, y: 0 }
  const all = [...points.values()]
  const shift = {
    x: padding.left - Math.min(...all.map(({ x }) => x)),
    y: frameHead + padding.top - Math.min(...all.map(({ y }) => y)),
  }
  const isPlaced = nodes.every(({ position }) => position !== undefined)
  return isPlaced ? { x: Math.max(0, shift.x), y: Math.max(0, shift.y) } : shift
}

function frameRound(boxes: readonly Box[]): Size {
  return {
    width: Math.max(emptyFrame.width, ...boxes.map(({ x, width }) => x + width + padding.right)),
    height: Math.max(emptyFrame.height, ...boxes.map(({ y, height }) => y + height + padding.bottom)),
  }
}

/** The container a node is in; null when it is in none, or in one that is not there, or in itself. */
function parentIn(node: GraphNode, { nodes }: Drawn): NodeId | null {
  const seen = new Set<NodeId>([node.id])
  for (let id = node.parent; id !== undefined; ) {
    const container = nodes.find((candidate) => candidate.id === id)
    if (container === undefined || !isFrame(container) || seen.has(id)) return null
    seen.add(id)
    id = container.parent
  }
  return node.parent ?? null
}
