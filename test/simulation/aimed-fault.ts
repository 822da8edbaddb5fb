import type { Fault, FaultSource } from './faults.ts'

/** The n-th operation that this fault can happen to, counted from 1. */
export type Aim = { readonly fault: Fault; readonly n: number }

/** A good day on which one thing goes wrong, once. */
export class AimedFault implements FaultSource {
  readonly #aim: Aim | null
  readonly #refusals: number
  readonly #onStrike: (fault: Fault, at: string) => void
  readonly #asked = new Map<Fault, number>()
  #isArmed = false
  /** Where it went wrong; null while it has not. */
  struckAt: string | null = null

  /** `refusals`: so many attempts the endpoint fails anyway, the first ones. */
  constructor(aim: Aim | null, refusals: number, onStrike: (fault: Fault, at: string) => void) {
    this.#aim = aim
    this.#refusals = refusals
    this.#onStrike = onStrike
  }

  /** What comes before is not counted. */
  arm(): void {
    this.#isArmed = true
  }

  strikes(fault: Fault, at: string): boolean {
    if (!this.#isArmed) return false
    const n = (this.#asked.get(fault) ?? 0) + 1
    this.#asked.set(fault, n)
    const isAimed = this.#aim?.fault === fault && this.#aim.n === n
    if (isAimed) {
      this.struckAt = at
      this.#onStrike(fault, at)
    }
    return isAimed || (fault === 'endpoint fails' && n <= this.#refusals)
  }

  end(): void {
    this.#isArmed = false
  }
}
