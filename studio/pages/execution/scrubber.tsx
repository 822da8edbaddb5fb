import '../../styles/scrubber.css'

import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from 'lucide-react'
import { useMemo } from 'react'
import { useExecution, useLookAt } from '../../canvas/execution-context.ts'
import { isPast, shownPosition } from '../../live/execution-store.ts'
import { eventAt, lastPosition } from '../../model/execution-log.ts'
import { formatOffset } from '../../model/instants.ts'
import { scrubberTicks } from '../../model/scrubber.ts'
import { IconButton } from '../../parts/icon-button.tsx'

/** The slider over the events. Moving it shows another moment; nothing is asked of the server and nothing is called. */
export function Scrubber() {
  const lookAt = useLookAt()
  const position = useExecution(shownPosition)
  const log = useExecution((open) => open.log)
  const past = useExecution(isPast)
  const isOver = useExecution((open) => open.feed === 'ended')
  const isWhole = useExecution((open) => open.isWhole)
  const last = lastPosition(log)
  const event = eventAt(log, position)
  const first = eventAt(log, 1)
  const offset = event === undefined || first === undefined ? '' : formatOffset(event.at, first.at)
  return (
    <section className="scrubber" aria-label="Moment">
      <div className="scrubber-steps">
        <IconButton label="First event" isOff={position <= 1} onClick={() => lookAt(1)} icon={ChevronFirst} />
        <IconButton
          label="Event before"
          isOff={position <= 1}
          onClick={() => lookAt(position - 1)}
          icon={ChevronLeft}
        />
        <IconButton label="Event after" isOff={!past} onClick={() => lookAt(position + 1)} icon={ChevronRight} />
        <IconButton label="Newest event" isOff={!past} onClick={() => lookAt(last)} icon={ChevronLast} />
      </div>
      <div className="scrubber-track">
        <Ticks />
        <input
          type="range"
          min={1}
          max={Math.max(1, last)}
          step={1}
          value={Math.max(1, position)}
          disabled={last < 2}
          aria-label="Position in the log"
          aria-valuetext={`Event ${position} of ${last}: ${event?.type ?? ''} ${offset}`}
          onChange={(change) => lookAt(Number(change.target.value))}
        />
      </div>
      <p className="scrubber-words">
        <span className="tabular">
          Event {position} of {last}
          {isWhole ? '' : ' so far'}
        </span>
        <span className="faint-text tabular">{offset}</span>
      </p>
      {past ? (
        <button type="button" className="button button-small button-past" onClick={() => lookAt(last)}>
          Past · back to {isOver ? 'the end' : 'live'}
        </button>
      ) : (
        <span className="scrubber-now">{isOver ? 'The end' : isWhole ? 'Now' : 'Loading'}</span>
      )}
    </section>
  )
}

function Ticks() {
  const log = useExecution((open) => open.log)
  const ticks = useMemo(() => scrubberTicks(log.events, 240), [log])
  return (
    <svg className="scrubber-ticks" aria-hidden preserveAspectRatio="none" viewBox="0 0 1000 20">
      {ticks.map(({ share, weight }) => (
        <line key={share} x1={share * 1000} x2={share * 1000} y1={0} y2={20} className={`tick tick-${weight}`} />
      ))}
    </svg>
  )
}
