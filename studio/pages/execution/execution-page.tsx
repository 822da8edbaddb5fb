import '../../styles/actions.css'
import '../../styles/execution.css'

import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { ExecutionContext, NavigationContext } from '../../canvas/execution-context.ts'
import {
  type ExecutionHandle,
  type ExecutionStore,
  isPast,
  newestState,
  openExecution,
} from '../../live/execution-store.ts'
import { startedOf } from '../../model/execution-log.ts'
import { ErrorCard, LoadingRows } from '../../parts/notices.tsx'
import { CommandsContext } from './actions/commands.ts'
import { ExecutionBody } from './execution-body.tsx'
import { ExecutionHead } from './execution-head.tsx'
import { QuarantineCard, useQuarantine } from './quarantine.tsx'
import { useSelection } from './use-selection.ts'

export type ExecutionView = 'timeline' | 'events' | 'data' | 'why'

/** One execution: what it does now, or what it did at any moment before. */
export function ExecutionPage() {
  const { executionId } = useParams({ from: '/app/executions/$executionId' })
  return <OpenedExecution key={executionId} executionId={executionId} />
}

function OpenedExecution({ executionId }: { readonly executionId: string }) {
  const { at } = useSearch({ from: '/app/executions/$executionId' })
  const [handle, setHandle] = useState<ExecutionHandle | null>(null)
  const firstCursor = useRef(at ?? null)
  useEffect(() => {
    const opened = openExecution(executionId, firstCursor.current)
    setHandle(opened)
    return opened.close
  }, [executionId])
  return handle === null ? (
    <main className="content">
      <LoadingRows label="Loading the execution" />
    </main>
  ) : (
    <ExecutionContext value={handle.store}>
      <LoadedExecution executionId={executionId} handle={handle} />
    </ExecutionContext>
  )
}

function LoadedExecution({ executionId, handle }: { readonly executionId: string; readonly handle: ExecutionHandle }) {
  const view = useSearch({ from: '/app/executions/$executionId', select: (search) => search.view ?? 'timeline' })
  const navigate = useNavigate({ from: '/executions/$executionId' })
  useCursorInUrl(handle.store)
  const started = useStore(handle.store, (open) => startedOf(newestState(open)))
  const feed = useStore(handle.store, (open) => open.feed)
  const error = useStore(handle.store, (open) => open.error)
  const past = useStore(handle.store, isPast)
  const commands = useMemo(() => ({ executionId, onTold: handle.goOn }), [executionId, handle])
  const [selection, navigation] = useSelection(handle.store, started?.graph ?? null)

  const onView = useCallback(
    (next: ExecutionView) => void navigate({ search: (previous) => ({ ...previous, view: next }), replace: true }),
    [navigate],
  )
  const quarantine = useQuarantine(executionId)
  if (started === null) {
    return (
      <main className="content">
        {quarantine !== null ? (
          <QuarantineCard reason={quarantine} />
        ) : error !== null ? (
          <ErrorCard error={error} onRetry={handle.retryNow}>
            <Link to="/executions" className="button button-small">
              All executions
            </Link>
          </ErrorCard>
        ) : (
          <LoadingRows label={feed === 'loading' ? 'Loading the execution' : 'Waiting for the execution'} />
        )}
      </main>
    )
  }
  return (
    <NavigationContext value={navigation}>
      <CommandsContext value={commands}>
        <main className={`execution${past ? ' is-past' : ''}`}>
          <ExecutionHead executionId={executionId} quarantine={quarantine} onRetry={handle.retryNow} />
          <ExecutionBody graph={started.graph} view={view} selected={selection.node} onView={onView} />
        </main>
      </CommandsContext>
    </NavigationContext>
  )
}

/**
 * The cursor moves in the store, at once; the URL follows a moment later, because browsers refuse hundreds of
 * address changes in a row. A change of the URL from outside (back, a pasted link) moves the cursor.
 */
function useCursorInUrl(store: ExecutionStore): void {
  const { at } = useSearch({ from: '/app/executions/$executionId' })
  const navigate = useNavigate({ from: '/executions/$executionId' })
  const cursor = useStore(store, (open) => open.cursor)
  const written = useRef<number | null>(at ?? null)

  useEffect(() => {
    const wished = at ?? null
    if (wished === written.current) return
    written.current = wished
    store.setState({ cursor: wished })
  }, [at, store])

  useEffect(() => {
    if (cursor === written.current) return
    const timer = window.setTimeout(() => {
      written.current = cursor
      void navigate({ search: (previous) => ({ ...previous, at: cursor ?? undefined }), replace: true })
    }, 180)
    return () => window.clearTimeout(timer)
  }, [cursor, navigate])
}
