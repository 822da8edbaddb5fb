import type { CompensationCause, EventOf, Failure, Parent } from '../../schemas/execution-events.ts'
import type { Graph, NodeId, ScopePath, StepKey } from '../../schemas/graph.ts'
import type { EpochMs } from '../../schemas/time.ts'
import type { Noted } from './notices.ts'
import type { PersistentMap } from './persistent-map.ts'
import type { Timers } from './timers.ts'

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
// `childAt`: of a batch whose child had started, the position of the request that leads to that child.

/** The iterations of a container that is open. Those that are over are only places in the log. */
export type Iterations = {
  /** Position of the event that opened the container; for an `each` it holds the items. */
  readonly openedAt: number
  /** Index after the last iteration of an `each`; null for a `repeat`, which does not know. */
  readonly size: number | null
  /** Index of the first one: not 0 in a child that works on a part of the items. */
  readonly first: number
  /** Items of one iteration, when each is a child execution. */
  readonly batchSize: number | null
  readonly concurrency: number
  /** Index of the next iteration to begin. */
  readonly next: number
  /** Indices of the iterations that have begun and are not over. */
  readonly open: PersistentMap<string, true>
  /** Position of each iteration's end by its index; of a `repeat` only the last one's. */
  readonly results: PersistentMap<string, number>
  /** Of JSON, that the list of an `each` has so far. */
  readonly bytes: number
  readonly failed: number
  readonly firstFailed: number | null
  /** Of a `repeat`: whether its rule holds, as far as it was asked. */
  readonly again: boolean
}

/** One run of a node. Bodies stay in the log: positions say where. */
export type StepState =
  | ({ readonly status: 'running'; readonly timeoutAt: EpochMs } & Trying)
  | ({
      readonly status: 'retrying'
      readonly retryAt: EpochMs
      readonly failedAt: EpochMs
      readonly failure: Failure
    } & Trying)
  | ({ readonly status: 'interrupted' } & Trying)
  | ({ readonly status: 'failing'; readonly failure: Failure } & Trying)
  | ({ readonly status: 'unknown' } & Trying)
  /** Its child has started. */
  | ({ readonly status: 'child'; readonly executionId: string } & Trying)
  | { readonly status: 'delayed'; readonly startedAt: EpochMs; readonly until: EpochMs }
  | {
      readonly status: 'waiting'
      readonly startedAt: EpochMs
      /** Position of the event that says what it waits for. */
      readonly openedAt: number
      readonly for: EventOf<'WaitStarted'>['for']
      readonly name: string
      readonly until: EpochMs | null
    }
  | { readonly status: 'open'; readonly startedAt: EpochMs; readonly iterations: Iterations }
  /** It begins anew when the execution goes on after a retry. Attempts are numbered on from `attempt`. */
  | { readonly status: 'ready'; readonly startedAt: EpochMs; readonly attempt: number; readonly childAt?: number }
  | ({
      readonly status: 'succeeded'
      readonly ports: readonly string[]
      /** Position of the event that ended it. */
      readonly overAt: number
      /** Position of the event that holds its output. */
      readonly outputAt: number
      /** Of a container that has opened, as in `Iterations`. */
      readonly openedAt?: number
    } & Over)
  | ({
      readonly status: 'failed'
      readonly ports: readonly string[]
      readonly overAt: number
      readonly handled: 'fail' | 'port' | 'continue'
      readonly openedAt?: number
      /** Of a container that ended the execution, so that a retry can go on inside it. */
      readonly iterations?: Iterations
      readonly childAt?: number
    } & Over)
  | ({ readonly status: 'cancelled'; readonly iterations?: Iterations; readonly childAt?: number } & Over)
  | { readonly status: 'skipped'; readonly endedAt: EpochMs }

/** A step whose attempts have begun and are not over. */
export type TryingState = Extract<StepState, { requestAt: number }>

/** How many of a node's incoming edges are decided, and how. */
export type Arrivals = { readonly taken: number; readonly dead: number }

/** One open iteration. */
export type ScopeState = {
  /** Position of its `IterationStarted`. */
  readonly startedAt: number
  /** Its steps that have begun and are not over, containers among them. */
  readonly active: number
  /** Whether something in it can be undone: then its steps stay in the state, for what undoes it reads them. */
  readonly keeps: boolean
}

export type Pause = {
  readonly at: EpochMs
  readonly reason: EventOf<'ExecutionPaused'>['reason']
  readonly timers: EventOf<'ExecutionPaused'>['timers']
  /** Whether the parent holds it, perhaps beside what `reason` says. */
  readonly isParents: boolean
}

/** What is being undone: `steps`, newest first, of which `done` are over. */
export type Compensation = {
  readonly cause: CompensationCause
  readonly steps: readonly StepKey[]
  readonly done: number
}

/** The child that works on a batch: the position of the request that leads to it, and what of it is known. */
export type BatchChild = {
  readonly requestAt: number
  readonly executionId: string | null
  /** Its steps that can be undone; null when it was left before it said so. */
  readonly undoable: number | null
}

/** Steps that can be undone, the newest first. What a batch did its child undoes. */
export type Undoable = { readonly step: StepKey; readonly batch?: BatchChild; readonly older: Undoable } | null

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
  readonly parent: Parent | null
  /** The container that is all this execution runs, when it works on a part of its items. */
  readonly batch: StepKey | null
  readonly startedAt: EpochMs
  /** Time of the last event. Recorded time never goes back, whatever the clock does. */
  readonly lastAt: EpochMs
  readonly endedAt: EpochMs | null
  /** Position of the event that ended it; 0 while it goes on. */
  readonly endAt: number
  /** When it fails if it has not ended. */
  readonly deadlineAt: EpochMs
  /** Steps outside containers and in open iterations. */
  readonly steps: PersistentMap<StepKey, StepState>
  readonly arrivals: PersistentMap<StepKey, Arrivals>
  /** Open iterations. */
  readonly scopes: PersistentMap<ScopePath, ScopeState>
  /** Signals that no step has taken, by name, oldest first: positions in the log. */
  readonly signals: PersistentMap<string, readonly number[]>
  readonly signalIds: PersistentMap<string, true>
  /** Callbacks that came before their step began: positions in the log. */
  readonly callbacks: PersistentMap<StepKey, number>
  readonly pause: Pause | null
  readonly undoable: Undoable
  readonly compensation: Compensation | null
  /** What other executions have not heard yet, by whom it is for (`notices.ts`). */
  readonly notices: PersistentMap<string, Noted>
  /** Position in the parent's log of the newest that it was heard to say; 0 while it has said nothing. */
  readonly heardAt: number
  /** Position of the event that answers the caller; 0 while there is none. */
  readonly respondedAt: number
  /** Step that ended the execution as failed, when one did. */
  readonly failedStep: StepKey | null

  // What follows from the steps, kept so that nothing ever looks through all of them.
  /** Steps that have begun and are not over: what the execution is busy with or waits for. */
  readonly active: PersistentMap<StepKey, true>
  /** Those of them that have an attempt in flight, or are about to. */
  readonly busy: PersistentMap<StepKey, true>
  readonly timers: Timers
  /** Iterations in which nothing is active. */
  readonly idle: PersistentMap<ScopePath, true>
  /** Containers that can begin an iteration, or end. */
  readonly pending: PersistentMap<StepKey, true>
  readonly unknown: PersistentMap<StepKey, true>
}

export type ExecutionState = NotStarted | Started

export const initialState = (): ExecutionState => ({ status: 'not_started', position: 0 })
