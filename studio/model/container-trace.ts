import { assert } from '../../runtime/engine/index.ts'
import { lastUntil } from './sorted.ts'

export type IterationOutcome = 'open' | 'succeeded' | 'failed' | 'cancelled'

/** One iteration at a moment: the positions at which it began and ended. */
export type IterationMoment = {
  readonly outcome: IterationOutcome
  readonly startedAt: number
  readonly endedAt: number | null
}
export type IterationCounts = {
  readonly begun: number
  readonly open: number
  readonly succeeded: number
  readonly failed: number
  readonly firstFailed: number | null
}
type Change = { readonly position: number; readonly outcome: IterationOutcome }

export const noCounts: IterationCounts = { begun: 0, open: 0, succeeded: 0, failed: 0, firstFailed: null }

/**
 * The iterations of one container, as the log tells them: the state forgets those that are over. It only
 * grows, an event at a time and at the same cost for each, and what it says of a position never changes.
 */
export class ContainerTrace {
  /** Position of the event that opened the container. */
  readonly openedAt: number
  /** Index of the first iteration, and index after the last one; null for a `repeat`, which does not know. */
  readonly first: number
  readonly end: number | null
  /** Items of one iteration, where each is a child execution. */
  readonly batchSize: number | null
  readonly #iterations: Change[][] = []
  readonly #counts: (IterationCounts & { readonly position: number })[] = []
  readonly #open = new Set<number>()
  /** Iterations that stopped with the container, and go on if it does. */
  readonly #stopped = new Set<number>()

  constructor(openedAt: number, shape: Pick<ContainerTrace, 'first' | 'end' | 'batchSize'>) {
    this.openedAt = openedAt
    this.first = shape.first
    this.end = shape.end
    this.batchSize = shape.batchSize
  }

  begin(index: number, position: number): void {
    assert(index === this.first + this.#iterations.length, 'iterations begin in the order of their indices')
    this.#iterations.push([])
    this.#change(index, position, 'open')
  }

  finish(index: number, position: number, outcome: 'succeeded' | 'failed'): void {
    // A step that failed has said so before its iteration does.
    if (this.outcomeOf(index) !== outcome) this.#change(index, position, outcome)
    this.#stopped.delete(index)
  }

  /** A step in it failed, and nothing handles that. Whether the container goes on without it is said later. */
  fail(index: number, position: number): void {
    this.#change(index, position, 'failed')
    this.#stopped.add(index)
  }

  /** The container is over, and what is still open in it is cancelled. */
  stop(position: number): void {
    for (const index of [...this.#open]) {
      this.#change(index, position, 'cancelled')
      this.#stopped.add(index)
    }
  }

  /** The container goes on after a retry, with the iterations that stopped with it. */
  goOn(position: number): void {
    for (const index of this.#stopped) this.#change(index, position, 'open')
    this.#stopped.clear()
  }

  /** At the end of what is known. */
  outcomeOf(index: number): IterationOutcome | null {
    return this.#iterations[index - this.first]?.at(-1)?.outcome ?? null
  }

  countsAt(position: number): IterationCounts {
    return lastUntil(this.#counts, position) ?? noCounts
  }

  /** Null for an iteration that had not begun. */
  outcomeAt(index: number, position: number): IterationOutcome | null {
    return this.#lastChange(index, position)?.outcome ?? null
  }

  /** The same, with when it began and ended. */
  iterationAt(index: number, position: number): IterationMoment | null {
    const first = this.#iterations[index - this.first]?.[0]
    const last = this.#lastChange(index, position)
    if (first === undefined || last === undefined) return null
    const { outcome } = last
    return { outcome, startedAt: first.position, endedAt: outcome === 'open' ? null : last.position }
  }

  /** The failed iteration next to this one, in either direction; null when there is none. */
  nextFailed(index: number, step: 1 | -1, position: number): number | null {
    const { begun } = this.countsAt(position)
    for (let at = index + step; at >= this.first && at < this.first + begun; at += step) {
      if (this.outcomeAt(at, position) === 'failed') return at
    }
    return null
  }

  /** All that had failed, in their order. */
  failedAt(position: number): readonly number[] {
    const failed: number[] = []
    const { firstFailed } = this.countsAt(position)
    for (let at = firstFailed; at !== null; at = this.nextFailed(at, 1, position)) failed.push(at)
    return failed
  }

  #lastChange(index: number, position: number): Change | undefined {
    const changes = this.#iterations[index - this.first]
    return changes === undefined ? undefined : lastUntil(changes, position)
  }

  #change(index: number, position: number, outcome: IterationOutcome): void {
    const before = this.outcomeOf(index)
    this.#iterations[index - this.first]?.push({ position, outcome })
    if (outcome === 'open') this.#open.add(index)
    else this.#open.delete(index)
    const last = this.#counts.at(-1) ?? noCounts
    const failed = last.failed + change(before, outcome, 'failed')
    this.#counts.push({
      position,
      begun: this.#iterations.length,
      open: this.#open.size,
      succeeded: last.succeeded + change(before, outcome, 'succeeded'),
      failed,
      firstFailed: this.#firstFailed(last.firstFailed, index, outcome, failed),
    })
  }

  #firstFailed(known: number | null, index: number, outcome: IterationOutcome, failed: number): number | null {
    if (failed === 0) return null
    if (outcome === 'failed') return Math.min(known ?? index, index)
    // Only a retry takes a failure back.
    if (known !== index) return known
    return this.first + this.#iterations.findIndex((changes) => changes.at(-1)?.outcome === 'failed')
  }
}

const change = (before: IterationOutcome | null, after: IterationOutcome, counted: IterationOutcome): number =>
  Number(after === counted) - Number(before === counted)
