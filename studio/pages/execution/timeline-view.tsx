import '../../styles/timeline.css'
import '../../styles/timeline-bars.css'

import { useCallback, useMemo, useRef, useState } from 'react'
import type { Graph, NodeId } from '../../../schemas/graph.ts'
import { useExecution } from '../../canvas/execution-context.ts'
import { isPast, shownPosition, shownState } from '../../live/execution-store.ts'
import { marksOf } from '../../model/bands.ts'
import { eventAt, lastPosition, startedOf } from '../../model/execution-log.ts'
import { readingOrder } from '../../model/graph-frames.ts'
import { timeScale } from '../../model/time-scale.ts'
import { Timeline, waitsUntil } from '../../model/timeline.ts'
import { lineKey, timelineLines } from '../../model/timeline-lines.ts'
import { useRowsInSight } from '../../parts/rows-in-sight.ts'
import { useNow } from '../../parts/time.tsx'
import { Line } from './timeline-line.tsx'
import { Axis, Over } from './timeline-over.tsx'

/** As the style sheet has it. */
const rowHeight = 30

type TimelineProps = { readonly graph: Graph; readonly selected: NodeId | null }

/** A line a step on one axis of time: queued, running, waiting, between attempts. Only lines in sight are drawn. */
export function TimelineView({ graph, selected }: TimelineProps) {
  const { log, position, past, startedAt, cursorAt, scale, marks } = useTimeline()
  const [collapsed, setCollapsed] = useState<ReadonlySet<NodeId>>(new Set())
  const state = useExecution((open) => startedOf(shownState(open)))
  const order = useMemo(() => readingOrder(graph), [graph])
  const timeline = useMemo(() => new Timeline(graph), [graph])
  const lines = useMemo(() => timelineLines(order, graph, collapsed, state), [order, graph, collapsed, state])
  const toggle = useCallback(
    (id: NodeId) =>
      setCollapsed((known) => new Set(known.has(id) ? [...known].filter((other) => other !== id) : [...known, id])),
    [],
  )
  const list = useRef<HTMLUListElement>(null)
  const { from, to } = useRowsInSight(list, rowHeight, lines.length)
  const space = { paddingTop: from * rowHeight, paddingBottom: (lines.length - to) * rowHeight }
  return (
    <div className="timeline">
      <Axis scale={scale} />
      <ul className="timeline-rows" ref={list} style={space}>
        {lines.slice(from, to).map((line, index) => (
          <Line
            key={lineKey(line)}
            line={line}
            graph={graph}
            rowOf={(step) => timeline.rowAt(log, position, step)}
            place={from + index + 1}
            count={lines.length}
            scale={scale}
            cursorAt={cursorAt}
            startedAt={startedAt}
            selected={selected}
            onToggle={toggle}
          />
        ))}
      </ul>
      <Over scale={scale} marks={marks} cursorAt={cursorAt} isPast={past} />
    </div>
  )
}

/** The axis covers the whole log, whichever moment is shown; what is waited for is on it too, so that now moves towards it. */
function useTimeline() {
  const log = useExecution((open) => open.log)
  const position = useExecution(shownPosition)
  const past = useExecution(isPast)
  const isOver = useExecution((open) => open.feed === 'ended')
  const endedAt = useExecution((open) => startedOf(shownState(open))?.endedAt ?? null)
  const clock = useNow(250, !isOver && !past)
  const startedAt = eventAt(log, 1)?.at ?? 0
  const lastAt = eventAt(log, lastPosition(log))?.at ?? startedAt
  const now = isOver || past ? lastAt : Math.max(lastAt, clock)
  const cursorAt = past ? (eventAt(log, position)?.at ?? lastAt) : now
  const end = Math.max(now, waitsUntil(log, lastPosition(log)))
  const scale = useMemo(() => timeScale(log.index.idle.until(end), startedAt, end), [log, startedAt, end])
  const marks = useMemo(() => marksOf(log.index.whole(position), endedAt), [log, position, endedAt])
  return { log, position, past, startedAt, cursorAt, scale, marks }
}
