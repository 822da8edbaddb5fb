import type { RecordedEvent } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'

export type Gap = { readonly from: number; readonly to: number }

/** Each gap that is drawn short dwarfs all that is left beside it, so that there are never more than a few. */
const kept = 24
/** Shorter ones are no pause to anybody. */
const leastMs = 20

/** The longest stretches between two events in which no attempt was in flight. */
export class IdleGaps {
  readonly #inFlight = new Set<StepKey>()
  #longest: Gap[] = []
  #lastAt: number | null = null

  add(event: RecordedEvent): void {
    const from = this.#lastAt
    if (from !== null && this.#inFlight.size === 0 && event.at - from >= leastMs) this.#keep({ from, to: event.at })
    this.#lastAt = event.at
    switch (event.type) {
      case 'AttemptStarted':
        this.#inFlight.add(event.step)
        break
      case 'AttemptFailed':
      case 'AttemptInterrupted':
      case 'StepUnknown':
      case 'ChildStarted':
      case 'StepSucceeded':
      case 'StepFailed':
      case 'StepCancelled':
        this.#inFlight.delete(event.step)
        break
      default:
    }
  }

  /** With the one that goes on now until `to`. */
  until(to: number): readonly Gap[] {
    const from = this.#lastAt
    const goesOn = from !== null && this.#inFlight.size === 0 && to > from
    return goesOn ? [...this.#longest, { from, to }] : this.#longest
  }

  #keep(gap: Gap): void {
    this.#longest.push(gap)
    if (this.#longest.length <= kept) return
    this.#longest = this.#longest.toSorted((left, right) => lengthOf(right) - lengthOf(left)).slice(0, kept)
  }
}

const lengthOf = ({ from, to }: Gap): number => to - from
