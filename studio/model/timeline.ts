import { nodeOf, scopeOf, stepIn } from '../../runtime/engine/index.ts'
import { topologyOf } from '../../runtime/engine/topology.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import type { Graph, StepKey } from '../../schemas/graph.ts'
import { type ExecutionLog, startedOf, stateAt } from './execution-log.ts'

export type SegmentKind =
  /** Everything it needs is there, and it has not left yet. */
  | 'queued'
  | 'running'
  /** A delay, or a wait for the world. */
  | 'waiting'
  /** Between a failed attempt and the next. */
  | 'backoff'
  /** Its child is under way. */
  | 'child'
  /** A crash left open what it did, and a person has to say. */
  | 'unknown'
  /** A container with iterations under way. */
  | 'iterations'
export type Segment = {
  readonly kind: SegmentKind
  readonly from: number
  /** Null while it goes on. */
  readonly to: number | null
  /** Of the attempt the segment is, or comes after. */
  readonly attempt?: number
  readonly outcome?: 'succeeded' | 'failed' | 'interrupted' | 'cancelled'
  /** When a wait means to end. */
  readonly until?: number
}
export type TimelineRow = {
  readonly step: StepKey
  readonly segments: readonly Segment[]
  /** A moment without length: a step decided inside one turn, or skipped. */
  readonly instant: { readonly at: number; readonly outcome: 'succeeded' | 'failed' | 'skipped' | 'cancelled' } | null
}

export const isWait = ({ kind }: Segment): boolean => kind === 'waiting' || kind === 'backoff'

/** The rows of one log. A row about which nothing happened since it was last asked for is the same object. */
export class Timeline {
  readonly #graph: Graph
  readonly #rows = new Map<StepKey, { readonly events: number; readonly row: TimelineRow }>()

  constructor(graph: Graph) {
    this.#graph = graph
  }

  rowAt(log: ExecutionLog, position: number, step: StepKey): TimelineRow {
    const events = log.index.about(step, position)
    const known = this.#rows.get(step)
    if (known?.events === events.length) return known.row
    const row = rowOf(step, events, () => activatedAt(this.#graph, log, position, step))
    this.#rows.set(step, { events: events.length, row })
    return row
  }
}

/** The latest moment that something under way means to wait until; 0 when nothing waits. */
export function waitsUntil(log: ExecutionLog, position: number): number {
  const state = startedOf(stateAt(log, position))
  if (state === null) return 0
  let latest = 0
  for (const step of state.active.keys()) {
    const current = state.steps.get(step)
    if (current?.status === 'retrying') latest = Math.max(latest, current.retryAt)
    if (current?.status === 'delayed' || current?.status === 'waiting') latest = Math.max(latest, current.until ?? 0)
  }
  return latest
}

type Draft = { segments: Segment[]; instant: TimelineRow['instant'] }

function rowOf(step: StepKey, events: readonly RecordedEvent[], activated: () => number | null): TimelineRow {
  const draft: Draft = { segments: [], instant: null }
  for (const event of events) applyEvent(draft, event, activated)
  return { step, ...draft }
}

function applyEvent(draft: Draft, event: RecordedEvent, activated: () => number | null): void {
  const { at, type } = event
  if (changesNothing.has(type)) return
  const outcome = stepEnds[type]
  if (outcome !== undefined && draft.segments.length === 0) {
    draft.instant = { at, outcome }
    return
  }
  close(draft, at, attemptEnds[type])
  const next = segmentOf(event)
  if (next === null) return
  const readyAt = next.kind === 'running' && draft.segments.length === 0 ? activated() : null
  if (readyAt !== null && readyAt < at) draft.segments.push({ kind: 'queued', from: readyAt, to: at })
  draft.segments.push(next)
}

type EventType = RecordedEvent['type']

/** Answers that are early or late. */
const changesNothing = new Set<EventType>(['AttemptIgnored', 'AnswerIgnored', 'CallbackReceived'])

/** What ends a step; one that was decided inside one turn has no other trace. */
const stepEnds: Partial<Record<EventType, NonNullable<TimelineRow['instant']>['outcome']>> = {
  ExecutionStarted: 'succeeded',
  StepSucceeded: 'succeeded',
  StepFailed: 'failed',
  StepCancelled: 'cancelled',
  StepSkipped: 'skipped',
}

/** How what was under way ended. */
const attemptEnds: Partial<Record<EventType, Segment['outcome']>> = {
  AttemptFailed: 'failed',
  AttemptInterrupted: 'interrupted',
  StepUnknown: 'interrupted',
  ChildStarted: 'succeeded',
  StepSucceeded: 'succeeded',
  StepFailed: 'failed',
  StepCancelled: 'cancelled',
}

/** What begins with an event; null when nothing does. */
function segmentOf(event: RecordedEvent): Segment | null {
  const open = { from: event.at, to: null }
  switch (event.type) {
    case 'AttemptStarted':
      return { kind: 'running', ...open, attempt: event.attempt, until: event.timeoutAt }
    case 'AttemptFailed':
      return event.retryAt === undefined
        ? null
        : { kind: 'backoff', ...open, attempt: event.attempt, until: event.retryAt }
    case 'StepUnknown':
      return { kind: 'unknown', ...open, attempt: event.attempt }
    case 'ChildStarted':
      return { kind: 'child', ...open }
    case 'DelayStarted':
    case 'WaitStarted':
      return { kind: 'waiting', ...open, ...(event.until === undefined ? {} : { until: event.until }) }
    case 'EachStarted':
    case 'RepeatStarted':
    // Only of a container that goes on where it was.
    case 'ExecutionRetried':
      return { kind: 'iterations', ...open }
    default:
      return null
  }
}

function close(draft: Draft, at: number, outcome?: Segment['outcome']): void {
  const last = draft.segments.at(-1)
  if (last === undefined || last.to !== null) return
  draft.segments[draft.segments.length - 1] = { ...last, to: at, ...(outcome === undefined ? {} : { outcome }) }
}

/** When the last step that leads here by a taken edge was over; null where that is not known. */
function activatedAt(graph: Graph, log: ExecutionLog, position: number, step: StepKey): number | null {
  const scope = scopeOf(step)
  const times = topologyOf(graph)
    .edgesTo(nodeOf(step))
    .flatMap(({ from }) => {
      const left = log.index.about(stepIn(scope, from), position).findLast(({ type }) => leaves.has(type))
      return left === undefined ? [] : [left.at]
    })
  return times.length === 0 ? null : Math.max(...times)
}

const leaves = new Set<RecordedEvent['type']>(['ExecutionStarted', 'StepSucceeded', 'StepFailed'])
