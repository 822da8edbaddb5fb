import { createHash } from 'node:crypto'

import { canonicalGraph } from '../../runtime/engine/canonical.ts'
import type { Graph } from '../../schemas/graph.ts'
import { graphOf, type NodeText } from '../support/graphs.ts'
import { graphBy } from './grammar.ts'

/** A graph that can be published, as its workflow's object gets it. */
export type Content = { readonly graph: Graph; readonly contentHash: string; readonly hasHook: boolean }

/** Seeds that share their graphs: compiling a graph costs more than running it. */
export const SEEDS_PER_BLOCK = 50
const GRAPHS_PER_BLOCK = 8
/** Every so many graphs one is so long that a snapshot of its state is kept. */
const LONG_EVERY = 40

const kept = new Map<number, Content>()

/** The graphs of a seed. A longer run has others than a shorter one, and a seed always the same. */
export function graphsOf(seed: number): readonly Content[] {
  const first = Math.floor(seed / SEEDS_PER_BLOCK) * GRAPHS_PER_BLOCK
  return Array.from({ length: GRAPHS_PER_BLOCK }, (_, index) => graphNumber(first + index))
}

function graphNumber(number: number): Content {
  const known = kept.get(number)
  if (known !== undefined) return known
  if (kept.size > 10 * GRAPHS_PER_BLOCK) kept.clear()
  const graph = number % LONG_EVERY === LONG_EVERY - 1 ? longGraph() : graphBy(number)
  const content = {
    graph,
    contentHash: createHash('sha256').update(canonicalGraph(graph)).digest('hex'),
    hasHook: graph.nodes.some(({ kind }) => kind === 'webhook'),
  }
  kept.set(number, content)
  return content
}

function longGraph(): Graph {
  const steps: NodeText[] = Array.from({ length: 260 }, (_, index) => ({
    id: `n${index}`,
    kind: index === 257 ? 'delay' : index > 257 ? 'http' : 'transform',
    config: index === 257 ? { ms: 500 } : index > 257 ? { url: 'https://api.example/' } : { fields: { index } },
  }))
  const ids = ['start', ...steps.map(({ id }) => id)]
  return graphOf(
    [{ id: 'start', kind: 'manual' }, ...steps],
    steps.map(({ id }, index) => `${ids[index]} -> ${id}`),
  )
}
