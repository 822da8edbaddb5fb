import '../../styles/timeline.css'

import { memo, useCallback, useMemo, useRef } from 'react'
import { nodeOf, rootScope, stepIn } from '../../../runtime/engine/index.ts'
import type { Graph, NodeId, StepKey } from '../../../schemas/graph.ts'
import { useExecution, useNodeStatus } from '../../canvas/execution-context.ts'
import { isPast, shownPosition } from '../../live/execution-store.ts'
import { eventAt, lastPosition } from '../../model/execution-log.ts'
import { readingOrder } from '../../model/graph-canvas.ts'
import { formatDuration, formatOffset } from '../../model/instants.ts'
import { stepLooks } from '../../model/looks.ts'
import { type TimeScale, timeScale } from '../../model/time-scale.ts'
import { isWait, rowsAt, type Segment, type TimelineRow, timelineOf, waitsUntil } from '../../model/timeline.ts'
import { useRowsInSight } from '../../parts/rows-in-sight.ts'
import { StatusMark } from '../../parts/status-mark.tsx'
import { useNow } from '../../parts/time.tsx'

/** As the style sheet has it. */
const rowHeight = 30

type TimelineProps = {
  readonly graph: Graph
  readonly selected: NodeId | null
  readonly onSelect: (step: NodeId) => void
}

/** A row a step on one axis of time: queued, running, waiting, between attempts. Only rows in sight are drawn. */
export function TimelineView({ graph, selected, onSelect }: TimelineProps) {
  const log = useExecution((open) => open.log)
  const position = useExecution(shownPosition)
  const past = useExecution(isPast)
  const isOver = useExecution((open) => open.feed === 'ended')
  const clock = useNow(250, !isOver && !past)
  const nodes = useMemo(() => readingOrder(graph), [graph])
  const timeline = useMemo(() => timelineOf(nodes, graph.edges, log.events), [nodes, graph, log])
  const whole = useMemo(() => rowsAt(timeline, lastPosition(log)), [timeline, log])
  const rows = useMemo(() => rowsAt(timeline, position), [timeline, position])
  const startedAt = eventAt(log, 1)?.at ?? 0
  const lastAt = log.events.at(-1)?.at ?? startedAt
  const now = isOver || past ? lastAt : Math.max(lastAt, clock)
  const cursorAt = past ? (eventAt(log, position)?.at ?? lastAt) : now
  // What is waited for is drawn too, so that the line of now moves towards it.
  const end = Math.max(now, waitsUntil(whole))
  const scale = useMemo(() => timeScale(whole, startedAt, end), [whole, startedAt, end])
  const select = useCallback((step: StepKey) => onSelect(nodeOf(step)), [onSelect])
  const list = useRef<HTMLUListElement>(null)
  const { from, to } = useRowsInSight(list, rowHeight, rows.length)
  const space = { paddingTop: from * rowHeight, paddingBottom: (rows.length - to) * rowHeight }
  return (
    <div className="timeline">
      <Axis scale={scale} />
      <ul className="timeline-rows" ref={list} style={space}>
        {rows.slice(from, to).map((row, index) => (
          <Row
            key={row.step}
            row={row}
            place={from + index + 1}
            count={rows.length}
            scale={scale}
            cursorAt={isOpen(row) ? cursorAt : startedAt}
            startedAt={startedAt}
            isSelected={selected !== null && stepIn(rootScope, selected) === row.step}
            onSelect={select}
          />
        ))}
      </ul>
      <Over scale={scale} cursorAt={cursorAt} isPast={past} />
    </div>
  )
}

function Axis({ scale }: { readonly scale: TimeScale }) {
  return (
    <div className="timeline-axis" aria-hidden>
      <span className="timeline-name" />
      <div className="timeline-lane">
        {scale.ticks
          .filter((tick) => scale.place(tick.at) < 0.96)
          .map((tick) => (
            <span key={tick.at} className="timeline-tick" style={{ left: percent(scale.place(tick.at)) }}>
              {tick.sinceStart === 0 ? '0' : formatDuration(tick.sinceStart)}
            </span>
          ))}
      </div>
    </div>
  )
}

/** What lies over all rows: shortened stretches, and the line of the moment. */
function Over({
  scale,
  cursorAt,
  isPast: past,
}: {
  readonly scale: TimeScale
  readonly cursorAt: number
  readonly isPast: boolean
}) {
  return (
    <div className="timeline-over" aria-hidden>
      <div className="timeline-lane">
        {scale.breaks.map((span) => (
          <span
            key={span.from}
            className="timeline-break"
            style={{
              left: percent(scale.place(span.from)),
              width: percent(scale.place(span.to) - scale.place(span.from)),
            }}
          >
            <span>{formatDuration(span.to - span.from)}</span>
          </span>
        ))}
        <span className={`timeline-cursor${past ? ' is-past' : ''}`} style={{ left: percent(scale.place(cursorAt)) }} />
      </div>
    </div>
  )
}

type RowProps = {
  readonly row: TimelineRow
  /** Which of all rows it is, from 1: those who hear the page cannot see that others are left out. */
  readonly place: number
  readonly count: number
  readonly scale: TimeScale
  readonly cursorAt: number
  readonly startedAt: number
  readonly isSelected: boolean
  readonly onSelect: (step: StepKey) => void
}

/** Drawn again only when the step changed, or while something in it goes on. `cursorAt` matters only then. */
const Row = memo(function Row(props: RowProps) {
  const { row, scale, cursorAt, startedAt, isSelected, onSelect } = props
  const status = useNodeStatus(nodeOf(row.step)) ?? 'pending'
  const left = (at: number): string => percent(scale.place(at))
  const ahead = row.segments.find((segment) => isWait(segment) && segment.to === null)
  return (
    <li
      className={`timeline-row${isSelected ? ' is-selected' : ''} row-${status}`}
      aria-posinset={props.place}
      aria-setsize={props.count}
    >
      <button type="button" className="timeline-name" onClick={() => onSelect(row.step)} aria-pressed={isSelected}>
        <StatusMark look={stepLooks[status]} withLabel={false} size={14} />
        <span className="timeline-label">{row.label}</span>
        <span className="timeline-took tabular">{tookOf(row, cursorAt)}</span>
      </button>
      <div className="timeline-lane">
        {row.segments.map((segment) => {
          const to = Math.max(segment.from, segment.to ?? cursorAt)
          const width = scale.place(to) - scale.place(segment.from)
          return (
            <span
              key={`${segment.kind}${segment.from}${segment.attempt ?? ''}`}
              className={`bar bar-${segment.kind} bar-${segment.outcome ?? 'open'}`}
              style={{ left: left(segment.from), width: percent(width) }}
              title={segmentWords(segment, startedAt, to)}
            />
          )
        })}
        {ahead?.until === undefined || ahead.until <= cursorAt ? null : (
          <span
            className="bar bar-ahead"
            style={{
              left: left(cursorAt),
              width: percent(scale.place(ahead.until) - scale.place(cursorAt)),
            }}
            title={`Until ${formatOffset(ahead.until, startedAt)}`}
          />
        )}
        {row.instant === null ? null : (
          <span
            className={`moment moment-${row.instant.outcome}`}
            style={{ left: left(row.instant.at) }}
            title={`${row.instant.outcome} at ${formatOffset(row.instant.at, startedAt)}`}
          />
        )}
      </div>
    </li>
  )
})

const isOpen = (row: TimelineRow): boolean => row.segments.at(-1)?.to === null

function tookOf(row: TimelineRow, cursorAt: number): string {
  const first = row.segments[0]
  if (first === undefined) return ''
  return formatDuration((row.segments.at(-1)?.to ?? cursorAt) - first.from)
}

function segmentWords(segment: Segment, startedAt: number, to: number): string {
  const names = { queued: 'Queued', running: 'Attempt', waiting: 'Waiting', backoff: 'Before the next attempt' }
  const name = segment.kind === 'running' ? `Attempt ${segment.attempt ?? 1}` : names[segment.kind]
  const outcome = segment.outcome === undefined ? '' : `, ${segment.outcome}`
  return `${name}${outcome}: ${formatDuration(to - segment.from)}, from ${formatOffset(segment.from, startedAt)}`
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`
