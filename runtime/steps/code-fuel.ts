import { limits } from '../../schemas/limits.ts'

/** Why a program that could go on does not: nobody waits for it, its time is over, or there is no room for one so long. */
export type Halt = 'cancelled' | 'late' | 'crowded'

/** Waits until a program that has just done so many units of work may go on. Null when it may. */
export type NextTurn = (spent: number) => Promise<Halt | null>

/**
 * What a run may spend, dealt out in slices: after each the run waits for its next turn, in the middle of whatever it
 * does. That says when it goes on and never what it comes to: only the sum is a limit.
 */
export class Fuel {
  /** What the engine has left of the slice, or has overdrawn. */
  readonly #meter: WebAssembly.Global
  #next: NextTurn = async () => null
  #halt: Halt | null = null
  #slice = plenty
  #left = 0

  constructor(meter: WebAssembly.Global) {
    this.#meter = meter
  }

  begin(next: NextTurn): void {
    this.#next = next
    this.#halt = null
    this.#slice = plenty
    this.#meter.value = plenty
  }

  grant(units: number): void {
    this.#left = units
  }

  /** Lets the engine work for what was granted. What the host asks of it outside of this is free, and cannot wait. */
  async spend<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#deal()
    try {
      return await work()
    } finally {
      this.#takeBack()
    }
  }

  /** For work that the engine does not count. What is overdrawn counts from its next step. */
  pay(units: number): void {
    this.#meter.value -= units
  }

  /** What the engine calls when it has overdrawn its slice. */
  async refuel(): Promise<void> {
    const spent = this.#takeBack()
    if (this.isUsedUp) throw cutOff
    this.#halt = await this.#next(spent)
    if (this.#halt !== null) throw cutOff
    this.#deal()
  }

  get halt(): Halt | null {
    return this.#halt
  }

  /** While the engine works. */
  get left(): number {
    return this.#left - this.#slice + this.#meter.value
  }

  get isUsedUp(): boolean {
    return this.#left < 0
  }

  #deal(): void {
    this.#slice = Math.min(this.#left, limits.codeSliceFuel)
    this.#meter.value = this.#slice
  }

  #takeBack(): number {
    const spent = this.#slice - this.#meter.value
    this.#left -= spent
    this.#slice = plenty
    this.#meter.value = plenty
    return spent
  }
}

/** What a metered module begins with. */
const plenty = 2 ** 31 - 1

/** Thrown into the engine, which cannot be asked for anything after it. One for all: why is said elsewhere. */
const cutOff = new Error('the engine may not go on')
