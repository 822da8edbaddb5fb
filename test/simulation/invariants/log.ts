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

export const logInvariants: Invariants<NewEvent> = {
  'L1 positions have no gaps': ({ position, record }) => position === record.rows.length,
  'L4 the first event is ExecutionStarted, and no other': ({ event, position }) =>
    (event.type === 'ExecutionStarted') === (position === 1),
  'L5 nothing follows the end': ({ record }) => !ends.has(record.events.at(-2)?.type ?? ''),
  'L8 recorded time never goes back': ({ event, record }) => event.at >= (record.events.at(-2)?.at ?? 0),
  'L11 a row is JSON of a known shape, and nothing else': ({ event, body }) =>
    event.type === 'ExecutionStarted' || JSON.stringify(ExecutionEvent.parse(JSON.parse(body))) === body,
}
