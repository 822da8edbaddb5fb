import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Started, waitingFor } from '../../../runtime/engine/index.ts'
import type { Waiting } from '../../../schemas/api/executions.ts'
import type { StepKey } from '../../../schemas/graph.ts'
import { useExecution, useNavigation } from '../../canvas/execution-context.ts'
import { shownState } from '../../live/execution-store.ts'
import { executionStatus, startedOf } from '../../model/execution-log.ts'
import { stepTitle } from '../../model/graph-canvas.ts'
import { formatDuration } from '../../model/instants.ts'
import { pauseSentence, undoingSentence } from '../../model/standing.ts'
import { Instant, useNow } from '../../parts/time.tsx'

/** What holds the execution at the shown moment: a pause, an undoing, or what it waits for. */
export function Standing() {
  const shown = useExecution((open) => startedOf(shownState(open)))
  if (shown === null) return null
  return (
    <>
      {shown.pause === null ? null : <p className="waits">{pauseSentence(shown, shown.pause)}</p>}
      {shown.compensation === null ? null : <p className="waits">{undoingSentence(shown, shown.compensation)}</p>}
      <Waits started={shown} />
    </>
  )
}

/** Lines that leave the page its place: hundreds of items may wait at once. */
const fewWaits = 4

/** What it waits for, soonest first, and until when. */
function Waits({ started }: { readonly started: Started }) {
  const status = executionStatus(started)
  const waits = status === 'waiting' || status === 'paused' ? waitingFor(started) : []
  // Timers that stand still end nowhere yet.
  const isFrozen = started.pause?.timers === 'frozen'
  const [showsAll, setShowsAll] = useState(false)
  if (waits.length === 0) return null
  const hidden = showsAll ? 0 : waits.length - fewWaits
  return (
    <ul className="waits">
      {waits.slice(0, hidden > 0 ? fewWaits : undefined).map((wait) => (
        <Wait key={wait.step} wait={wait} started={started} isFrozen={isFrozen} />
      ))}
      {hidden > 0 ? (
        <li>
          <button type="button" className="link-button" onClick={() => setShowsAll(true)}>
            and {hidden} more
          </button>
        </li>
      ) : null}
    </ul>
  )
}

type WaitProps = { readonly wait: Waiting; readonly started: Started; readonly isFrozen: boolean }

function Wait({ wait: { for: what, step, name, until, executionId }, started, isFrozen }: WaitProps) {
  const { selectStep } = useNavigation()
  const now = useNow(1000)
  const key = [...started.active.keys()].find((candidate): candidate is StepKey => candidate === step)
  return (
    <li>
      {waitWords[what]}{' '}
      {key === undefined ? (
        <strong>{step}</strong>
      ) : (
        <button type="button" className="link-button" onClick={() => selectStep(key)}>
          {stepTitle(key, started.graph)}
        </button>
      )}
      {name === undefined ? '' : `: “${name}”`}
      {executionId === undefined ? null : (
        <>
          {', '}
          <Link to="/executions/$executionId" params={{ executionId }} className="mono">
            {executionId}
          </Link>
        </>
      )}
      {until === undefined || isFrozen ? null : (
        <>
          {until > now ? `, ${what === 'retry' ? 'in' : 'another'} ${formatDuration(until - now)}` : ', any moment now'}
          {what === 'retry' ? ', at ' : ', until '}
          <Instant at={until} />
        </>
      )}
    </li>
  )
}

const waitWords = {
  delay: 'Waits at',
  retry: 'Tries again:',
  signal: 'Waits for a signal at',
  approval: 'Waits for a decision at',
  callback: 'Waits for a call at',
  child: 'Waits for the child of',
  person: 'Waits for a person to say what was done by',
} as const satisfies Record<Waiting['for'], string>
