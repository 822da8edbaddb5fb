import { ExecutionEvent } from '../../../schemas/execution-events.ts'
import type { ExecutionRecord } from '../execution-record.ts'
import type { Invariants } from './invariant.ts'

/** A row that has just been kept, and the record that it was taken into. */
export type NewEvent = {
  readonly event: ExecutionEvent
  readonly body: string
  readonly position: number
  readonly record: ExecutionRecord
}

const ends = new Set(['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionCancelled'])
/** What others have heard of the end, and what brings a failed execution back. */
const mayFollowTheEnd = new Set(['NoticeDelivered', 'ExecutionRetried'])

export const logInvariants: Invariants<NewEvent> = {
  'L1 positions have no gaps': ({ position, record }) => position === record.rows.length,
  'L4 the first event is ExecutionStarted, and no other': ({ event, position }) =>
    (event.type === 'ExecutionStarted') === (position === 1),
  'L5 nothing happens after the end': ({ event, record: { before } }) =>
    before.status === 'not_started' || before.status === 'running' || mayFollowTheEnd.has(event.type),
  'L5 only a failed execution is retried': ({ event, record: { before } }) =>
    event.type !== 'ExecutionRetried' || before.status === 'failed',
  'L5 an end is an end': ({ event, record: { state } }) => !ends.has(event.type) || state.status !== 'running',
  'L8 recorded time never goes back': ({ event, record }) => event.at >= (record.events.at(-2)?.at ?? 0),
  'L11 a row is JSON of a known shape, and nothing else': ({ event, body }) =>
    event.type === 'ExecutionStarted' || JSON.stringify(ExecutionEvent.parse(JSON.parse(body))) === body,
}
