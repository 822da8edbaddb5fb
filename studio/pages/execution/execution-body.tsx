import { type KeyboardEvent, memo, useContext } from 'react'
import type { Graph, NodeId } from '../../../schemas/graph.ts'
import { ExecutionContext, useExecution, useNavigation } from '../../canvas/execution-context.ts'
import { GraphCanvas } from '../../canvas/graph-canvas.tsx'
import { lookAt, shownPosition, shownStepOf } from '../../live/execution-store.ts'
import { lastPosition } from '../../model/execution-log.ts'
import { moveCursor } from '../../model/scrubber.ts'
import { DataAtMoment } from './data-at-moment.tsx'
import { EventsView } from './events-view.tsx'
import type { ExecutionView } from './execution-page.tsx'
import { Scrubber } from './scrubber.tsx'
import { StepPanel } from './step-panel.tsx'
import { TimelineView } from './timeline-view.tsx'
import { WhyView } from './why-view.tsx'

type BodyProps = {
  readonly graph: Graph
  readonly view: ExecutionView
  readonly selected: NodeId | null
  readonly onView: (view: ExecutionView) => void
}

/** Canvas, slider and views: all of them show the same moment. Moving the moment does not draw this frame again. */
export const ExecutionBody = memo(function ExecutionBody(props: BodyProps) {
  const { graph, view, selected, onView } = props
  const { select } = useNavigation()
  const onKeyDown = useCursorKeys(() => select(null))
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys add to what the slider inside offers; nothing depends on them alone
    <div className={`execution-body${selected === null ? '' : ' with-panel'}`} onKeyDown={onKeyDown}>
      <div className="execution-canvas">
        <GraphCanvas
          graph={graph}
          label={`Graph of ${graph.name}`}
          selected={selected}
          onSelect={(id) => select(graph.nodes.find((node) => node.id === id)?.id ?? null)}
        />
      </div>
      <Scrubber />
      <Views graph={graph} view={view} selected={selected} onView={onView} />
      {selected === null ? null : <SelectedStep graph={graph} node={selected} onClose={() => select(null)} />}
    </div>
  )
})

type SelectedProps = { readonly graph: Graph; readonly node: NodeId; readonly onClose: () => void }

/** Of a node in a container, its step in the iteration that is shown. */
function SelectedStep({ graph, node, onClose }: SelectedProps) {
  const step = useExecution((open) => shownStepOf(open, node))
  return <StepPanel key={step} graph={graph} step={step} onClose={onClose} />
}

const tabs: readonly { readonly view: ExecutionView; readonly label: string }[] = [
  { view: 'timeline', label: 'Timeline' },
  { view: 'events', label: 'Events' },
  { view: 'data', label: 'Data' },
  { view: 'why', label: 'Why' },
]

function Views({ graph, view, selected, onView }: BodyProps) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    event.stopPropagation()
    const index = tabs.findIndex((tab) => tab.view === view)
    const next = tabs[(index + step + tabs.length) % tabs.length]
    if (next === undefined) return
    onView(next.view)
    document.getElementById(`tab-${next.view}`)?.focus()
  }
  return (
    <section className="views" aria-label="Views of this moment">
      <h2 className="visually-hidden">{tabs.find((tab) => tab.view === view)?.label}</h2>
      <div className="tabs" role="tablist" aria-label="View" onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.view}
            id={`tab-${tab.view}`}
            type="button"
            role="tab"
            className="tab"
            aria-selected={tab.view === view}
            aria-controls="view-panel"
            tabIndex={tab.view === view ? 0 : -1}
            onClick={() => onView(tab.view)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div id="view-panel" className="view-panel" role="tabpanel" aria-labelledby={`tab-${view}`} tabIndex={-1}>
        {view === 'timeline' ? <TimelineView graph={graph} selected={selected} /> : null}
        {view === 'events' ? <EventsView graph={graph} /> : null}
        {view === 'data' ? <DataAtMoment graph={graph} /> : null}
        {view === 'why' ? <WhyView /> : null}
      </div>
    </section>
  )
}

/** Left, right, Home, End and the page keys move the moment wherever the focus is, unless a part uses them itself. */
function useCursorKeys(onEscape: () => void): (event: KeyboardEvent) => void {
  const store = useContext(ExecutionContext)
  return (event) => {
    if (store === null || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return
    // A question keeps its keys: Escape closes it, and not the step behind it.
    if (event.target instanceof HTMLElement && event.target.closest('dialog') !== null) return
    if (event.key === 'Escape') onEscape()
    if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, .view-panel') !== null) {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
      if (event.target.closest('input, textarea, select') !== null) return
    }
    const open = store.getState()
    const wished = moveCursor(event.key, shownPosition(open), lastPosition(open.log))
    if (wished === null) return
    event.preventDefault()
    lookAt(store, wished)
  }
}
