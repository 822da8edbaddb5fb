import type { Graph, Node } from '../../../schemas/graph.ts'
import { kindNamed } from '../../../schemas/kinds/index.ts'
import { kindTitle, labelOf } from '../../model/graph-canvas.ts'
import { JsonView } from '../../parts/json-view.tsx'
import { PanelHead } from '../../parts/panel-head.tsx'

/** What a node does and how it is set. */
export function NodeCard({
  node,
  graph,
  onClose,
}: {
  readonly node: Node
  readonly graph: Pick<Graph, 'edges'>
  readonly onClose: () => void
}) {
  const { id, kind, config, name: _name, position: _position, notes, ...behaviour } = node
  const next = graph.edges.filter((edge) => edge.from === id)
  return (
    <section className="node-card" aria-label={`Node ${labelOf(node)}`}>
      <PanelHead kind={kind} title={labelOf(node)} close="Close the node" onClose={onClose}>
        {kindTitle(kind)} · <code>{id}</code> · {kindNamed(kind)?.summary ?? 'This studio does not know this kind.'}
      </PanelHead>
      <JsonView key={id} name="Settings" value={config} />
      {Object.keys(behaviour).length === 0 ? null : (
        <JsonView key={`${id}-behaviour`} name="Retry, timeout, errors" value={behaviour} />
      )}
      {notes === undefined ? null : <p className="notes">{notes}</p>}
      {next.length === 0 ? null : (
        <p className="faint-text">
          Leads to{' '}
          {next.map((edge, index) => (
            <span key={`${edge.port}${edge.to}`}>
              {index === 0 ? '' : ', '}
              {edge.port === 'out' ? '' : `${edge.port} → `}
              <code>{edge.to}</code>
            </span>
          ))}
        </p>
      )}
    </section>
  )
}
