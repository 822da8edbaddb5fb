/** Work that is under way for longer than this is taken for dead: the request that carried it is gone. */
const STUCK_MS = 10_000

type Flight<Result> = { readonly startedAt: number; readonly result: Promise<Result>; next: Promise<Result> | null }

/**
 * One piece of work per key at a time. Whoever asks while it is under way waits for the next one,
 * which they share: work that had begun before they asked may have missed what they want to see.
 */
export class SingleFlight<Result> {
  readonly #now: () => number
  readonly #flights = new Map<string, Flight<Result>>()

  constructor(now: () => number) {
    this.#now = now
  }

  do(key: string, work: () => Promise<Result>): Promise<Result> {
    const flight = this.#flights.get(key)
    if (flight === undefined || flight.startedAt + STUCK_MS < this.#now()) return this.#begin(key, work)
    const again = () => this.#begin(key, work)
    flight.next ??= flight.result.then(again, again)
    return flight.next
  }

  #begin(key: string, work: () => Promise<Result>): Promise<Result> {
    const flight: Flight<Result> = { startedAt: this.#now(), result: work(), next: null }
    this.#flights.set(key, flight)
    const land = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    }
    flight.result.then(land, land)
    return flight.result
  }
}
