import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Started } from '../../../runtime/engine/index.ts'
import { useExecution } from '../../canvas/execution-context.ts'
import { isPast, newestState, shownState } from '../../live/execution-store.ts'
import { executionStatus, startedOf } from '../../model/execution-log.ts'
import { executionLooks, type Look } from '../../model/looks.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { ErrorCard } from '../../parts/notices.tsx'
import { StatusMark } from '../../parts/status-mark.tsx'
import { Elapsed, Instant } from '../../parts/time.tsx'
import { ActionBar } from './actions/action-bar.tsx'
import { FailureCard } from './failure-card.tsx'
import { FeedMark } from './feed-mark.tsx'
import { QuarantineCard } from './quarantine.tsx'
import { Standing } from './standing.tsx'

/** Status, workflow and version, times, what it waits for, what went wrong. */
export function ExecutionHead({
  executionId,
  quarantine,
  onRetry,
}: {
  readonly executionId: string
  readonly quarantine: string | null
  readonly onRetry: () => void
}) {
  const started = useExecution((open) => startedOf(newestState(open)))
  const shown = useExecution((open) => startedOf(shownState(open)))
  const past = useExecution(isPast)
  const isWhole = useExecution((open) => open.isWhole)
  const feed = useExecution((open) => open.feed)
  const error = useExecution((open) => open.error)
  const look = lookOf(started, isWhole, quarantine)
  const isKnown = isWhole && quarantine === null
  useEffect(() => {
    if (started !== null) document.title = `${look.label}: ${started.graph.name} · Stepwell`
  }, [started, look])
  if (started === null) return null
  return (
    <header className="execution-head">
      <div className="execution-title">
        <h1>
          <Link to="/workflows/$workflowId" params={{ workflowId: started.workflowId }}>
            {started.graph.name}
          </Link>
          <span className="version-chip">v{started.version}</span>
        </h1>
        <StatusMark look={look} size={18} />
        {isWhole && past && shown !== null ? (
          <span className="then-chip">
            then: <StatusMark look={executionLooks[executionStatus(shown)]} size={13} />
          </span>
        ) : null}
        <span className="head-space" />
        <FeedMark onRetry={onRetry} />
        {isKnown ? <ActionBar /> : null}
      </div>
      <Facts executionId={executionId} started={started} isKnown={isKnown} />
      {isKnown ? <Standing /> : null}
      {quarantine === null ? null : <QuarantineCard reason={quarantine} />}
      {feed === 'refused' ? <ErrorCard error={error} onRetry={onRetry} /> : null}
      {past ? null : <FailureCard />}
    </header>
  )
}

type FactsProps = { readonly executionId: string; readonly started: Started; readonly isKnown: boolean }

/** When it began, how long it took, its id, and what started it. */
function Facts({ executionId, started, isKnown }: FactsProps) {
  return (
    <dl className="facts">
      <div>
        <dt>Started</dt>
        <dd>
          <Instant at={started.startedAt} />
        </dd>
      </div>
      {isKnown ? (
        <div>
          <dt>{started.endedAt === null ? 'Elapsed' : 'Took'}</dt>
          <dd>
            <Elapsed from={started.startedAt} to={started.endedAt ?? undefined} />
          </dd>
        </div>
      ) : null}
      <div>
        <dt>Execution</dt>
        <dd>
          <code title={executionId}>{executionId}</code>
          <CopyButton text={executionId} what="the execution id" />
        </dd>
      </div>
      {started.parent === null ? null : <StartedBy parent={started.parent} />}
    </dl>
  )
}

/** The execution that started this one, at the step that did. */
function StartedBy({ parent }: { readonly parent: NonNullable<Started['parent']> }) {
  return (
    <div>
      <dt>Started by</dt>
      <dd>
        <Link
          to="/executions/$executionId"
          params={{ executionId: parent.executionId }}
          search={{ step: parent.step }}
          className="mono"
        >
          {parent.step}
        </Link>
      </dd>
    </div>
  )
}

/** What an execution did at the end of half its log is not what it does. */
function lookOf(started: Started | null, isWhole: boolean, quarantine: string | null): Look {
  if (quarantine !== null) return executionLooks.quarantined
  return started === null || !isWhole ? loadingLook : executionLooks[executionStatus(started)]
}

const loadingLook = { tone: 'quiet', shape: 'spinner', label: 'Loading' } as const satisfies Look
