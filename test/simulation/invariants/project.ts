import type { EventOutcome } from '../../../runtime/objects/project.ts'
import { limits } from '../../../schemas/limits.ts'
import type { FailureTrigger } from '../../../schemas/project-messages.ts'
import type { ExecutionRecord } from '../execution-record.ts'
import type { KeptMessage } from '../project-record.ts'
import type { Invariants } from './invariant.ts'

/** An execution that an event or a failure has just started. */
export type StartedByMessage = {
  readonly workflowId: string
  /** The messages that the project had for the workflow with that content: one, but for failures that look alike. */
  readonly kept: readonly KeptMessage[]
  /** Executions of the workflow that these started, this one included; null when their keys may have expired. */
  readonly started: readonly string[] | null
  /** Of a failure: the log of what failed. */
  readonly failed: ExecutionRecord | undefined
  /** Of a failure: whether a failure had started what failed, or one of those above it. */
  readonly isOfFailure: boolean
}

export const messageInvariants: Invariants<StartedByMessage> = {
  'EVT3 what starts an execution was kept for its workflow before': ({ kept }) => kept.length > 0,
  'EVT1 a message starts one execution of a workflow': ({ kept, started }) =>
    started === null || started.length <= kept.length,
  'FTR1 what is told to have failed has failed': ({ kept: [first], failed }) =>
    first?.message.type !== 'failure' || hasFailed(failed, first.message.trigger),
  'FTR1 no workflow hears of its own failures': ({ kept: [first], workflowId }) =>
    first?.message.type !== 'failure' || first.message.trigger.workflow.id !== workflowId,
  'FTR4 what a failure started starts nothing by its own': ({ isOfFailure }) => !isOfFailure,
}

/** What the sender of an event was told. */
export type Sent = {
  readonly outcome: EventOutcome
  readonly kept: KeptMessage | undefined
  readonly fingerprint: string
  /** The content that the same id was first taken with; null when it has no id, or it may have expired. */
  readonly first: string | null
}

export const sentInvariants: Invariants<Sent> = {
  'EVT2 an id stands for one event': ({ outcome, fingerprint, first }) =>
    first === null || (outcome.type === 'conflict') === (fingerprint !== first),
  'EVT3 an event is kept for all that its sender is told': ({ outcome, kept }) =>
    !('deliveredTo' in outcome) || outcome.deliveredTo.every((id) => kept?.workflows.has(id) === true),
}

/** The project's object after something was written there. */
export type ProjectKept = {
  readonly waiting: number
  readonly alarm: number | null
  /** Nobody can tell that the alarm will not come, or its handler is about to set it. */
  readonly isAlarmOpen: boolean
  readonly latest: number
}

export const projectInvariants: Invariants<ProjectKept> = {
  'T2 the alarm comes while something waits at the project': ({ waiting, alarm, isAlarmOpen, latest }) =>
    waiting === 0 || isAlarmOpen || (alarm !== null && alarm <= latest + limits.againMaxMs + 1),
}

const hasFailed = (record: ExecutionRecord | undefined, { execution }: FailureTrigger): boolean =>
  (record?.events ?? []).some(({ type, at }) => type === 'ExecutionFailed' && at === execution.endedAt)
