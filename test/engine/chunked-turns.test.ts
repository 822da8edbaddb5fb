import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'

import { accountOf, accountOfStory } from './account.ts'
import { generatedExecution } from './generated-execution.ts'
import { expected } from './reference/reference.ts'
import { SimulatedWorld } from './simulated-world.ts'

vi.mock('../../schemas/limits.ts', async (original) => {
  const { limits } = await original<typeof import('../../schemas/limits.ts')>()
  return { limits: { ...limits, turnEvents: 2 } }
})

/** A failure prints the seed and the path by which it is run again. */
const seed = 20_261_124

describe('a turn that may begin iterations only as its first event or two', () => {
  it('leaves to the next ones what it comes to in one', () => {
    let chunked = 0
    fc.assert(
      fc.property(generatedExecution, (execution) => {
        const world = new SimulatedWorld(execution).run()
        if (world.turns.some(({ after }) => after.status === 'running' && after.pending.size > 0)) chunked += 1
        expect(accountOf(world)).toEqual(accountOfStory(expected(execution)))
      }),
      { seed, numRuns: 300 },
    )
    expect(chunked).toBeGreaterThan(30)
  }, 30_000)
})
