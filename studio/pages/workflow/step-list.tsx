import type { Graph } from '../../../schemas/graph.ts'
import { kindTitle, labelOf } from '../../model/graph-canvas.ts'
import { readingOrder } from '../../model/graph-frames.ts'
import { KindIcon } from '../../parts/kind-icon.tsx'

/** The graph as a list, in reading order: the same nodes for those who cannot see the drawing. */
export function StepList({
  graph,
  selected,
  onSelect,
}: {
  readonly graph: Pick<Graph, 'nodes' | 'edges'>
  readonly selected: string | null
  readonly onSelect: (id: string) => void
}) {
  return (
    <ul className="step-list" aria-label="Nodes of the graph">
      {readingOrder(graph).map((node) => (
        <li key={node.id}>
          <button type="button" aria-pressed={node.id === selected} onClick={() => onSelect(node.id)}>
            <KindIcon kind={node.kind} size={14} />
            <span>{labelOf(node)}</span>
            <span className="faint-text">{kindTitle(node.kind)}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
