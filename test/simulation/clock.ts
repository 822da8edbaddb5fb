import type { Agenda } from './agenda.ts'

export const t0 = 1_800_000_000_000

/** What the objects read as the time: it jumps forward and back, and stands still. */
export class Clock {
  readonly #agenda: Agenda
  #aheadMs = 0
  #frozenAt: number | null = null
  /** What it ever showed lies between these: by the latest, something that was kept may have expired. */
  earliest = t0
  latest = t0

  constructor(agenda: Agenda) {
    this.#agenda = agenda
  }

  readonly now = (): number => {
    const now = this.#frozenAt ?? t0 + this.#agenda.time + this.#aheadMs
    this.latest = Math.max(this.latest, now)
    this.earliest = Math.min(this.earliest, now)
    return now
  }

  jump(ms: number): void {
    this.#aheadMs += ms
  }

  freeze(): void {
    this.#frozenAt = this.now()
  }

  thaw(): void {
    this.#frozenAt = null
  }
}
