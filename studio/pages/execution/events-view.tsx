import { type KeyboardEvent, useContext, useEffect, useMemo, useRef, useState } from 'react'
import type { Graph } from '../../../schemas/graph.ts'
import { ExecutionContext, useExecution } from '../../canvas/execution-context.ts'
import { shownPosition } from '../../live/execution-store.ts'
import { eventRow } from '../../model/event-sentence.ts'
import { eventAt, lastPosition } from '../../model/execution-log.ts'
import { formatOffset } from '../../model/instants.ts'
import { visibleRange } from '../../model/visible-range.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { Clock } from '../../parts/time.tsx'

const rowHeight = 34

/** The log: every event as a sentence, and the data of the one at the cursor. Only the rows in sight are drawn. */
export function EventsView({ graph }: { readonly graph: Graph }) {
  const log = useExecution((open) => open.log)
  const position = useExecution(shownPosition)
  const event = eventAt(log, position)
  return (
    <div className="events">
      <EventList graph={graph} />
      <div className="event-detail">
        {event === undefined ? null : (
          <JsonView
            key={event.position}
            name={`Event ${event.position} · ${event.type}`}
            value={event}
            open={event.type === 'ExecutionStarted' ? 1 : 2}
          />
        )}
        <p className="row row-end">
          <CopyButton
            label="Copy the whole log"
            text={() => JSON.stringify(log.events, null, 2)}
            what="the whole log as JSON"
          />
        </p>
      </div>
    </div>
  )
}

function EventList({ graph }: { readonly graph: Graph }) {
  const store = useContext(ExecutionContext)
  const log = useExecution((open) => open.log)
  const position = useExecution(shownPosition)
  const list = useRef<HTMLDivElement>(null)
  const [scroll, setScroll] = useState({ top: 0, height: 400 })
  const { from, to } = visibleRange(scroll.top, scroll.height, rowHeight, log.events.length)
  const rows = useMemo(() => log.events.slice(from, to).map((event) => eventRow(event, graph)), [log, from, to, graph])
  const startedAt = eventAt(log, 1)?.at ?? 0

  useEffect(() => {
    const element = list.current
    if (element === null) return
    const measure = (): void => setScroll({ top: element.scrollTop, height: element.clientHeight })
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    const element = list.current
    if (element === null) return
    const top = (position - 1) * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowHeight - element.clientHeight
  }, [position])

  const moveTo = (wished: number): void => {
    const last = lastPosition(log)
    const clamped = Math.max(1, Math.min(wished, last))
    store?.setState({ cursor: clamped === last ? null : clamped })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    moveTo(position + step)
  }
  return (
    <div
      className="event-list"
      ref={list}
      role="listbox"
      tabIndex={0}
      aria-label="Events. Arrow keys move the moment."
      aria-activedescendant={`event-${position}`}
      onKeyDown={onKeyDown}
      onScroll={(event) => setScroll({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
    >
      <div className="event-space" role="presentation" style={{ height: log.events.length * rowHeight }}>
        {rows.map((row, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox around the options takes the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the listbox keeps the focus and points at its active option
          <div
            key={row.position}
            id={`event-${row.position}`}
            role="option"
            aria-selected={row.position === position}
            className={`event-row tone-${row.tone}${row.position > position ? ' is-later' : ''}`}
            style={{ top: (from + index) * rowHeight }}
            onClick={() => moveTo(row.position)}
          >
            <span className="event-position tabular">{row.position}</span>
            <span className="event-at">
              <Clock at={row.at} /> <span className="faint-text tabular">{formatOffset(row.at, startedAt)}</span>
            </span>
            <span className="event-type mono">{row.type}</span>
            <span className="event-sentence" title={row.sentence}>
              {row.sentence}
            </span>
          </div>
        ))}
      </div>
    </div>
  )
}
