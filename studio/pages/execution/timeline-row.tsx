import type { ReactNode } from 'react'
import { useStepStatus } from '../../canvas/execution-context.ts'
import { formatDuration, formatOffset } from '../../model/instants.ts'
import { stepLooks } from '../../model/looks.ts'
import type { TimeScale } from '../../model/time-scale.ts'
import { isWait, type Segment, type SegmentKind, type TimelineRow } from '../../model/timeline.ts'
import { StatusMark } from '../../parts/status-mark.tsx'
import { percent } from './timeline-over.tsx'

type RowProps = {
  readonly row: TimelineRow
  readonly label: string
  readonly note?: string
  readonly depth: number
  readonly place: number
  readonly count: number
  readonly scale: TimeScale
  /** Until where what goes on is drawn. */
  readonly cursorAt: number
  readonly startedAt: number
  readonly isSelected: boolean
  readonly onSelect: () => void
  /** What stands before the name: the toggle of a container. */
  readonly toggle: ReactNode
}

/** One step: its name, how long it took, and its bars. */
export function Row(props: RowProps) {
  const { row, label, note, cursorAt, isSelected, onSelect } = props
  const status = useStepStatus(row.step)
  return (
    <li
      className={`timeline-row${isSelected ? ' is-selected' : ''} row-${status}`}
      aria-posinset={props.place}
      aria-setsize={props.count}
    >
      <div className="timeline-name" style={{ paddingLeft: props.depth * 16 }}>
        {props.toggle}
        <button type="button" className="timeline-pick" onClick={onSelect} aria-pressed={isSelected}>
          <StatusMark look={stepLooks[status]} withLabel={false} size={14} />
          <span className="timeline-label" title={note === undefined ? undefined : `${label} ${note}`}>
            {label}
            {note === undefined ? null : <span className="faint-text"> {note}</span>}
          </span>
          <span className="timeline-took tabular">{tookOf(row, cursorAt)}</span>
        </button>
      </div>
      <Lane {...props} />
    </li>
  )
}

function Lane({ row, scale, cursorAt, startedAt }: RowProps) {
  const left = (at: number): string => percent(scale.place(at))
  const ahead = row.segments.find((segment) => isWait(segment) && segment.to === null)
  return (
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
  )
}

function tookOf(row: TimelineRow, cursorAt: number): string {
  const first = row.segments[0]
  if (first === undefined) return ''
  return formatDuration((row.segments.at(-1)?.to ?? cursorAt) - first.from)
}

const segmentNames = {
  queued: 'Queued',
  running: 'Attempt',
  waiting: 'Waiting',
  backoff: 'Before the next attempt',
  child: 'Its child runs',
  unknown: 'What it did is unknown',
  iterations: 'Iterations',
} as const satisfies Record<SegmentKind, string>

function segmentWords(segment: Segment, startedAt: number, to: number): string {
  const name = segment.kind === 'running' ? `Attempt ${segment.attempt ?? 1}` : segmentNames[segment.kind]
  const outcome = segment.outcome === undefined ? '' : `, ${segment.outcome}`
  return `${name}${outcome}: ${formatDuration(to - segment.from)}, from ${formatOffset(segment.from, startedAt)}`
}
