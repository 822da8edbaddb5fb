import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { nodeStatus } from '../../runtime/engine/index.ts'
import { graphProblems } from '../../runtime/engine/validate/validate.ts'
import { nodeId } from '../support/graphs.ts'
import { generatedWorkflow } from './generated-workflow.ts'
import { expected, type Life } from './reference.ts'
import { elapsed, SimulatedWorld } from './simulated-world.ts'

describe('the engine and the naive reference', () => {
  it('agree on every generated workflow: outcome, status of every node, number of attempts', () => {
    fc.assert(
      fc.property(generatedWorkflow, (workflow) => {
        const { state, log } = new SimulatedWorld(workflow).run()
        const { status, endsAt, blame, nodes } = expected(workflow)
        if (state.status === 'not_started') throw new Error('the execution began')

        expect(state.status).toBe(status)
        expect(elapsed(state.endedAt ?? 0)).toBe(endsAt)
        if (blame.length > 0) expect(blame).toContain(state.failedStep)
        else expect(state.failedStep).toBeNull()
        for (const [id, life] of nodes) {
          expect(statusesOf(life, status, endsAt), id).toContain(nodeStatus(state, nodeId(id)))
          const attempts = log.filter((event) => event.type === 'AttemptStarted' && event.step === id).length
          if (status === 'succeeded') expect(attempts, id).toBe(life.attemptsAt.length)
          expect(attempts, id).toBeGreaterThanOrEqual(life.attemptsAt.filter((at) => at < endsAt).length)
          expect(attempts, id).toBeLessThanOrEqual(life.attemptsAt.filter((at) => at <= endsAt).length)
        }
      }),
      { numRuns: 1500 },
    )
  })

  it('are given only graphs that can be published', () => {
    fc.assert(
      fc.property(generatedWorkflow, ({ graph }) => {
        expect(graphProblems(graph, new Map())).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

/** A node that would have ended at the very moment at which the execution failed may have come first or not. */
function statusesOf({ endsAt: own, comesTo }: Life, status: string, endsAt: number): string[] {
  if (status === 'succeeded' || own < endsAt) return [comesTo]
  return own === endsAt ? [comesTo, 'cancelled'] : ['cancelled']
}
