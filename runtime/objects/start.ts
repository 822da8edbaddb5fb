import type { ExecutionReport } from '../../schemas/api/executions.ts'
import type { Batch, Parent } from '../../schemas/execution-events.ts'
import type { CallerResponse, ExecutionResult } from './execution-view.ts'

/** What starts an execution. Its id is that of the object that receives it. */
export type StartRequest = {
  readonly workflowId: string
  readonly version: number
  readonly contentHash: string
  readonly graph: unknown
  readonly triggerNode: string
  readonly trigger: unknown
  readonly parent?: Parent
  /** It is a part of an `each` of its parent. */
  readonly batch?: Batch
}

/** How long a caller is held, and for what: the end, or the answer of a respond step. */
export type Wait = { readonly milestone: 'end' | 'response'; readonly ms: number }

/** What a caller that waited is told. `response` is what a respond step answers. */
export type Outcome = ExecutionResult & { readonly response: CallerResponse | null }

/**
 * `isNew` is false when the object was started before: a repeat finds the same execution. `outcome`
 * is null when nobody waited, or not long enough.
 */
export type StartAnswer = {
  readonly isNew: boolean
  readonly report: ExecutionReport
  readonly outcome: Outcome | null
}

/** What an execution says that is asked what it is doing. `unreadable`: not even who it is can be read from its log. */
export type PokeAnswer =
  | { readonly type: 'report'; readonly report: ExecutionReport }
  | { readonly type: 'not_started' }
  | { readonly type: 'unreadable'; readonly message: string }
