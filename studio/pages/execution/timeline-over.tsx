import type { Band, Marks } from '../../model/bands.ts'
import { formatDuration } from '../../model/instants.ts'
import type { TimeScale } from '../../model/time-scale.ts'

export const percent = (share: number): string => `${(share * 100).toFixed(3)}%`

export function Axis({ scale }: { readonly scale: TimeScale }) {
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

type OverProps = {
  readonly scale: TimeScale
  readonly marks: Marks
  readonly cursorAt: number
  readonly isPast: boolean
}

/** What lies over all rows: shortened stretches, pauses, what people did, and the line of the moment. */
export function Over({ scale, marks, cursorAt, isPast: past }: OverProps) {
  return (
    <div className="timeline-over" aria-hidden>
      <div className="timeline-lane">
        {marks.bands.map((band) => (
          <Stretch key={`${band.kind}${band.from}`} band={band} scale={scale} cursorAt={cursorAt} />
        ))}
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
        {marks.flags.map((flag) => (
          <span
            key={`${flag.kind}${flag.at}${flag.words}`}
            className={`timeline-flag${lateness(scale.place(flag.at))}`}
            style={{ left: percent(scale.place(flag.at)) }}
          >
            <span>{flag.words}</span>
          </span>
        ))}
        <span className={`timeline-cursor${past ? ' is-past' : ''}`} style={{ left: percent(scale.place(cursorAt)) }} />
      </div>
    </div>
  )
}

function Stretch({ band, scale, cursorAt }: { readonly band: Band } & Pick<OverProps, 'scale' | 'cursorAt'>) {
  const from = scale.place(band.from)
  const width = scale.place(band.to ?? Math.max(cursorAt, band.from)) - from
  return (
    <span
      className={`timeline-band band-${band.kind}${lateness(from)}`}
      style={{ left: percent(from), width: percent(width) }}
    >
      <span>{band.words}</span>
    </span>
  )
}

/** Words in the right half stand to the left of their mark. */
const lateness = (place: number): string => (place > 0.5 ? ' is-late' : '')
