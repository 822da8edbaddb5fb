import { stepOf } from '../../runtime/engine/index.ts'
import type { EventOf, RecordedEvent } from '../../schemas/execution-events.ts'
import type { Graph, StepKey } from '../../schemas/graph.ts'
import { kindTitle, labelOf, readingOrder } from './graph-canvas.ts'

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

/** The latest moment that something under way means to wait until; 0 when nothing waits. */
export const waitsUntil = (rows: readonly TimelineRow[]): number =>
  rows
    .flatMap((row) => row.segments)
    .filter((segment) => isWait(segment) && segment.to === null)
    .reduce((latest, segment) => Math.max(latest, segment.until ?? 0), 0)

export const isWait = (segment: Segment): boolean => segment.kind === 'waiting' || segment.kind === 'backoff'

type Draft = { segments: Segment[]; instant: TimelineRow['instant'] }

/** One row a step, in reading order, with what had happened to it by the end of `events`. */
export function timelineRows(graph: Graph, events: readonly RecordedEvent[]): readonly TimelineRow[] {
  const drafts = new Map<string, Draft>()
  const leftAt = new Map<string, number>()
  for (const event of events) {
    if (!('step' in event) || event.step === undefined || event.type === 'ExecutionFailed') continue
    const draft = drafts.get(event.step) ?? { segments: [], instant: null }
    drafts.set(event.step, draft)
    applyEvent(draft, event, () => activatedAt(graph, event.step, leftAt))
    if (event.type === 'StepSucceeded' || event.type === 'StepFailed') leftAt.set(event.step, event.at)
  }
  const started = events[0]
  return readingOrder(graph).map((node) => {
    const step = stepOf(node.id)
    const isTrigger = started?.type === 'ExecutionStarted' && started.triggerNode === node.id
    const draft = drafts.get(step) ?? {
      segments: [],
      instant: isTrigger ? { at: started.at, outcome: 'succeeded' as const } : null,
    }
    return { step, label: labelOf(node), kind: kindTitle(node.kind), ...draft }
  })
}

type StepEvent = EventOf<
  | 'StepSkipped'
  | 'AttemptStarted'
  | 'AttemptFailed'
  | 'AttemptInterrupted'
  | 'AttemptIgnored'
  | 'DelayStarted'
  | 'StepSucceeded'
  | 'StepFailed'
  | 'StepCancelled'
>

function applyEvent(draft: Draft, event: StepEvent, activated: () => number | null): void {
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
    case 'AttemptIgnored':
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
function activatedAt(graph: Graph, step: StepKey, leftAt: ReadonlyMap<string, number>): number | null {
  const times = graph.edges
    .filter((edge) => edge.to === (step as string))
    .flatMap((edge) => {
      const at = leftAt.get(edge.from)
      return at === undefined ? [] : [at]
    })
  return times.length === 0 ? null : Math.max(...times)
}
