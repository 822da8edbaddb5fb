import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import type { EventLog } from '../storage/event-log.ts'

type Kept = { readonly event: ExecutionEvent; readonly chars: number }

/**
 * Reads events for the engine. Those of the last turn are at hand, and of older ones those that were
 * read last: each item of a long list reads the one event that holds the list.
 */
export class EventReader {
  readonly #log: EventLog
  /** The one read last comes last. */
  readonly #kept = new Map<number, Kept>()
  #keptChars = 0
  #recent: readonly ExecutionEvent[] = []
  #recentAfter = 0

  constructor(log: EventLog) {
    this.#log = log
  }

  readonly read = (position: number): ExecutionEvent =>
    this.#recent[position - this.#recentAfter - 1] ?? this.#older(position)

  /** A turn has recorded these after the position. */
  recorded(events: readonly ExecutionEvent[], after: number): void {
    this.#recent = events
    this.#recentAfter = after
  }

  /** Nothing is known to be as it was. */
  forget(): void {
    this.#recent = []
    this.#kept.clear()
    this.#keptChars = 0
  }

  #older(position: number): ExecutionEvent {
    const kept = this.#kept.get(position) ?? this.#log.sizedAt(position)
    this.#forget(position)
    this.#kept.set(position, kept)
    this.#keptChars += kept.chars
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= limits.keptEvents && this.#keptChars <= limits.keptEventChars) break
      this.#forget(oldest)
    }
    return kept.event
  }

  #forget(position: number): void {
    this.#keptChars -= this.#kept.get(position)?.chars ?? 0
    this.#kept.delete(position)
  }
}
