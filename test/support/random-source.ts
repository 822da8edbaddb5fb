/** Seeded, so that a failing test is repeated by its seed. */
export class RandomSource {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A number in [0, 1). mulberry32: 32 bits of state, so every seed gives a sequence of its own. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** An integer from `from` up to but not including `below`. */
  between(from: number, below: number): number {
    return from + Math.floor(this.next() * (below - from))
  }
}
