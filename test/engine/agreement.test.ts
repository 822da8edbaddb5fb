import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { graphProblems } from '../../runtime/engine/validate/validate.ts'
import { accountOf, accountOfStory } from './account.ts'
import { CoverageOfRuns } from './coverage-of-runs.ts'
import { generatedExecution } from './generated-execution.ts'
import { expected } from './reference/reference.ts'
import { SimulatedWorld } from './simulated-world.ts'

/** A failure prints the seed and the path by which it is run again. */
const seed = 20_261_122

describe('the engine and the naive reference', () => {
  it('agree on every generated execution: its end, every step with its way on, its effects, what was undone', () => {
    const coverage = new CoverageOfRuns()
    fc.assert(
      fc.property(generatedExecution, (execution) => {
        const world = new SimulatedWorld(execution).run()
        coverage.count(world)
        expect(accountOf(world)).toEqual(accountOfStory(expected(execution)))
      }),
      { seed, numRuns: 2000 },
    )
    expect(coverage.empty()).toEqual([])
  }, 30_000)

  it('are given only graphs that can be published', () => {
    fc.assert(
      fc.property(generatedExecution, ({ graph }) => {
        expect(graphProblems(graph, new Map())).toEqual([])
      }),
      { seed, numRuns: 300 },
    )
  }, 30_000)
})
