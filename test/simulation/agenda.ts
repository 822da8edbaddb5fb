import type { RandomSource } from '../support/random-source.ts'

type Entry = { readonly at: number; readonly draw: number; readonly happen: () => void }

/** What is going to happen, by virtual time. Of things at the same moment chance says which comes first: that is all the scheduling there is. */
export class Agenda {
  /** Milliseconds since the beginning. Unlike the clocks that the objects read, it never jumps. */
  time = 0
  /** A heap: every entry comes before those at twice its place and one more. */
  readonly #entries: Entry[] = []
  readonly #random: RandomSource

  constructor(random: RandomSource) {
    this.#random = random
  }

  add(afterMs: number, happen: () => void): void {
    const entries = this.#entries
    const entry = { at: this.time + Math.max(0, afterMs), draw: this.#random.next(), happen }
    let place = entries.length
    entries.push(entry)
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = entries[parent]
      if (above === undefined || isBefore(above, entry)) break
      entries[place] = above
      place = parent
    }
    entries[place] = entry
  }

  /** When the next thing happens; null when nothing will. */
  get nextAt(): number | null {
    return this.#entries[0]?.at ?? null
  }

  /** Lets time pass to the next thing and takes it; null when nothing is left. */
  next(): (() => void) | null {
    const [first] = this.#entries
    if (first === undefined) return null
    const last = this.#entries.pop()
    if (last !== undefined && last !== first) this.#sink(last)
    this.time = first.at
    return first.happen
  }

  /** Lets time pass in which nothing happens. */
  skipTo(time: number): void {
    this.time = Math.max(this.time, time)
  }

  #sink(entry: Entry): void {
    const entries = this.#entries
    let place = 0
    for (;;) {
      const [left, right] = [entries[2 * place + 1], entries[2 * place + 2]]
      if (left === undefined) break
      const isRight = right !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (isBefore(entry, child)) break
      entries[place] = child
      place = 2 * place + (isRight ? 2 : 1)
    }
    entries[place] = entry
  }
}

const isBefore = (one: Entry, other: Entry): boolean =>
  one.at < other.at || (one.at === other.at && one.draw < other.draw)
