import { rootScope, scopeOf } from '../../runtime/engine/index.ts'
import { iterationAt } from '../../runtime/engine/step-key.ts'
import type { EventOf, Failure, RecordedEvent, RuleDecision, StepRequest } from '../../schemas/execution-events.ts'
import type { ScopePath, StepKey } from '../../schemas/graph.ts'
import { type ExecutionLog, eventAt } from './execution-log.ts'
import { bodyOf } from './execution-output.ts'

export type AttemptMoment = {
  readonly attempt: number
  /** Position of the event by which it left. */
  readonly position: number
  readonly startedAt: number
  readonly endedAt: number | null
  readonly outcome: 'in flight' | 'succeeded' | 'failed' | 'interrupted' | 'unknown' | 'started a child' | 'cancelled'
  readonly failure: Failure | null
  readonly retryAt: number | null
  /** Answers that came when it was over. */
  readonly ignored: readonly string[]
}
/** What is known of a step at a moment, gathered from the events that had happened by then. */
export type StepMoment = {
  readonly attempts: readonly AttemptMoment[]
  readonly idempotencyKey: string | null
  readonly request: { readonly position: number; readonly value: StepRequest } | null
  readonly output: { readonly value: unknown } | null
  readonly decision: readonly RuleDecision[] | null
  readonly response: { readonly status: number; readonly headers: Record<string, string> } | null
  readonly failure: Failure | null
  readonly delayUntil: number | null
  readonly wait: EventOf<'WaitStarted'> | null
  readonly child: EventOf<'ChildStarted'> | null
  /** What was ignored: answers to a wait that was over. */
  readonly ignored: readonly string[]
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
  wait: null,
  child: null,
  ignored: [],
}

export const stepMoment = (log: ExecutionLog, position: number, step: StepKey): StepMoment =>
  log.index.about(step, position).reduce((moment, event) => apply(moment, event, log), untouched)

/** What an iteration works on: its item and the container it is of, the innermost last. */
export function itemsRound(
  log: ExecutionLog,
  scope: ScopePath,
): readonly {
  readonly container: StepKey
  readonly index: number
  readonly item: { readonly value: unknown } | null
}[] {
  const at = scope === rootScope ? null : iterationAt(scope)
  if (at === null) return []
  const openedAt = log.index.container(at.container)?.openedAt ?? 0
  return [...itemsRound(log, scopeOf(at.container)), { ...at, item: itemOf(eventAt(log, openedAt), at.index) }]
}

function itemOf(opened: RecordedEvent | undefined, index: number): { readonly value: unknown } | null {
  if (opened?.type === 'ExecutionStarted' && opened.batch !== undefined) {
    return { value: opened.batch.items[index - opened.batch.first] }
  }
  if (opened?.type !== 'EachStarted') return null
  const { items, batchSize } = opened
  return { value: batchSize === undefined ? items[index] : items.slice(index * batchSize, (index + 1) * batchSize) }
}

function apply(moment: StepMoment, event: RecordedEvent, log: ExecutionLog): StepMoment {
  switch (event.type) {
    case 'ExecutionStarted':
      return { ...moment, output: { value: event.trigger } }
    case 'AttemptStarted':
      return attemptStarted(moment, event)
    case 'AttemptFailed': {
      const { at: endedAt, failure, retryAt = null } = event
      return closeAttempt(moment, { endedAt, outcome: 'failed', failure, retryAt })
    }
    case 'AttemptInterrupted':
      return closeAttempt(moment, { endedAt: event.at, outcome: 'interrupted' })
    case 'AttemptIgnored':
      return withIgnored(moment, event.attempt, `${event.outcome}: ${event.reason}`)
    case 'AnswerIgnored':
      return { ...moment, ignored: [...moment.ignored, event.reason] }
    case 'StepUnknown':
      return closeAttempt(moment, { endedAt: event.at, outcome: 'unknown' })
    case 'ChildStarted':
      return { ...closeAttempt(moment, { endedAt: event.at, outcome: 'started a child' }), child: event }
    case 'DelayStarted':
      return { ...moment, delayUntil: event.until }
    case 'WaitStarted':
      return { ...moment, wait: event }
    case 'StepSucceeded':
      return {
        ...closeAttempt(moment, { endedAt: event.at, outcome: 'succeeded' }),
        output: { value: bodyOf(log.events, event.position) },
        decision: event.decision ?? null,
        response: event.response ?? null,
        // What failed before a retry is still in the log, and no longer what the step came to.
        failure: null,
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

function attemptStarted(moment: StepMoment, event: EventOf<'AttemptStarted'> & { position: number }): StepMoment {
  const { attempt, position, at: startedAt, request, idempotencyKey } = event
  const begun = { attempt, position, startedAt, endedAt: null, failure: null, retryAt: null, ignored: [] }
  return {
    ...moment,
    idempotencyKey,
    failure: null,
    request: request === undefined ? moment.request : { position, value: request },
    attempts: [...moment.attempts, { ...begun, outcome: 'in flight' }],
  }
}

function closeAttempt(moment: StepMoment, ending: Partial<AttemptMoment>): StepMoment {
  const last = moment.attempts.at(-1)
  if (last === undefined || last.endedAt !== null) return moment
  return { ...moment, attempts: [...moment.attempts.slice(0, -1), { ...last, ...ending }] }
}

function withIgnored(moment: StepMoment, number: number, reason: string): StepMoment {
  const attempts = moment.attempts.map((attempt) =>
    attempt.attempt === number ? { ...attempt, ignored: [...attempt.ignored, reason] } : attempt,
  )
  return { ...moment, attempts }
}
