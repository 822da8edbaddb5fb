import { z } from 'zod'

import { CompensationCause, Failure, Parent, PauseReason, PauseTimers } from '../execution-events.ts'
import { Json } from '../json.ts'
import { EpochMs } from '../time.ts'

export const ExecutionStatus = z.enum([
  'running',
  'waiting',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
  'quarantined',
])
export type ExecutionStatus = z.infer<typeof ExecutionStatus>

export const WaitKind = z.enum(['delay', 'retry', 'signal', 'approval', 'callback', 'child', 'person'])
export type WaitKind = z.infer<typeof WaitKind>

/** The statuses in which an execution is said to wait for something. */
export const waitingStatuses: readonly ExecutionStatus[] = ['waiting', 'paused']

/** What a waiting execution waits for, and until when. */
export const Waiting = z.object({
  for: WaitKind,
  step: z.string(),
  /** Without it there is no end but the execution's own. */
  until: EpochMs.optional(),
  /** Of a signal; what an approval or a callback is called. */
  name: z.string().optional(),
  /** Where an approval or a callback is answered. Whoever has it can: it is in no list, no log and no stream. */
  url: z.string().optional(),
  /** Of the child. */
  executionId: z.string().optional(),
})
export type Waiting = z.infer<typeof Waiting>

/** Nothing begins. `quiescent`: no attempt is in flight any more either. */
export const Paused = z.object({
  /**
   * `parent`: with the execution that started it, and it goes on with that. `unknown`: because of the steps in
   * `unknown`; then it goes on by itself when it is said what they did.
   */
  reason: PauseReason,
  timers: PauseTimers,
  since: EpochMs,
  quiescent: z.boolean(),
})
export type Paused = z.infer<typeof Paused>

/** What is undone, or has been: newest first, of very many the first thousand. `step` undoes the step `undoes`. */
export const Compensating = z.object({
  cause: CompensationCause,
  steps: z.array(z.object({ step: z.string(), undoes: z.string(), status: z.string() })),
})
export type Compensating = z.infer<typeof Compensating>

/** Instants are epoch milliseconds. `position` is the last event this answer includes. */
export const ExecutionView = z.object({
  id: z.string(),
  workflowId: z.string(),
  version: z.int(),
  status: ExecutionStatus,
  waiting: z.array(Waiting).optional(),
  paused: Paused.optional(),
  /** Steps of which a crash left open what they did: a person must say. */
  unknown: z.array(z.string()).optional(),
  compensation: Compensating.optional(),
  /** Executions whose end it waits for. */
  children: z.array(z.object({ step: z.string(), executionId: z.string() })).optional(),
  /** The execution that started it, and the step that did. */
  parent: Parent.optional(),
  trigger: Json,
  startedAt: EpochMs,
  endedAt: EpochMs.optional(),
  output: Json.optional(),
  error: Failure.extend({ step: z.string().optional() }).optional(),
  position: z.int(),
})
export type ExecutionView = z.infer<typeof ExecutionView>

/** What an execution tells its workflow's index; a row of a list, without bodies. */
export const ExecutionReport = z.object({
  id: z.string(),
  workflowId: z.string(),
  version: z.int(),
  status: ExecutionStatus,
  triggerNode: z.string(),
  /** What it waits for, each kind once, while it waits or is paused. */
  waitsFor: z.array(WaitKind).optional(),
  startedAt: EpochMs,
  endedAt: EpochMs.optional(),
  failedStep: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Position of the last event that this report includes: a smaller one never overwrites a larger. */
  position: z.int(),
  /** When the execution means to wake next. */
  wakeAt: EpochMs.optional(),
  /** Position of the end of a failure for which workflows with a failure trigger start. */
  raisedAt: z.int().min(1).optional(),
})
export type ExecutionReport = z.infer<typeof ExecutionReport>

/** One row of a workflow's index with the number of its last change. */
export type IndexChange = { readonly change: number; readonly report: ExecutionReport }
export type ChangesPage = {
  readonly changes: readonly IndexChange[]
  /** The newest change there is. */
  readonly last: number
}

/** Answer of `/execute`: 202 with the id alone, or 200 with the result when it ended in time. */
export type ExecuteAnswer = {
  readonly executionId: string
  readonly status?: ExecutionStatus
  readonly output?: unknown
  readonly error?: Failure
}

/** `GET /api/executions`: newest first. `next` is the cursor of the following page. `lag` counts changes the list has not read yet. */
export type ExecutionListItem = Omit<ExecutionReport, 'wakeAt'> & { readonly workflowName: string }
export type ExecutionList = {
  readonly items: readonly ExecutionListItem[]
  readonly next?: string
  readonly lag: number
  readonly asOf: number
}

/** Frames of `GET /actions/executions/:id/stream`, as JSON text. */
export type StreamFrame =
  /** First frame when no `after` was given, or one too old. `events` follow from `execution.position`. */
  | { readonly type: 'snapshot'; readonly execution: ExecutionView }
  | { readonly type: 'events'; readonly events: readonly unknown[] }
  /** Everything recorded so far has been sent. */
  | { readonly type: 'live'; readonly position: number }
