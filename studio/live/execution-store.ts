import { createStore, type StoreApi } from 'zustand/vanilla'
import { rootScope, stepIn } from '../../runtime/engine/index.ts'
import type { NodeId, ScopePath, StepKey } from '../../schemas/graph.ts'
import { fetchEvents } from '../api/one-execution.ts'
import { isPassing } from '../api/problem-error.ts'
import {
  type ExecutionLog,
  extendLog,
  hasEnded,
  lastPosition,
  newLog,
  startedOf,
  stateAt,
} from '../model/execution-log.ts'
import { shownIndex, shownStep } from '../model/selection.ts'
import { openEventStream } from './event-stream.ts'
import { ExecutionFeed, type FeedStatus } from './execution-feed.ts'

/** One open execution: its log, how fresh it is, and the moment that is looked at. */
export type OpenExecution = {
  readonly log: ExecutionLog
  readonly feed: FeedStatus
  /** Whether the log has been read to its end once. Until then its last event is not what is true now. */
  readonly isWhole: boolean
  readonly error: unknown
  /** The position that is looked at; null follows the newest event. */
  readonly cursor: number | null
  /** The iteration in which everything inside containers is shown; empty where nobody chose one. */
  readonly iteration: ScopePath
}
export type ExecutionStore = StoreApi<OpenExecution>

export type ExecutionHandle = {
  readonly store: ExecutionStore
  readonly close: () => void
  readonly retryNow: () => void
  /** The execution goes on after its end: somebody retried it. */
  readonly goOn: () => void
}

/** Loads an execution and keeps it up to date until it is closed. */
export function openExecution(executionId: string, cursor: number | null): ExecutionHandle {
  const store = createStore<OpenExecution>(() => ({
    log: newLog(),
    feed: 'loading',
    isWhole: false,
    error: null,
    cursor,
    iteration: rootScope,
  }))
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
      onCaughtUp: () => store.setState({ isWhole: true }),
      onStatus: (status, error) => store.setState({ feed: status, error }),
    },
  )
  const retryNow = (): void => feed.retryNow()
  const reconnect = (): void => feed.reconnect()
  const onVisible = (): void => {
    if (document.visibilityState !== 'visible') return
    // Somebody may have retried what had failed.
    if (hasEnded(newestState(store.getState()))) feed.goOn()
    else feed.reconnect()
  }
  window.addEventListener('online', retryNow)
  window.addEventListener('offline', reconnect)
  document.addEventListener('visibilitychange', onVisible)
  feed.start()
  return {
    store,
    retryNow,
    goOn: () => feed.goOn(),
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

/** The step that a node shows at the moment. */
export function shownStepOf(open: OpenExecution, node: NodeId): StepKey {
  const state = startedOf(newestState(open))
  return state === null
    ? stepIn(rootScope, node)
    : shownStep(open.log, shownPosition(open), open.iteration, node, state.graph)
}

export const shownIndexOf = (open: OpenExecution, container: StepKey): number =>
  shownIndex(open.log, shownPosition(open), open.iteration, container)

/** Whether an older moment than the newest is looked at. */
export const isPast = (open: OpenExecution): boolean => shownPosition(open) < lastPosition(open.log)

/** Moves to a position, held to the log's ends. The newest one means: follow what happens. */
export function lookAt(store: ExecutionStore, position: number): void {
  const last = lastPosition(store.getState().log)
  const wished = Math.max(1, Math.min(position, last))
  store.setState({ cursor: wished === last ? null : wished })
}
