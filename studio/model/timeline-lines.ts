import { type Started, undoingOf } from '../../runtime/engine/index.ts'
import { topologyOf } from '../../runtime/engine/topology.ts'
import type { Graph, Node, NodeId, StepKey } from '../../schemas/graph.ts'
import { isFrame } from './graph-layout.ts'

/** One line of the timeline. There is a line for every node, never one for every iteration. */
export type TimelineLine =
  | { readonly kind: 'step'; readonly node: Node; readonly depth: number }
  | { readonly kind: 'container'; readonly node: Node; readonly depth: number; readonly isExpanded: boolean }
  /** Which iteration of the container above it the lines below it show. */
  | { readonly kind: 'iteration'; readonly node: Node; readonly depth: number }
  | { readonly kind: 'section'; readonly label: string }
  /** A step that undoes another. */
  | { readonly kind: 'undo'; readonly step: StepKey; readonly undoes: StepKey }

/** `order`: the nodes as they are read, containers before what is in them. What only undoes has a section of its own. */
export function timelineLines(
  order: readonly Node[],
  graph: Graph,
  collapsed: ReadonlySet<NodeId>,
  state: Started | null,
): readonly TimelineLine[] {
  const topology = topologyOf(graph)
  const depths = new Map<NodeId, number>()
  const lines: TimelineLine[] = []
  for (const node of order) {
    const depth = node.parent === undefined ? 0 : (depths.get(node.parent) ?? -1) + 1
    const isHidden = node.parent !== undefined && (!depths.has(node.parent) || collapsed.has(node.parent))
    if (isHidden || topology.isCompensation(node.id)) continue
    depths.set(node.id, depth)
    if (!isFrame(node)) lines.push({ kind: 'step', node, depth })
    else if (collapsed.has(node.id)) lines.push({ kind: 'container', node, depth, isExpanded: false })
    else lines.push({ kind: 'container', node, depth, isExpanded: true }, { kind: 'iteration', node, depth: depth + 1 })
  }
  return state === null ? lines : [...lines, ...undoLines(state)]
}

/** What tells a line from the others. */
export function lineKey(line: TimelineLine): string {
  if (line.kind === 'section') return line.kind
  return line.kind === 'undo' ? `undo ${line.undoes}` : `${line.kind} ${line.node.id}`
}

/** What is being undone, the newest first: that is the order in which it happens. */
function undoLines(state: Started): readonly TimelineLine[] {
  const steps = state.compensation?.steps ?? []
  if (steps.length === 0) return []
  return [
    { kind: 'section', label: state.status === 'running' ? 'Being undone' : 'Undone' },
    ...steps.map((undoes) => ({ kind: 'undo', step: undoingOf(state, undoes), undoes }) as const),
  ]
}
