import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { waitingFor } from '../../../runtime/engine/index.ts'
import type { Started } from '../../../runtime/engine/state.ts'
import type { Waiting } from '../../../schemas/api/executions.ts'
import { useExecution } from '../../canvas/execution-context.ts'
import { isPast, newestState, shownState } from '../../live/execution-store.ts'
import { executionStatus, startedOf } from '../../model/execution-log.ts'
import { stepTitle } from '../../model/graph-canvas.ts'
import { formatDuration } from '../../model/instants.ts'
import { executionLooks } from '../../model/looks.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { ErrorCard } from '../../parts/notices.tsx'
import { StatusMark } from '../../parts/status-mark.tsx'
import { Elapsed, Instant, useNow } from '../../parts/time.tsx'
import { CancelButton } from './cancel-button.tsx'
import { FailureCard } from './failure-card.tsx'
import { FeedMark } from './feed-mark.tsx'

/** Status, workflow and version, times, what it waits for, what went wrong. */
export function ExecutionHead({
  executionId,
  onRetry,
}: {
  readonly executionId: string
  readonly onRetry: () => void
}) {
  const started = useExecution((open) => startedOf(newestState(open)))
  const shown = useExecution((open) => startedOf(shownState(open)))
  const past = useExecution(isPast)
  const feed = useExecution((open) => open.feed)
  const error = useExecution((open) => open.error)
  useEffect(() => {
    if (started !== null)
      document.title = `${executionLooks[executionStatus(started)].label}: ${started.graph.name} · Stepwell`
  }, [started])
  if (started === null) return null
  const status = executionStatus(started)
  return (
    <header className="execution-head">
      <div className="execution-title">
        <h1>
          <Link to="/workflows/$workflowId" params={{ workflowId: started.workflowId }}>
            {started.graph.name}
          </Link>
          <span className="version-chip">v{started.version}</span>
        </h1>
        <StatusMark look={executionLooks[status]} size={18} />
        {past && shown !== null ? (
          <span className="then-chip">
            then: <StatusMark look={executionLooks[executionStatus(shown)]} size={13} />
          </span>
        ) : null}
        <span className="head-space" />
        <FeedMark onRetry={onRetry} />
        {started.status === 'running' ? <CancelButton executionId={executionId} /> : null}
      </div>
      <dl className="facts">
        <div>
          <dt>Started</dt>
          <dd>
            <Instant at={started.startedAt} />
          </dd>
        </div>
        <div>
          <dt>{started.endedAt === null ? 'Elapsed' : 'Took'}</dt>
          <dd>
            <Elapsed from={started.startedAt} to={started.endedAt ?? undefined} />
          </dd>
        </div>
        <div>
          <dt>Execution</dt>
          <dd>
            <code title={executionId}>{executionId}</code>
            <CopyButton text={executionId} what="the execution id" />
          </dd>
        </div>
      </dl>
      {status === 'waiting' ? <Waits started={started} /> : null}
      {feed === 'refused' ? <ErrorCard error={error} onRetry={onRetry} /> : null}
      {past ? null : <FailureCard />}
    </header>
  )
}

/** What the execution waits for, and until when. */
function Waits({ started }: { readonly started: Started }) {
  const now = useNow(1000)
  return (
    <ul className="waits">
      {waitingFor(started).map(({ for: what, step, name, until }) => (
        <li key={step}>
          {waitWords[what]} <strong>{labelFor(started, step)}</strong>
          {name === undefined ? '' : ` “${name}”`}
          {until === undefined ? null : (
            <>
              {until > now
                ? `, ${what === 'retry' ? 'in' : 'another'} ${formatDuration(until - now)}`
                : ', any moment now'}
              {what === 'retry' ? ', at ' : ', until '}
              <Instant at={until} />
            </>
          )}
        </li>
      ))}
    </ul>
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

function labelFor(started: Started, step: string): string {
  const key = [...started.active.keys()].find((candidate) => candidate === step)
  return key === undefined ? step : stepTitle(key, started.graph)
}
