import type {
  ExecutionEvent,
  Failure,
  RecordedEvent,
  RuleDecision,
  StepRequest,
} from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'

export type AttemptMoment = {
  readonly attempt: number
  readonly startedAt: number
  readonly endedAt: number | null
  readonly outcome: 'in flight' | 'succeeded' | 'failed' | 'interrupted' | 'cancelled'
  readonly failure: Failure | null
  readonly retryAt: number | null
}
/** What is known of a step at a moment, gathered from the events that had happened by then. */
export type StepMoment = {
  readonly attempts: readonly AttemptMoment[]
  readonly idempotencyKey: string | null
  readonly request: StepRequest | null
  readonly output: { readonly value: unknown } | null
  readonly decision: readonly RuleDecision[] | null
  readonly response: { readonly status: number; readonly headers: Record<string, string> } | null
  readonly failure: Failure | null
  readonly delayUntil: number | null
  readonly events: readonly RecordedEvent[]
}

const untouched: StepMoment = {
  attempts: [],
  idempotencyKey: null,
  request: null,
  output: null,
  decision: null,
  response: null,
  failure: null,
  delayUntil: null,
  events: [],
}

export function stepMoment(events: readonly RecordedEvent[], step: StepKey): StepMoment {
  return events
    .filter((event) => concerns(event, step))
    .reduce((moment, event) => ({ ...apply(moment, event), events: [...moment.events, event] }), untouched)
}

const concerns = (event: RecordedEvent, step: StepKey): boolean =>
  event.type === 'ExecutionStarted'
    ? (event.triggerNode as string) === (step as string)
    : 'step' in event && event.step === step && event.type !== 'ExecutionFailed'

function apply(moment: StepMoment, event: ExecutionEvent): StepMoment {
  switch (event.type) {
    case 'ExecutionStarted':
      return { ...moment, output: { value: event.trigger } }
    case 'AttemptStarted':
      return {
        ...moment,
        idempotencyKey: event.idempotencyKey,
        request: event.request ?? moment.request,
        attempts: [
          ...moment.attempts,
          {
            attempt: event.attempt,
            startedAt: event.at,
            endedAt: null,
            outcome: 'in flight',
            failure: null,
            retryAt: null,
          },
        ],
      }
    case 'AttemptFailed':
      return closeAttempt(moment, {
        endedAt: event.at,
        outcome: 'failed',
        failure: event.failure,
        retryAt: event.retryAt ?? null,
      })
    case 'AttemptInterrupted':
      return closeAttempt(moment, { endedAt: event.at, outcome: 'interrupted' })
    case 'DelayStarted':
      return { ...moment, delayUntil: event.until }
    case 'StepSucceeded':
      return {
        ...closeAttempt(moment, { endedAt: event.at, outcome: 'succeeded' }),
        output: { value: event.output },
        decision: event.decision ?? null,
        response: event.response ?? null,
      }
    case 'StepFailed':
      return {
        ...closeAttempt(moment, { endedAt: event.at, outcome: 'failed', failure: event.failure }),
        failure: event.failure,
      }
    case 'StepCancelled':
      return closeAttempt(moment, { endedAt: event.at, outcome: 'cancelled' })
    default:
      return moment
  }
}

function closeAttempt(moment: StepMoment, ending: Partial<AttemptMoment>): StepMoment {
  const last = moment.attempts.at(-1)
  if (last === undefined || last.endedAt !== null) return moment
  return { ...moment, attempts: [...moment.attempts.slice(0, -1), { ...last, ...ending }] }
}
