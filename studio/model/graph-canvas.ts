import {
  type ExecutionState,
  type NodeStatus,
  nodeOf,
  nodeStatus,
  rootScope,
  scopeOf,
  stepIn,
} from '../../runtime/engine/index.ts'
import type { Graph, Node, NodeId, StepKey } from '../../schemas/graph.ts'
import { kindNamed } from '../../schemas/kinds/index.ts'
import { layoutGraph, type Point, plainPort, portOffset, type Size, sizeOf, usedPorts } from './graph-layout.ts'

export type CanvasPort = { readonly name: string; readonly top: number }
export type CanvasNode = {
  readonly id: NodeId
  readonly kind: string
  readonly kindTitle: string
  readonly label: string
  readonly hasInput: boolean
  readonly ports: readonly CanvasPort[]
  readonly position: Point
  readonly size: Size
}
export type CanvasEdge = {
  readonly id: string
  readonly from: NodeId
  readonly port: string
  readonly to: string
  /** The port's name, where a node leaves by more than its plain `out`. */
  readonly label: string | null
}
export type CanvasGraph = { readonly nodes: readonly CanvasNode[]; readonly edges: readonly CanvasEdge[] }

/** What became of an edge at a moment: `open` until the step it leaves is over. */
export type EdgeFate = 'open' | 'taken' | 'dead'

/** What the canvas draws of a graph. Edges that touch no existing node cannot be drawn and are left out. */
export function canvasGraph(graph: Pick<Graph, 'nodes' | 'edges'>): CanvasGraph {
  const positions = layoutGraph(graph)
  const ids = new Set<string>(graph.nodes.map((node) => node.id))
  const targets = new Set<string>(graph.edges.map((edge) => edge.to))
  return {
    nodes: graph.nodes.map((node) => {
      const size = sizeOf(node, graph.edges)
      const ports = usedPorts(node, graph.edges)
      return {
        id: node.id,
        kind: node.kind,
        kindTitle: kindTitle(node.kind),
        label: labelOf(node),
        hasInput: targets.has(node.id),
        ports: ports.map((name, index) => ({ name, top: portOffset(size.height, index, ports.length) })),
        position: positions.get(node.id) ?? { x: 0, y: 0 },
        size,
      }
    }),
    edges: graph.edges
      .filter((edge) => ids.has(edge.from) && ids.has(edge.to))
      .map((edge) => ({
        id: `${edge.from}:${edge.port}:${edge.to}`,
        from: edge.from,
        port: edge.port,
        to: edge.to,
        label: edge.port === plainPort ? null : edge.port,
      })),
  }
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

export const nodeStatusAt = (state: ExecutionState, id: NodeId): NodeStatus =>
  state.status === 'not_started' ? 'pending' : nodeStatus(state, id)

/** Derived from the step the edge leaves: taken out of a port it left by, dead out of every other. */
export function edgeFate(state: ExecutionState, edge: Pick<CanvasEdge, 'from' | 'port'>): EdgeFate {
  if (state.status === 'not_started') return 'open'
  const step = state.steps.get(stepIn(rootScope, edge.from))
  if (step?.status === 'succeeded' || step?.status === 'failed')
    return step.ports.includes(edge.port) ? 'taken' : 'dead'
  const status = nodeStatus(state, edge.from)
  return status === 'skipped' || status === 'cancelled' ? 'dead' : 'open'
}

/** Steps in the order in which they are read: layer by layer, from the top. */
export function readingOrder(graph: Pick<Graph, 'nodes' | 'edges'>): readonly Graph['nodes'][number][] {
  const positions = layoutGraph(graph)
  const at = (node: Graph['nodes'][number]): Point => positions.get(node.id) ?? { x: 0, y: 0 }
  return graph.nodes.toSorted((left, right) => at(left).x - at(right).x || at(left).y - at(right).y)
}

/** The attempt a step is at, counted from 1; 0 for steps without attempts. */
export function attemptAt(state: ExecutionState, id: NodeId): number {
  const step = state.status === 'not_started' ? undefined : state.steps.get(stepIn(rootScope, id))
  return step !== undefined && 'attempt' in step ? step.attempt : 0
}
