import { describe, expect, it } from 'vitest'

import { Coverage } from './coverage.ts'
import { planOf, run } from './simulation.ts'

/** As many seeds as a quick run has time for; `npm run simulate` takes as many as it is asked to. */
const SEEDS = 200
const SEEDS_PER_TEST = 25

describe('the objects on a platform that is worse than any', () => {
  for (let first = 0; first < SEEDS; first += SEEDS_PER_TEST) {
    it(`keep every invariant from seed ${first} to seed ${first + SEEDS_PER_TEST - 1}`, {
      timeout: 60_000,
    }, async () => {
      for (let seed = first; seed < first + SEEDS_PER_TEST; seed += 1) {
        const failure = await run(planOf(seed), new Coverage())
        expect(failure?.message, `npm run simulate -- --seed ${seed}`).toBeUndefined()
      }
    })
  }
})

describe('a seed', () => {
  it('gives the same day every time', async () => {
    const [first, second] = [new Coverage(), new Coverage()]
    for (const coverage of [first, second]) for (const seed of [1, 2, 3]) await run(planOf(seed), coverage)
    expect([...second.counts]).toEqual([...first.counts])
  })
})
