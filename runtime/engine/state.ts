import type { Failure } from '../../schemas/execution-events.ts'
import type { Graph, NodeId, StepKey } from '../../schemas/graph.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { PersistentMap } from './persistent-map.ts'

/** One run of a node. Bodies stay in the log: `outputAt` is the position of the event that holds the output. */
export type StepState =
  | {
      readonly status: 'running'
      readonly startedAt: EpochMs
      readonly attempt: number
      readonly failures: number
      readonly timeoutAt: EpochMs
      readonly requestAt: number
    }
  | {
      readonly status: 'retrying'
      readonly startedAt: EpochMs
      readonly attempt: number
      readonly failures: number
      readonly retryAt: EpochMs
      readonly requestAt: number
      readonly failure: Failure
    }
  | {
      readonly status: 'interrupted'
      readonly startedAt: EpochMs
      readonly attempt: number
      readonly failures: number
      readonly requestAt: number
    }
  | { readonly status: 'delayed'; readonly startedAt: EpochMs; readonly until: EpochMs }
  | {
      readonly status: 'succeeded'
      readonly startedAt: EpochMs
      readonly endedAt: EpochMs
      readonly attempt: number
      readonly outputAt: number
      readonly ports: readonly string[]
    }
  | {
      readonly status: 'failed'
      readonly startedAt: EpochMs
      readonly endedAt: EpochMs
      readonly attempt: number
      readonly failedAt: number
      readonly handled: 'fail' | 'port' | 'continue'
      readonly ports: readonly string[]
    }
  | { readonly status: 'skipped'; readonly at: EpochMs }
  | { readonly status: 'cancelled'; readonly startedAt: EpochMs; readonly endedAt: EpochMs; readonly attempt: number }

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
  /** Steps that are neither over nor skipped: what an execution is busy with or waits for. */
  readonly active: PersistentMap<StepKey, true>
  /** Interruptions by step, counted against `limits.interruptions`. */
  readonly interruptions: PersistentMap<StepKey, number>
  /** Position of the event that holds the answer to the caller; 0 while there is none. */
  readonly respondedAt: number
  /** Position of the event that ended the execution; 0 while it goes on. */
  readonly endedPosition: number
  readonly failure: (Failure & { readonly step?: StepKey }) | null
}

export type ExecutionState = NotStarted | Started

export const initialState = (): ExecutionState => ({ status: 'not_started', position: 0 })
