import type { EventOf } from '../../../schemas/execution-events.ts'
import type { ExecutionRecord } from '../execution-record.ts'
import type { Invariants } from './invariant.ts'

/** A child that has just begun, and the log of the execution that it says has started it. */
export type NewChild = {
  readonly event: EventOf<'ExecutionStarted'>
  readonly parent: ExecutionRecord | undefined
  /** Children of that very step. */
  readonly siblings: readonly ExecutionRecord[]
}

export const childInvariants: Invariants<NewChild> = {
  'C1 a child is started by an attempt of its parent': ({ event, parent }) => attemptsOf(event, parent).length > 0,
  'C2 a step has one child for each time that it began': ({ event, parent, siblings }) =>
    siblings.length <= attemptsOf(event, parent).filter(({ request }) => request !== undefined).length,
}

/** A step that has just heard of its child. */
export type Told = {
  readonly event: EventOf<'ChildStarted' | 'StepSucceeded' | 'StepFailed'>
  readonly parent: ExecutionRecord
  readonly child: ExecutionRecord | undefined
}

export const parentInvariants: Invariants<Told> = {
  'C4 parent and child know each other': ({ event, parent, child }) => {
    const [first] = child?.events ?? []
    return (
      first?.type === 'ExecutionStarted' && first.parent?.executionId === parent.id && first.parent.step === event.step
    )
  },
  'C3 a step ends as its child did': ({ event, child }) =>
    event.type !== 'StepSucceeded' || (child?.events ?? []).some(({ type }) => type === 'ExecutionSucceeded'),
}

const attemptsOf = ({ parent }: EventOf<'ExecutionStarted'>, record: ExecutionRecord | undefined) =>
  (record?.eventsOf(parent?.step ?? '') ?? []).filter((event) => event.type === 'AttemptStarted')
