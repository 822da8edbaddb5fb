import type { CommandOf } from '../../schemas/execution-commands.ts'
import type { Batch, Failure, Parent } from '../../schemas/execution-events.ts'
import type { NodeId } from '../../schemas/graph.ts'

/** The executions that one has to do with, as it reaches them. Every call may be repeated. */
export interface Relatives {
  /** Starts the child of that key, or finds it started. */
  startChild(key: string, child: ChildStart): Promise<ChildAnswer>
  tellParent(executionId: string, ended: ChildEnd): Promise<Hearing>
  tellChild(key: string, told: ParentTells): Promise<Hearing>
  /** Has the child go on that worked on a batch; null when it did nothing, and never will. */
  askBatch(key: string, told: ParentTells): Promise<ChildAnswer | null>
}

/** What starts a child: an input for the manual trigger of a workflow, or a part of what its parent works on. */
export type ChildStart = {
  readonly workflowId: string
  /** By default the active one. */
  readonly version?: number
  readonly parent: Parent
  readonly work:
    | { readonly type: 'input'; readonly input: unknown }
    | { readonly type: 'batch'; readonly batch: Batch; readonly trigger: unknown; readonly triggerNode: NodeId }
}

export type ChildAnswer =
  | { readonly ok: true; readonly workflowId: string; readonly executionId: string; readonly version: number }
  /** Trying again would not help. */
  | { readonly ok: false; readonly failure: Failure }

/** What a child tells its parent. */
export type ChildEnd = Omit<CommandOf<'EndChild'>, 'type' | 'now'>

/** What a parent tells its child. */
export type ParentTells = Pick<CommandOf<'HearParent'>, 'notedAt' | 'wish'>

/** `not_yet`: it is to be told again. */
export type Hearing = 'heard' | 'not_yet'
