import type { RecordedEvent } from '../../schemas/execution-events.ts'

export type Tick = { readonly share: number; readonly weight: 'plain' | 'mark' | 'failure' }

const failures = new Set<RecordedEvent['type']>([
  'AttemptFailed',
  'StepFailed',
  'ExecutionFailed',
  'AttemptInterrupted',
])
const marks = new Set<RecordedEvent['type']>([
  'ExecutionStarted',
  'StepSucceeded',
  'ExecutionSucceeded',
  'ExecutionCancelled',
])

/** At most `columns` ticks for a log of any length; of the events that share a column, the gravest is drawn. */
export function scrubberTicks(events: readonly RecordedEvent[], columns: number): readonly Tick[] {
  const last = Math.max(1, events.length - 1)
  const byColumn = new Map<number, Tick>()
  for (const [index, event] of events.entries()) {
    const share = index / last
    const column = Math.round(share * columns)
    const weight = failures.has(event.type) ? 'failure' : marks.has(event.type) ? 'mark' : 'plain'
    const there = byColumn.get(column)
    if (there === undefined || gravity[weight] > gravity[there.weight]) byColumn.set(column, { share, weight })
  }
  return [...byColumn.values()]
}

const gravity = { plain: 0, mark: 1, failure: 2 } as const

/** Where a key moves the cursor, or null for a key that means nothing here. Positions run from 1 to `last`. */
export function moveCursor(key: string, position: number, last: number): number | null {
  const page = Math.max(2, Math.round(last / 10))
  const moves: Record<string, number> = {
    ArrowLeft: position - 1,
    ArrowRight: position + 1,
    PageUp: position - page,
    PageDown: position + page,
    Home: 1,
    End: last,
  }
  const wished = moves[key]
  return wished === undefined ? null : Math.max(1, Math.min(wished, last))
}
