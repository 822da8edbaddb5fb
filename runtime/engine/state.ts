import type { Failure } from '../../schemas/execution-events.ts'
import type { Graph, NodeId, StepKey } from '../../schemas/graph.ts'
import type { EpochMs } from '../../schemas/time.ts'
import type { PersistentMap } from './persistent-map.ts'

/** What every try at an acting step shares. */
type Trying = {
  readonly startedAt: EpochMs
  readonly attempt: number
  /** Attempts that failed, counted against the retry policy. Interrupted ones are not among them. */
  readonly failures: number
  /** Attempts that a crash interrupted, counted against `limits.interruptions`. */
  readonly interruptions: number
  /** Position of the event that holds the request, the same for every attempt. */
  readonly requestAt: number
}
type Over = { readonly startedAt: EpochMs; readonly endedAt: EpochMs; readonly attempt: number }

/** One run of a node. Bodies stay in the log: positions say where. */
export type StepState =
  | ({ readonly status: 'running'; readonly timeoutAt: EpochMs } & Trying)
  | ({ readonly status: 'retrying'; readonly retryAt: EpochMs; readonly failure: Failure } & Trying)
  | ({ readonly status: 'interrupted' } & Trying)
  | ({ readonly status: 'failing'; readonly failure: Failure } & Trying)
  | { readonly status: 'delayed'; readonly startedAt: EpochMs; readonly until: EpochMs }
  | ({ readonly status: 'succeeded'; readonly ports: readonly string[]; readonly outputAt: number } & Over)
  | ({
      readonly status: 'failed'
      readonly ports: readonly string[]
      readonly failedAt: number
      readonly handled: 'fail' | 'port' | 'continue'
    } & Over)
  | ({ readonly status: 'cancelled' } & Over)
  | { readonly status: 'skipped'; readonly endedAt: EpochMs }

/** A step whose attempts have begun and are not over. */
export type TryingState = Extract<StepState, { requestAt: number }>

/** How many of a node's incoming edges are decided, and how. */
export type Arrivals = { readonly taken: number; readonly dead: number }

export type NotStarted = { readonly status: 'not_started'; readonly position: 0 }

export type Started = {
  readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled'
  /** Events applied so far, which is also the position of the last one. */
  readonly position: number
  readonly executionId: string
  readonly workflowId: string
  readonly version: number
  readonly graph: Graph
  readonly triggerNode: NodeId
  readonly startedAt: EpochMs
  /** Time of the last event. Recorded time never goes back, whatever the clock does. */
  readonly lastAt: EpochMs
  readonly endedAt: EpochMs | null
  readonly steps: PersistentMap<StepKey, StepState>
  readonly arrivals: PersistentMap<NodeId, Arrivals>
  /** Steps that have begun and are not over: what the execution is busy with or waits for. */
  readonly active: PersistentMap<StepKey, true>
  /** Position of the event that answers the caller; 0 while there is none. */
  readonly respondedAt: number
  /** Step that ended the execution as failed, when one did. */
  readonly failedStep: StepKey | null
}

export type ExecutionState = NotStarted | Started

export const initialState = (): ExecutionState => ({ status: 'not_started', position: 0 })
