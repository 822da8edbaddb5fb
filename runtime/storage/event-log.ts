import type { ExecutionEvent, RecordedEvent } from '../../schemas/execution-events.ts'

export type Snapshot = { readonly position: number; readonly state: unknown }

/** One execution's append-only history. Positions are dense and start at 1. */
export interface EventLog {
  /** Position of the last event; 0 while the log is empty. */
  readonly position: number
  /** Whether it was closed while it was empty. */
  readonly isClosed: boolean
  /** Keeps an empty log empty for ever. */
  close(): void
  /** Throws `PositionConflict` unless the log ends at `expected`; then nothing is written. */
  append(events: readonly ExecutionEvent[], expected: number): void
  /** Throws `MissingEvent` when there is none. */
  at(position: number): ExecutionEvent
  /** The same, with the length of its stored JSON. */
  sizedAt(position: number): { readonly event: ExecutionEvent; readonly chars: number }
  /** Events after a position in order: at most `limit`, and only as many as fit into `maxChars` of stored JSON, but at least one. */
  after(position: number, limit: number, maxChars?: number): RecordedEvent[]
  /** Keeps the state at a position, instead of the one kept before. */
  saveSnapshot(snapshot: Snapshot): void
  snapshot(): Snapshot | null
  /** To be called before a transaction; what it gives, when that was rolled back. Reads nothing, because then the disk may fail, too. */
  remember(): () => void
  /** Asks anew where the log ends: a commit that seemed to fail may have been kept. */
  reload(): void
}

export class PositionConflict extends Error {
  override readonly name = 'PositionConflict'
  readonly expected: number
  readonly actual: number
  constructor(expected: number, actual: number) {
    super(`expected the log at position ${expected}, found ${actual}`)
    this.expected = expected
    this.actual = actual
  }
}

export class ClosedLog extends Error {
  override readonly name = 'ClosedLog'
  constructor() {
    super('the log was closed before anything was recorded in it')
  }
}

export class MissingEvent extends Error {
  override readonly name = 'MissingEvent'
  constructor(position: number) {
    super(`the log has no event at position ${position}`)
  }
}
