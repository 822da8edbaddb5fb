import { nodeOf, scopeOf } from '../../runtime/engine/index.ts'
import type { Graph, Node, NodeId, StepKey } from '../../schemas/graph.ts'
import { compensatePort, kindNamed } from '../../schemas/kinds/index.ts'
import { layoutGraph } from './graph-frames.ts'
import { bodyPort, isFrame, type Point, plainPort, portOffset, type Size, usedPorts } from './graph-layout.ts'
import type { ShownStatus } from './step-status.ts'

export type CanvasPort = { readonly name: string; readonly top: number }
export type CanvasNode = {
  readonly id: NodeId
  readonly kind: string
  readonly kindTitle: string
  readonly label: string
  /** The frame it is drawn in, from whose corner its position is measured. */
  readonly parent: NodeId | null
  readonly isFrame: boolean
  readonly hasInput: boolean
  /** Whether something undoes it, and whether it undoes something: those edges run from below to above. */
  readonly isUndone: boolean
  readonly undoes: boolean
  readonly ports: readonly CanvasPort[]
  readonly position: Point
  readonly size: Size
}
export type CanvasEdge = {
  /** The way through the graph, the way into a container, or to what undoes a step. */
  readonly role: 'flow' | 'body' | 'undo'
  readonly id: string
  readonly from: NodeId
  readonly port: string
  readonly to: NodeId
  /** The port's name, where a node leaves by more than its plain `out`. */
  readonly label: string | null
}
export type CanvasGraph = { readonly nodes: readonly CanvasNode[]; readonly edges: readonly CanvasEdge[] }

/** What became of an edge at a moment: `open` until the step it leaves is over. */
export type EdgeFate = 'open' | 'taken' | 'dead'

/** What the canvas draws of a graph, frames before what is in them. Edges that touch no existing node cannot be drawn and are left out. */
export function canvasGraph(graph: Pick<Graph, 'nodes' | 'edges'>): CanvasGraph {
  const nodes = new Map<string, Node>(graph.nodes.map((node) => [node.id, node]))
  const undoing = graph.edges.filter(({ port }) => port === compensatePort)
  const targets = new Set<string>(graph.edges.filter(({ port }) => port !== compensatePort).map((edge) => edge.to))
  return {
    nodes: [...layoutGraph(graph)].flatMap(([id, box]) => {
      const node = nodes.get(id)
      if (node === undefined) return []
      const { x, y, width, height, parent } = box
      const ports = usedPorts(node, graph.edges)
      return {
        id: node.id,
        kind: node.kind,
        kindTitle: kindTitle(node.kind),
        label: labelOf(node),
        parent,
        isFrame: isFrame(node),
        hasInput: targets.has(node.id),
        isUndone: undoing.some(({ from }) => from === node.id),
        undoes: undoing.some(({ to }) => to === node.id),
        ports: ports.map((name, index) => ({ name, top: portOffset(height, index, ports.length) })),
        position: { x, y },
        size: { width, height },
      }
    }),
    edges: graph.edges
      .filter((edge) => nodes.has(edge.from) && nodes.has(edge.to))
      .map((edge) => {
        const role = roleOf(edge, nodes.get(edge.from))
        return {
          id: `${edge.from}:${edge.port}:${edge.to}`,
          from: edge.from,
          port: edge.port,
          to: edge.to,
          role,
          label: role === 'body' || edge.port === plainPort ? null : edge.port,
        }
      }),
  }
}

function roleOf({ port }: Graph['edges'][number], from: Node | undefined): CanvasEdge['role'] {
  if (port === compensatePort) return 'undo'
  return port === bodyPort && from !== undefined && isFrame(from) ? 'body' : 'flow'
}

export const labelOf = (node: Pick<Node, 'id' | 'name'>): string => node.name ?? node.id

export const kindTitle = (kind: string): string => kindNamed(kind)?.title ?? kind

/** What a step is called: the name of the node it runs. A step of another version may have none here. */
export function stepLabel(step: StepKey, graph: Pick<Graph, 'nodes'>): string {
  const id = nodeOf(step)
  const node = graph.nodes.find((candidate) => candidate.id === id)
  return node === undefined ? step : labelOf(node)
}

/** The same, and of a step in a container the iteration it belongs to: `Charge [3]`, and deeper `Pack [3][0]`. */
export function stepTitle(step: StepKey, graph: Pick<Graph, 'nodes'>): string {
  const indices = scopeOf(step).match(/\[\d+\]/g)
  return indices === null ? stepLabel(step, graph) : `${stepLabel(step, graph)} ${indices.join('')}`
}

/** What became of an edge, by the ports that the step it leaves left by, and by the step it leads to. */
export function edgeFate(
  { role, port }: Pick<CanvasEdge, 'role' | 'port'>,
  left: readonly string[] | null,
  to: ShownStatus,
): EdgeFate {
  if (role === 'flow') return left === null ? 'open' : left.includes(port) ? 'taken' : 'dead'
  if (to === 'pending' || to === 'elsewhere') return 'open'
  return to === 'skipped' || to === 'cancelled' ? 'dead' : 'taken'
}
