import { createStore, type StoreApi } from 'zustand/vanilla'
import { fetchEvents } from '../api/executions.ts'
import { isPassing } from '../api/problem-error.ts'
import { type ExecutionLog, emptyLog, extendLog, hasEnded, lastPosition, stateAt } from '../model/execution-log.ts'
import { openEventStream } from './event-stream.ts'
import { ExecutionFeed, type FeedStatus } from './execution-feed.ts'

/** One open execution: its log, how fresh it is, and the moment that is looked at. */
export type OpenExecution = {
  readonly log: ExecutionLog
  readonly feed: FeedStatus
  readonly error: unknown
  /** The position that is looked at; null follows the newest event. */
  readonly cursor: number | null
}
export type ExecutionStore = StoreApi<OpenExecution>

export type ExecutionHandle = {
  readonly store: ExecutionStore
  readonly close: () => void
  readonly retryNow: () => void
}

/** Loads an execution and keeps it up to date until it is closed. */
export function openExecution(executionId: string, cursor: number | null): ExecutionHandle {
  const store = createStore<OpenExecution>(() => ({ log: emptyLog, feed: 'loading', error: null, cursor }))
  const feed = new ExecutionFeed(
    {
      fetchPage: (after, signal) => fetchEvents(executionId, after, signal),
      openStream: (after, on) => openEventStream(executionId, after, on),
      isFinal: (error) => !isPassing(error),
      isOnline: () => navigator.onLine,
      schedule: (run, ms) => {
        const timer = window.setTimeout(run, ms)
        return () => window.clearTimeout(timer)
      },
      chance: Math.random,
    },
    {
      receive: (events) => {
        const extension = extendLog(store.getState().log, events)
        if (!extension.ok) return { missingAfter: extension.after }
        store.setState({ log: extension.log })
        return null
      },
      position: () => lastPosition(store.getState().log),
      hasEnded: () => hasEnded(newestState(store.getState())),
      onStatus: (status, error) => store.setState({ feed: status, error }),
    },
  )
  const retryNow = (): void => feed.retryNow()
  const reconnect = (): void => feed.reconnect()
  const onVisible = (): void => {
    if (document.visibilityState === 'visible') feed.reconnect()
  }
  window.addEventListener('online', retryNow)
  window.addEventListener('offline', reconnect)
  document.addEventListener('visibilitychange', onVisible)
  feed.start()
  return {
    store,
    retryNow,
    close: () => {
      window.removeEventListener('online', retryNow)
      window.removeEventListener('offline', reconnect)
      document.removeEventListener('visibilitychange', onVisible)
      feed.stop()
    },
  }
}

export const newestState = ({ log }: OpenExecution) => stateAt(log, lastPosition(log))

/** The position that is shown: the cursor, or the newest event. */
export const shownPosition = ({ log, cursor }: OpenExecution): number =>
  cursor === null ? lastPosition(log) : Math.min(cursor, lastPosition(log))

export const shownState = (open: OpenExecution) => stateAt(open.log, shownPosition(open))

/** Whether an older moment than the newest is looked at. */
export const isPast = (open: OpenExecution): boolean => shownPosition(open) < lastPosition(open.log)

/** Moves to a position, held to the log's ends. The newest one means: follow what happens. */
export function lookAt(store: ExecutionStore, position: number): void {
  const last = lastPosition(store.getState().log)
  const wished = Math.max(1, Math.min(position, last))
  store.setState({ cursor: wished === last ? null : wished })
}
