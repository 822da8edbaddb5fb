import type { Batch } from '../../schemas/execution-events.ts'
import type { Node, NodeId, StepKey } from '../../schemas/graph.ts'
import { assert } from './assert.ts'
import { eventAt } from './bodies.ts'
import { programOf, type Reads } from './program.ts'
import { scopeFor } from './scope.ts'
import type { Started } from './state.ts'
import { iterationAt, nodeOf, scopeOf } from './step-key.ts'
import { topologyOf } from './topology.ts'
import type { Read } from './turn.ts'

/** What the child execution is started with that carries out a batch: its items, and what they may read of what is outside. */
export function batchOf(
  state: Started,
  read: Read,
  step: StepKey,
): { readonly batch: Batch; readonly trigger: unknown } {
  const at = iterationAt(scopeOf(step))
  assert(at !== null, `${step} is a batch`)
  const { container, index } = at
  const current = state.steps.get(container)
  assert(current?.status === 'open' && current.iterations.batchSize !== null, `${container} works in batches`)
  const { openedAt, batchSize, bytes } = current.iterations
  const { items, concurrency } = eventAt({ read }, openedAt, 'EachStarted')
  const first = index * batchSize
  const outside = scopeFor({ state, read }, scopeOf(container), readsFromOutside(state, nodeOf(container)))
  const { trigger = null, ...scope } = outside
  return {
    batch: { container, first, items: items.slice(first, first + batchSize), concurrency, bytes, scope },
    trigger,
  }
}

/** What the texts inside a container read of what is outside it. */
function readsFromOutside(state: Started, container: NodeId): Reads {
  const inside = nodesWithin(state, container)
  const program = programOf(state.graph)
  const all = [
    program.node(topologyOf(state.graph).node(container)).insideReads,
    ...inside.flatMap((node) => {
      const { reads, insideReads } = program.node(node)
      return [reads, insideReads]
    }),
  ]
  const ids = new Set(inside.map(({ id }) => id))
  const isOutside = (id: NodeId): boolean => !ids.has(id) && id !== container
  const steps = new Set(all.flatMap((reads) => reads.steps).filter(isOutside))
  return {
    trigger: all.some(({ trigger }) => trigger),
    // The items of an `each` hide those of the containers round it.
    item: false,
    previous: all.some(({ previous }) => previous),
    steps: [...steps],
    links: all.flatMap(({ links }) => links).filter(isOutside),
  }
}

const nodesWithin = (state: Started, container: NodeId): Node[] =>
  topologyOf(state.graph)
    .nodesIn(container)
    .flatMap((node) => [node, ...nodesWithin(state, node.id)])
