import type { Batch, Failure, StepRequest } from '../../schemas/execution-events.ts'
import type { Graph, Node, NodeId, StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { assert } from './assert.ts'
import { eventAt } from './bodies.ts'
import { childKey } from './child.ts'
import { jsonBytes } from './output-size.ts'
import { programOf, type Reads } from './program.ts'
import { scopeFor } from './scope.ts'
import type { BatchChild, Started } from './state.ts'
import { iterationAt, nodeOf, scopeOf, undoneBatch } from './step-key.ts'
import { topologyOf } from './topology.ts'
import type { Read, Turn } from './turn.ts'

/** What is asked of the child that works on a batch: to begin, to go on when its parent is retried, or to undo what it did. */
export function batchRequest(turn: Turn, step: StepKey): StepRequest {
  const undone = undoneBatch(step)
  const current = turn.state.steps.get(step)
  const retriedAt = current?.status === 'ready' ? current.childAt : undefined
  const childAt = undone === null ? retriedAt : childOfBatch(turn.state, undone).requestAt
  if (childAt === undefined) return { kind: 'batch', config: {}, injections: [] }
  const child = childKey(eventAt(turn, childAt, 'AttemptStarted'))
  return { kind: undone === null ? 'retry' : 'undo', config: { child }, injections: [] }
}

/** The child of a batch that can be undone. */
export function childOfBatch({ undoable }: Started, batch: StepKey): BatchChild {
  let at = undoable
  while (at !== null && at.step !== batch) at = at.older
  assert(at?.batch !== undefined, `${batch} is a batch that can be undone`)
  return at.batch
}

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

/** Why the items of a container cannot be dealt out to child executions; null when they can. */
export function batchesFailure(turn: Turn, container: StepKey, items: readonly unknown[]): Failure | null {
  const unheard = unheardIn(turn.state.graph, nodeOf(container))
  if (unheard !== null) {
    const message = `${items.length} items are worked on by child executions, and ${unheard}: use at most ${limits.eachItems} items, or do this outside`
    return { code: 'too_many_items', message }
  }
  const outside = scopeFor(turn, scopeOf(container), readsFromOutside(turn.state, nodeOf(container)))
  const bytes = jsonBytes(outside) + Math.max(...batchesIn(items).map(jsonBytes))
  if (bytes <= limits.batchBytes) return null
  const message = `a batch of ${limits.eachItems} items and what its steps read of what is outside have ${bytes} bytes of JSON, and ${limits.batchBytes} are allowed: make the items smaller, or read less inside`
  return { code: 'batch_too_large', message }
}

const batchesIn = (items: readonly unknown[]): unknown[][] =>
  Array.from({ length: Math.ceil(items.length / limits.eachItems) }, (_, index) =>
    items.slice(index * limits.eachItems, (index + 1) * limits.eachItems),
  )

/** What inside the container does not reach who it is for when a child execution does it; null when there is no such thing. */
function unheardIn(graph: Graph, container: NodeId): string | null {
  for (const { id, kind, config } of topologyOf(graph).nodesIn(container)) {
    if (kind === 'respond') return `nobody hears the answer of ${id} there`
    if (kind === 'wait' && config['for'] === 'signal') return `no signal reaches ${id} there`
    const inside = unheardIn(graph, id)
    if (inside !== null) return inside
  }
  return null
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
