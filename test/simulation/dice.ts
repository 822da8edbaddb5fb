import { RandomSource } from '../support/random-source.ts'

/**
 * Chance by seed and by what it is about: each matter has dice of its own. So when an operation is
 * left out of a seed, most of what remains falls as before, and a failure can be shrunk.
 */
export class Dice {
  readonly #seed: number
  readonly #sources = new Map<string, RandomSource>()

  constructor(seed: number) {
    this.#seed = seed
  }

  of(matter: string): RandomSource {
    const known = this.#sources.get(matter)
    if (known !== undefined) return known
    const source = new RandomSource(hash(matter, this.#seed))
    this.#sources.set(matter, source)
    return source
  }
}

/** FNV-1a, mixed with the seed. */
function hash(text: string, seed: number): number {
  let value = Math.imul(seed ^ 0x811c9dc5, 0x9e3779b1)
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}
