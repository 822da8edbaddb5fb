import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { graphProblems } from '../../runtime/engine/validate/validate.ts'
import { Graph, GraphProblem } from '../../schemas/graph.ts'
import { type Way, ways } from './broken-graphs.ts'
import { generatedExecution } from './generated-execution.ts'

const secrets = new Map([['token', { hosts: [] }]])

/** Breaks the graph, and says what it must be refused for; null when it cannot be broken so. */
function broken(graph: Graph, way: Way, seed: number) {
  const draft = { nodes: [...graph.nodes], edges: [...graph.edges] }
  const blame = way(draft, (from) => from[seed % from.length] ?? null)
  return blame === null ? null : { blame, graph: Graph.parse({ ...graph, ...draft }) }
}

describe('publishing refuses every generated graph that somebody', () => {
  it.each(Object.entries(ways))('[VAL1] %s', (_, way) => {
    fc.assert(
      fc.property(generatedExecution, fc.nat(1000), ({ graph }, seed) => {
        expect(graphProblems(graph, secrets)).toEqual([])
        const result = broken(graph, way, seed)
        fc.pre(result !== null)
        const problems = graphProblems(result.graph, secrets)
        const { code, nodeId } = result.blame
        const named = problems.filter((problem) => problem.code === code)
        if (nodeId === null) expect(named, code).not.toEqual([])
        else
          expect(
            named.map((problem) => problem.nodeId),
            code,
          ).toContain(nodeId)
      }),
      { numRuns: 60 },
    )
  })

  it('[VAL1] gives a reason to, of every code', () => {
    const samples = fc.sample(generatedExecution, { numRuns: 20, seed: 4 })
    const blamed = Object.values(ways).flatMap((way) => samples.map(({ graph }) => broken(graph, way, 0)?.blame.code))
    expect([...new Set(blamed.filter((code) => code !== undefined))].sort()).toEqual(
      [...GraphProblem.shape.code.options].sort(),
    )
  })
})
