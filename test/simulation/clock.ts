import type { RandomSource } from '../support/random-source.ts'
import type { Agenda } from './agenda.ts'
import type { FaultSource } from './faults.ts'

export const t0 = 1_800_000_000_000
/** Where the faults of clocks strike: all objects read the same one. */
export const CLOCK = 'the clock'
/** Most jumps are small; some are long enough for keys to expire. */
const JUMPS_MS = [50, 1000, 10_000, 60_000, 600_000, 3_600_000, 100_000_000]
/** It does not stand still for longer. */
const FROZEN_MS = 600_000

/** What the objects read as the time: it jumps forward and back, and stands still. */
export class Clock {
  readonly #agenda: Agenda
  readonly #random: RandomSource
  #aheadMs = 0
  #frozenAt: number | null = null
  /** What it ever showed lies between these: by the latest, something that was kept may have expired. */
  earliest = t0
  latest = t0

  constructor(agenda: Agenda, random: RandomSource) {
    this.#agenda = agenda
    this.#random = random
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

  freeze(ms: number): void {
    this.#frozenAt = this.now()
    this.#agenda.add(Math.min(ms, FROZEN_MS), () => this.thaw())
  }

  thaw(): void {
    this.#frozenAt = null
  }

  /** Somebody turns it. */
  turn(way: number, draw: number): void {
    const ms = jumpOf(draw)
    if (way < 0.4) this.jump(ms)
    else if (way < 0.7) this.jump(-ms)
    else this.freeze(ms)
  }

  /** It goes wrong by itself. */
  disturb(faults: FaultSource): void {
    if (faults.strikes('clock forward', CLOCK)) this.jump(jumpOf(this.#random.next()))
    if (faults.strikes('clock back', CLOCK)) this.jump(-jumpOf(this.#random.next()))
    if (faults.strikes('clock frozen', CLOCK)) this.freeze(jumpOf(this.#random.next()))
  }
}

const jumpOf = (draw: number): number => JUMPS_MS[Math.floor(draw * JUMPS_MS.length)] ?? 0
