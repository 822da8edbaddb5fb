import { nodeOf, rootScope, scopeOf, stepIn } from '../../../runtime/engine/index.ts'
import type { EventOf } from '../../../schemas/execution-events.ts'
import type { Graph } from '../../../schemas/graph.ts'
import type { ExecutionRecord, StepEvent } from '../execution-record.ts'
import type { Invariants } from './invariant.ts'

/** An event of a step that has just been recorded, with all of its step so far, itself the last. */
export type NewStepEvent = {
  readonly event: StepEvent
  readonly events: readonly StepEvent[]
  readonly record: ExecutionRecord
}

const ends = new Set(['StepSucceeded', 'StepFailed', 'StepCancelled', 'StepSkipped'])

export const stepInvariants: Invariants<NewStepEvent> = {
  'S1 attempts are numbered without gaps, one after the other': ({ event, events }) =>
    event.type !== 'AttemptStarted' ||
    (event.attempt === attemptsOf(events).length && !isInFlight(events.slice(0, -1))),
  'S1 a step fails no more attempts than its policy allows': ({ event, events, record }) =>
    event.type !== 'AttemptFailed' ||
    events.filter(({ type }) => type === 'AttemptFailed').length <=
      (nodeOfStep(event, record)?.retry?.maxAttempts ?? 1),
  'S2 a step is over once, and nothing happens to it afterwards': ({ event, events }) =>
    event.type === 'AttemptIgnored' || !events.slice(0, -1).some(({ type }) => ends.has(type)),
  'S3 a step begins, or is skipped, when the log has decided that': ({ event, events, record }) =>
    events.length > 1 || event.type === 'AttemptIgnored' || scopeOf(event.step) !== rootScope || isReady(event, record),
  'S4 nothing begins when a failed step has ended the execution': ({ event, record }) => {
    const failed = record.events.findLast((earlier) => earlier.type === 'StepFailed' && earlier.handled === 'fail')
    return failed === undefined || failed === event || event.type === 'StepCancelled'
  },
  'S5 a condition opens one port, unless it is to open every one that holds': ({ event, record }) => {
    const node = nodeOfStep(event, record)
    if (event.type !== 'StepSucceeded' || node?.kind !== 'condition' || node.config['mode'] === 'every') return true
    return event.ports.length === 1
  },
  'S10 a failed attempt leads to another, or is the last thing before its step fails': ({ event, events }) => {
    const before = events.at(-2)
    if (before?.type !== 'AttemptFailed') return true
    return before.retryAt === undefined
      ? event.type === 'StepFailed'
      : event.type === 'AttemptStarted' || event.type === 'StepFailed' || event.type === 'StepCancelled'
  },
  'S10 a failed step has one way on': ({ event }) =>
    event.type !== 'StepFailed' || event.ports.length === (event.handled === 'fail' ? 0 : 1),
  'E2 every attempt of a step carries the key of its execution and step': ({ event, record }) =>
    event.type !== 'AttemptStarted' || event.idempotencyKey === `${record.id}.${event.step}`,
}

const nodeOfStep = ({ step }: StepEvent, { graph }: ExecutionRecord) =>
  graph?.nodes.find(({ id }) => id === nodeOf(step))

const attemptsOf = (events: readonly StepEvent[]): EventOf<'AttemptStarted'>[] =>
  events.filter((event) => event.type === 'AttemptStarted')

/** Whether the last attempt that began has not ended. */
export function isInFlight(events: readonly StepEvent[]): boolean {
  const last = events.findLast(({ type }) => type !== 'AttemptIgnored')
  return last?.type === 'AttemptStarted'
}

/** By counting the edges of the graph, apart from how the engine does it. */
function isReady(event: StepEvent, record: ExecutionRecord): boolean {
  const { graph, open } = record
  if (graph === null) return false
  const edges = graph.edges.filter(({ to }) => stepIn(rootScope, to) === event.step)
  return verdictOf(edges, open, graph, event.step) === (event.type === 'StepSkipped' ? 'skip' : 'begin')
}

function verdictOf(edges: Graph['edges'], open: ReadonlyMap<string, readonly string[]>, graph: Graph, step: string) {
  const decided = edges.filter(({ from }) => open.has(from))
  const taken = decided.filter(({ from, port }) => open.get(from)?.includes(port)).length
  const join = graph.nodes.find(({ id }) => stepIn(rootScope, id) === step)?.join ?? 'all'
  const isComplete = decided.length === edges.length
  if (join === 'all') return isComplete ? (taken > 0 ? 'begin' : 'skip') : 'wait'
  if (taken >= (join === 'any' ? 1 : join)) return 'begin'
  return isComplete ? 'skip' : 'wait'
}
