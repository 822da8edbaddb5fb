import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'

type Flight = {
  readonly step: StepKey
  readonly attempt: number
  readonly abort: AbortController
  readonly queuedAt: EpochMs
  /** Null while it waits for a place. */
  sentAt: EpochMs | null
}

/** The attempts that this very object is carrying out, a few at a time. Gone with the process, which is how a crash is found out. */
export class InFlight {
  readonly #now: () => EpochMs
  readonly #flights = new Map<StepKey, Flight>()
  readonly #queue: (() => void)[] = []
  #running = 0

  constructor(now: () => EpochMs) {
    this.#now = now
  }

  /** `waitedMs`: how long each was kept back before it was sent, or has been until now. */
  list(): { step: StepKey; attempt: number; waitedMs: number }[] {
    const now = this.#now()
    return [...this.#flights.values()].map(({ step, attempt, queuedAt, sentAt }) => ({
      step,
      attempt,
      waitedMs: Math.max((sentAt ?? now) - queuedAt, 0),
    }))
  }

  /** Carries out `work` when a place is free. Null when the attempt was aborted first, so that nobody waits for its result. */
  async carry<Result>(
    step: StepKey,
    attempt: number,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result | null> {
    const flight: Flight = { step, attempt, abort: new AbortController(), queuedAt: this.#now(), sentAt: null }
    this.abort(step)
    this.#flights.set(step, flight)
    await this.#enter()
    flight.sentAt = this.#now()
    try {
      if (flight.abort.signal.aborted) return null
      const result = await work(flight.abort.signal)
      return flight.abort.signal.aborted ? null : result
    } finally {
      if (this.#flights.get(step) === flight) this.#flights.delete(step)
      this.#leave()
    }
  }

  abort(step: StepKey): void {
    this.#flights.get(step)?.abort.abort()
    this.#flights.delete(step)
  }

  #enter(): Promise<void> | void {
    if (this.#running < limits.attemptConcurrency) this.#running += 1
    else return new Promise((resolve) => this.#queue.push(resolve))
  }

  /** Hands the place to the next in the queue, if there is one. */
  #leave(): void {
    const next = this.#queue.shift()
    if (next === undefined) this.#running -= 1
    else next()
  }
}
