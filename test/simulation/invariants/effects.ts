import type { Effect } from '../endpoint.ts'
import type { StepEvent } from '../execution-record.ts'
import type { Incarnation } from '../incarnation.ts'
import type { Invariants } from './invariant.ts'

/** An effect that has just been seen outside, with all effects so far, and what is in the log of its step. */
export type NewEffect = {
  readonly effect: Effect
  readonly ledger: readonly Effect[]
  readonly events: readonly StepEvent[]
  /** Whether the log of its execution does not verify. */
  readonly isDamaged: boolean
}

export const effectInvariants: Invariants<NewEffect> = {
  'E1 an attempt is in the log before its effect is outside': ({ events }) => attemptsOf(events) > 0,
  'E3 a step has no more effects than attempts': ({ effect, ledger, events }) =>
    ledger.filter(({ key }) => key === effect.key).length <= attemptsOf(events),
  'E6 what is over has no effects': ({ effect }) => effect.isUnderWay,
  'R1 what is quarantined for its log has no effects': ({ isDamaged }) => !isDamaged,
}

/** An answer that was recorded as what came of an attempt, and how often it is in the log by now. */
export type Answered = {
  readonly effect: Effect
  readonly ledger: readonly Effect[]
  readonly key: string
  readonly live: Incarnation | null
  readonly times: number
  /** Of the event that records it. */
  readonly position: number
}

export const answerInvariants: Invariants<Answered> = {
  'E5 an answer is recorded for the step that asked': ({ effect, key }) => effect.key === key,
  'E5 an answer is recorded by the life that asked': ({ effect, live }) => live === null || effect.from === live,
  'E5 an answer to an attempt that another has followed is not recorded': ({ effect, ledger, position }) =>
    !ledger.some(
      ({ id, key, from, sentAt }) => id > effect.id && key === effect.key && from === effect.from && sentAt < position,
    ),
  'E5 an answer is recorded once': ({ times }) => times === 1,
}

const attemptsOf = (events: readonly StepEvent[]): number =>
  events.filter(({ type }) => type === 'AttemptStarted').length

/** The effect that an event is the answer to, as the endpoint wrote it into its answers. */
export function effectAnswered(event: StepEvent): number | null {
  const answer =
    event.type === 'StepSucceeded'
      ? (event.output as { body?: unknown } | null)?.body
      : event.type === 'AttemptFailed'
        ? event.failure.details
        : null
  const effect = (answer as { effect?: unknown } | null | undefined)?.effect
  return typeof effect === 'number' ? effect : null
}
