import { rootScope, stepIn } from '../../runtime/engine/index.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import type { Graph, Node, StepKey } from '../../schemas/graph.ts'
import { kindTitle, labelOf } from './graph-canvas.ts'

export type SegmentKind =
  /** Everything it needs is there, and it has not left yet. */
  | 'queued'
  | 'running'
  /** A delay. */
  | 'waiting'
  /** Between a failed attempt and the next. */
  | 'backoff'
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
  readonly label: string
  readonly kind: string
  readonly segments: readonly Segment[]
  /** A moment without length: a step decided inside one turn, or skipped. */
  readonly instant: { readonly at: number; readonly outcome: 'succeeded' | 'failed' | 'skipped' | 'cancelled' } | null
}

export const isWait = (segment: Segment): boolean => segment.kind === 'waiting' || segment.kind === 'backoff'

/** What the rows of a log were at each of its positions. */
export type Timeline = {
  readonly first: readonly TimelineRow[]
  /** By step: the row after each event about it, in order. */
  readonly changes: ReadonlyMap<string, readonly { readonly position: number; readonly row: TimelineRow }[]>
}

type Draft = { segments: Segment[]; instant: TimelineRow['instant'] }

/** Reads a log once. `nodes` are the rows, in the order in which they are shown. */
export function timelineOf(nodes: readonly Node[], edges: Graph['edges'], events: readonly RecordedEvent[]): Timeline {
  const first = nodes.map((node): TimelineRow => firstRow(node))
  const rows = new Map<string, TimelineRow>(first.map((row) => [row.step, row]))
  const changes = new Map<string, { position: number; row: TimelineRow }[]>()
  const leftAt = new Map<string, number>()
  for (const event of events) {
    const step = stepOfEvent(event)
    const row = step === null ? undefined : rows.get(step)
    if (step === null || row === undefined) continue
    const draft: Draft = { segments: [...row.segments], instant: row.instant }
    applyEvent(draft, event, () => activatedAt(edges, step, leftAt))
    if (leaves.has(event.type)) leftAt.set(step, event.at)
    const next = { ...row, ...draft }
    rows.set(step, next)
    const known = changes.get(step)
    const change = { position: event.position, row: next }
    if (known === undefined) changes.set(step, [change])
    else known.push(change)
  }
  return { first, changes }
}

/** The rows at a position. A row that did not change between two positions is the same object at both. */
export const rowsAt = ({ first, changes }: Timeline, position: number): readonly TimelineRow[] =>
  first.map((row) => changes.get(row.step)?.findLast((change) => change.position <= position)?.row ?? row)

/** The latest moment that something under way means to wait until; 0 when nothing waits. */
export const waitsUntil = (rows: readonly TimelineRow[]): number =>
  rows
    .flatMap((row) => row.segments)
    .filter((segment) => isWait(segment) && segment.to === null)
    .reduce((latest, segment) => Math.max(latest, segment.until ?? 0), 0)

const firstRow = (node: Node): TimelineRow => ({
  step: stepIn(rootScope, node.id),
  label: labelOf(node),
  kind: kindTitle(node.kind),
  segments: [],
  instant: null,
})

const leaves = new Set<RecordedEvent['type']>(['ExecutionStarted', 'StepSucceeded', 'StepFailed'])

/** The step an event is about; the start is about the trigger. The end of the execution changes no row. */
function stepOfEvent(event: RecordedEvent): StepKey | null {
  switch (event.type) {
    case 'ExecutionStarted':
      return stepIn(rootScope, event.triggerNode)
    case 'ExecutionSucceeded':
    case 'ExecutionFailed':
    case 'ExecutionCancelled':
      return null
    default:
      return 'step' in event ? event.step : null
  }
}

function applyEvent(draft: Draft, event: RecordedEvent, activated: () => number | null): void {
  const { at } = event
  switch (event.type) {
    case 'AttemptStarted': {
      const readyAt = draft.segments.length === 0 ? activated() : null
      if (readyAt !== null && readyAt < at) draft.segments.push({ kind: 'queued', from: readyAt, to: at })
      close(draft, at)
      draft.segments.push({ kind: 'running', from: at, to: null, attempt: event.attempt, until: event.timeoutAt })
      return
    }
    case 'AttemptFailed':
      close(draft, at, 'failed')
      if (event.retryAt !== undefined) {
        draft.segments.push({ kind: 'backoff', from: at, to: null, attempt: event.attempt, until: event.retryAt })
      }
      return
    case 'AttemptInterrupted':
      close(draft, at, 'interrupted')
      return
    case 'DelayStarted':
      draft.segments.push({ kind: 'waiting', from: at, to: null, until: event.until })
      return
    case 'StepSkipped':
      draft.instant = { at, outcome: 'skipped' }
      return
    case 'StepSucceeded':
      end(draft, at, 'succeeded')
      return
    case 'StepFailed':
      end(draft, at, 'failed')
      return
    case 'StepCancelled':
      end(draft, at, 'cancelled')
      return
    case 'ExecutionStarted':
      draft.instant = { at, outcome: 'succeeded' }
      return
    default:
      return
  }
}

function close(draft: Draft, at: number, outcome?: Segment['outcome']): void {
  const last = draft.segments.at(-1)
  if (last === undefined || last.to !== null) return
  draft.segments[draft.segments.length - 1] = { ...last, to: at, ...(outcome === undefined ? {} : { outcome }) }
}

function end(draft: Draft, at: number, outcome: 'succeeded' | 'failed' | 'cancelled'): void {
  if (draft.segments.length === 0) draft.instant = { at, outcome }
  else close(draft, at, outcome)
}

/** When the last step that leads here by a taken edge was over; null where that is not known. */
function activatedAt(edges: Graph['edges'], step: StepKey, leftAt: ReadonlyMap<string, number>): number | null {
  const times = edges
    .filter((edge) => edge.to === (step as string))
    .flatMap((edge) => {
      const at = leftAt.get(edge.from)
      return at === undefined ? [] : [at]
    })
  return times.length === 0 ? null : Math.max(...times)
}
