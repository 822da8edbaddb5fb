import '../../styles/events.css'

import { type KeyboardEvent, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Graph } from '../../../schemas/graph.ts'
import { useExecution, useLookAt } from '../../canvas/execution-context.ts'
import { shownPosition } from '../../live/execution-store.ts'
import { type EventRow, eventRow } from '../../model/event-sentence.ts'
import { eventAt } from '../../model/execution-log.ts'
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
  const lookAt = useLookAt()
  const log = useExecution((open) => open.log)
  const position = useExecution(shownPosition)
  const list = useRef<HTMLDivElement>(null)
  const [from, to, onScroll] = useRowsInSight(list, position, log.events.length)
  const rows = useMemo(() => log.events.slice(from, to).map((event) => eventRow(event, graph)), [log, from, to, graph])
  const startedAt = eventAt(log, 1)?.at ?? 0

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    lookAt(position + step)
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
      onScroll={onScroll}
    >
      <div className="event-space" role="presentation" style={{ height: log.events.length * rowHeight }}>
        {rows.map((row, index) => (
          <EventLine
            key={row.position}
            row={row}
            top={(from + index) * rowHeight}
            startedAt={startedAt}
            position={position}
            onChoose={() => lookAt(row.position)}
          />
        ))}
      </div>
    </div>
  )
}

type LineProps = {
  readonly row: EventRow
  readonly top: number
  readonly startedAt: number
  readonly position: number
  readonly onChoose: () => void
}

function EventLine({ row, top, startedAt, position, onChoose }: LineProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox around the options takes the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox keeps the focus and points at its active option
    <div
      id={`event-${row.position}`}
      role="option"
      aria-selected={row.position === position}
      className={`event-row tone-${row.tone}${row.position > position ? ' is-later' : ''}`}
      style={{ top }}
      onClick={onChoose}
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
  )
}

/** Which rows are in sight, and the scrolling that keeps the chosen one among them. */
function useRowsInSight(
  list: RefObject<HTMLDivElement | null>,
  position: number,
  count: number,
): readonly [from: number, to: number, onScroll: () => void] {
  const [scroll, setScroll] = useState({ top: 0, height: 400 })
  const measure = useCallback(() => {
    const element = list.current
    if (element !== null) setScroll({ top: element.scrollTop, height: element.clientHeight })
  }, [list])
  useEffect(() => {
    if (list.current === null) return
    const observer = new ResizeObserver(measure)
    observer.observe(list.current)
    return () => observer.disconnect()
  }, [list, measure])
  useEffect(() => {
    const element = list.current
    if (element === null) return
    const top = (position - 1) * rowHeight
    const lowest = top + rowHeight - element.clientHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (lowest > element.scrollTop) element.scrollTop = lowest
  }, [list, position])
  const { from, to } = visibleRange(scroll.top, scroll.height, rowHeight, count)
  return [from, to, measure]
}
