import type { ExecutionReport } from '../../schemas/api/executions.ts'

/** What starts an execution. Its id is that of the object that receives it. */
export type StartRequest = {
  readonly workflowId: string
  readonly version: number
  readonly contentHash: string
  readonly graph: unknown
  readonly triggerNode: string
  readonly trigger: unknown
}

/** `isNew` is false when the object was started before: a repeat finds the same execution. */
export type StartAnswer = { readonly isNew: boolean; readonly report: ExecutionReport }
