import { rootScope, scopeOf } from '../../../runtime/engine/index.ts'
import type { EventOf } from '../../../schemas/execution-events.ts'
import type { Node } from '../../../schemas/graph.ts'
import { type ExecutionRecord, portsTaken, type StepEvent } from '../execution-record.ts'
import type { Invariants } from './invariant.ts'

/** An event of a step that has just been recorded, with all of its step so far, itself the last. */
export type NewStepEvent = {
  readonly event: StepEvent
  readonly events: readonly StepEvent[]
  /** Those since the step began for the last time. */
  readonly life: readonly StepEvent[]
  readonly record: ExecutionRecord
}

const ends = new Set(['StepSucceeded', 'StepFailed', 'StepCancelled', 'StepSkipped'])
const ignored = new Set(['AttemptIgnored', 'AnswerIgnored'])
const beginnings = new Set([
  'AttemptStarted',
  'DelayStarted',
  'WaitStarted',
  'EachStarted',
  'RepeatStarted',
  'IterationStarted',
])

export const stepInvariants: Invariants<NewStepEvent> = {
  'S1 attempts are numbered without gaps, one after the other': ({ event, events }) =>
    event.type !== 'AttemptStarted' ||
    (event.attempt === count(events, 'AttemptStarted') && !isInFlight(events.slice(0, -1))),
  'S1 a step fails no more attempts than its policy allows': ({ event, life, record }) =>
    event.type !== 'AttemptFailed' || count(life, 'AttemptFailed') <= mostFailures(record.nodeOf(event)),
  'S2 a step is over once, and nothing happens to it afterwards': ({ event, life }) =>
    ignored.has(event.type) || !life.slice(0, -1).some(({ type }) => ends.has(type)),
  'S3 a step begins, or is skipped, when the log has decided that': ({ event, life, record }) =>
    life.length > 1 || !decides(event, record) || isReady(event, record),
  'S4 nothing begins when a failed step is about to end the execution': ({ event, record }) => {
    if (!beginnings.has(event.type)) return true
    const last = record.events.findLast(
      ({ type }) => type === 'StepFailed' || type === 'ExecutionRetried' || type === 'CompensationStarted',
    )
    return last?.type !== 'StepFailed' || last.handled !== 'fail' || scopeOf(last.step) !== rootScope
  },
  'S5 a condition opens one port, unless it is to open every one that holds': ({ event, record }) => {
    const node = record.nodeOf(event)
    if (event.type !== 'StepSucceeded' || node?.kind !== 'condition' || node.config['mode'] === 'every') return true
    return event.ports.length === 1
  },
  'S7 an iteration begins once': ({ event, life }) =>
    event.type !== 'IterationStarted' ||
    life.filter((other) => other.type === 'IterationStarted' && other.index === event.index).length === 1,
  'S7 no more iterations are open than the container allows': ({ event, life }) => {
    const [opened] = life
    if (event.type !== 'IterationStarted' || opened?.type !== 'EachStarted') return true
    const over = count(life, 'IterationSucceeded') + count(life, 'IterationFailed')
    return count(life, 'IterationStarted') - over <= opened.concurrency
  },
  'S7 a list has a result for each of its items': ({ event, life }) => {
    const [opened] = life
    if (event.type !== 'StepSucceeded' || opened?.type !== 'EachStarted') return true
    return Array.isArray(event.output) && event.output.length === opened.items.length
  },
  'S10 a failed attempt leads to another, or is the last thing before its step fails': ({ event, events }) => {
    const before = events.at(-2)
    if (before?.type !== 'AttemptFailed') return true
    if (before.retryAt === undefined) return event.type === 'StepFailed'
    return event.type === 'AttemptStarted' || event.type === 'StepFailed' || event.type === 'StepCancelled'
  },
  'S10 a failed step has one way on': ({ event }) =>
    event.type !== 'StepFailed' ||
    // By its other ports: none, when it undoes another.
    event.handled === 'continue' ||
    event.ports.length === (event.handled === 'port' ? 1 : 0),
  'S11 nothing begins while the execution is paused': ({ event, record: { before } }) =>
    !beginnings.has(event.type) || before.status === 'not_started' || before.pause === null,
  'E2 every attempt of a step carries the key of its execution and step': ({ event, record }) =>
    event.type !== 'AttemptStarted' || event.idempotencyKey === `${record.id}.${event.step}`,
  'E4 a step that acts at most once is attempted again only when a person says so': ({ event, events, record }) => {
    if (event.type !== 'AttemptStarted' || event.attempt === 1 || record.nodeOf(event)?.once !== true) return true
    const before = events.at(-2)
    return before?.type === 'UnknownAnswered' || isRevived(event, record)
  },
  'T3 a delay, a retry and a time limit are not over before they are due': ({ event, events }) => {
    const before = events.at(-2)
    if (event.type === 'AttemptStarted' && before?.type === 'AttemptFailed')
      return before.retryAt === undefined || event.at >= before.retryAt
    if (event.type !== 'StepSucceeded' || before === undefined) return true
    if (before.type === 'DelayStarted') return event.at >= before.until
    return before.type !== 'WaitStarted' || !event.ports.includes('timeout') || event.at >= (before.until ?? 0)
  },
  'W1 a signal is taken once': ({ event, record }) =>
    event.type !== 'StepSucceeded' || event.outputAt === undefined || !record.signalsTaken.has(event.outputAt),
  'W1 a step that takes any signal takes the oldest': ({ event, record }) => {
    if (event.type !== 'StepSucceeded' || event.outputAt === undefined || event.decision !== undefined) return true
    const { outputAt } = event
    const taken = record.events[outputAt - 1]
    if (taken?.type !== 'SignalReceived') return true
    return !record.events.some(
      (other, index) =>
        other.type === 'SignalReceived' &&
        other.name === taken.name &&
        index + 1 < outputAt &&
        !record.signalsTaken.has(index + 1),
    )
  },
  'W4 an answer that comes too late changes nothing': ({ event, record: { state, before } }) =>
    event.type !== 'AnswerIgnored' ||
    (state.status !== 'not_started' && before.status !== 'not_started' && state.steps === before.steps),
}

/** To start a child is tried again also when the graph says nothing. */
const mostFailures = (node: Node | undefined): number =>
  node?.retry?.maxAttempts ?? (node?.kind === 'workflow' ? 10 : 1)

const count = (events: readonly StepEvent[], type: StepEvent['type']): number =>
  events.filter((event) => event.type === type).length

/** Whether the last attempt that began has not ended. */
const isInFlight = (events: readonly StepEvent[]): boolean =>
  events.findLast(({ type }) => !ignored.has(type))?.type === 'AttemptStarted'

/** A signal that was kept before its step began, and a callback, are not its beginning. */
const decides = (event: StepEvent, record: ExecutionRecord): boolean =>
  !ignored.has(event.type) &&
  event.type !== 'CallbackReceived' &&
  !(record.graph?.edges ?? []).some(({ to, port }) => port === 'compensate' && to === record.nodeOf(event)?.id)

/** By counting the edges of the graph, apart from how the engine does it. */
function isReady(event: StepEvent, record: ExecutionRecord): boolean {
  const node = record.nodeOf(event)
  if (node === undefined || record.graph === null) return false
  const edges = record.graph.edges.filter(({ to }) => to === node.id)
  const fates = edges.map(({ from, port }) => portsTaken(record, from, event)?.includes(port) ?? null)
  const taken = fates.filter((isTaken) => isTaken === true).length
  const isComplete = !fates.includes(null)
  const join = node.join ?? 'all'
  const isBegun = join === 'all' ? isComplete && taken > 0 : taken >= (join === 'any' ? 1 : join)
  return event.type === 'StepSkipped' ? isComplete && !isBegun : isBegun
}

const isRevived = (event: EventOf<'AttemptStarted'>, { steps }: ExecutionRecord): boolean => {
  const record = steps.get(event.step)
  return record !== undefined && record.lifeFrom === record.events.length - 1
}
