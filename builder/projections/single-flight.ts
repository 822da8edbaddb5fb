/** Work that is under way for longer than this is taken for dead: the request that carried it is gone. */
const STUCK_MS = 10_000
const POLL_MS = 10

type Outcome<Result> = { readonly ok: true; readonly result: Result } | { readonly ok: false; readonly error: unknown }
type Flight<Result> = { readonly startedAt: number; outcome: Outcome<Result> | null }

/**
 * One piece of work per key at a time, within one isolate. Whoever asks while it is under way waits
 * for the next one, which they share: work that had begun before they asked may have missed what
 * they want to see.
 *
 * They wait by looking, not by awaiting the other's promise: a request that awaits only the promise of
 * another has no I/O of its own, and the runtime cancels it as hung.
 * https://developers.cloudflare.com/workers/observability/errors/
 */
export class SingleFlight<Result> {
  readonly #now: () => number
  /** The last flight of each key, ended or not. */
  readonly #flights = new Map<string, Flight<Result>>()

  constructor(now: () => number) {
    this.#now = now
  }

  async do(key: string, work: () => Promise<Result>): Promise<Result> {
    const underWay = this.#flights.get(key)
    if (underWay !== undefined) await this.#ended(underWay)
    const next = this.#flights.get(key)
    // Another who waited has begun it since, so it sees all that we could.
    const shared = next === undefined || next === underWay ? null : await this.#ended(next)
    if (shared === null) return this.#begin(key, work)
    if (shared.ok) return shared.result
    throw shared.error
  }

  async #begin(key: string, work: () => Promise<Result>): Promise<Result> {
    const flight: Flight<Result> = { startedAt: this.#now(), outcome: null }
    this.#flights.set(key, flight)
    try {
      const result = await work()
      flight.outcome = { ok: true, result }
      return result
    } catch (error) {
      flight.outcome = { ok: false, error }
      throw error
    }
  }

  /** How the flight ended; null when it is taken for dead. */
  async #ended(flight: Flight<Result>): Promise<Outcome<Result> | null> {
    while (flight.outcome === null && this.#now() <= flight.startedAt + STUCK_MS) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
    return flight.outcome
  }
}
