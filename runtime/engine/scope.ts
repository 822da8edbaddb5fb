import type { LinkHandle } from '../../schemas/execution-events.ts'
import type { Node, NodeId, ScopePath } from '../../schemas/graph.ts'
import type { LinkHandles, Scope } from '../expression/index.ts'
import { assert } from './assert.ts'
import { bodyAt, eventAt, iterationResult } from './bodies.ts'
import type { Reads } from './program.ts'
import type { Started, StepState } from './state.ts'
import { iterationAt, nodeOf, rootScope, scopeOf as scopeOfStep, stepIn } from './step-key.ts'
import { sourcesOf } from './taken-edges.ts'
import { topologyOf } from './topology.ts'
import type { Read } from './turn.ts'

/** A state, and the log that it is of. */
export type Reading = { readonly state: Started; readonly read: Read }

/** What texts may read in a scope, with the bodies that they name and no others. */
export function scopeFor(reading: Reading, scope: ScopePath, reads: Reads): Scope {
  const { executionId, workflowId, version, startedAt, graph } = reading.state
  const outer = outerScope(reading)
  const steps: Record<string, unknown> = {}
  for (const id of reads.steps) {
    const result = isOutside(reading, id) ? outer.steps[id] : resultOf(reading, scope, id)
    if (result !== undefined) steps[id] = result
  }
  return {
    ...(reads.trigger ? { trigger: bodyAt(reading, 1) } : {}),
    ...(reads.previous && 'previous' in outer ? { previous: outer.previous } : {}),
    ...iterationNames(reading, scope, reads),
    steps,
    ...(reads.links.length === 0 ? {} : { links: linksFrom(reading, scope, reads.links) }),
    execution: outer.execution ?? { id: executionId, startedAt },
    workflow: { id: workflowId, version, name: graph.name },
  }
}

/** The waits that texts link to, each the one of this scope or of one round it: every iteration has its own. */
function linksFrom(reading: Reading, scope: ScopePath, ids: readonly NodeId[]): LinkHandles {
  return Object.fromEntries(ids.map((id) => [id, linkTo(reading, scope, id)]))
}

function linkTo(reading: Reading, scope: ScopePath, id: NodeId): LinkHandle {
  const { executionId, graph } = reading.state
  const given = outerScope(reading).links?.[id]
  if (given !== undefined) return given
  const what = topologyOf(graph).node(id).config['for']
  assert(what === 'approval' || what === 'callback', `${id} is a wait that can be answered by link`)
  return { link: stepIn(scopeHolding(reading, scope, id), id), executionId, for: what }
}

/** The data a node works on when it names none: the output of the one step that led to it, or that it undoes; with several, an object by their ids. */
export function inputOf(reading: Reading, node: Node, scope: ScopePath): unknown {
  const undone = topologyOf(reading.state.graph).undoneBy(node.id)
  const ids = undone === null ? sourcesOf(reading.state, node, scope) : [undone]
  const [only] = ids
  if (ids.length === 1 && only !== undefined) return inputFrom(reading, scope, only)
  return Object.fromEntries(ids.map((id) => [id, inputFrom(reading, scope, id)]))
}

/** A container leads to its first nodes with what the iteration is about: the item, or what the iteration before came to. */
function inputFrom(reading: Reading, scope: ScopePath, id: NodeId): unknown {
  const at = iterationAt(scope)
  if (at === null || nodeOf(at.container) !== id) return resultOf(reading, scope, id)?.output ?? null
  const container = reading.state.steps.get(at.container)
  return isRepeat(reading, id) ? previousOf(reading, container) : itemOf(reading, container, at.index)
}

const isRepeat = (reading: Reading, id: NodeId): boolean => topologyOf(reading.state.graph).node(id).kind === 'repeat'

/** `index` of the innermost iteration; `item` of the innermost `each`, `previous` of the innermost `repeat` round it. */
function iterationNames(
  reading: Reading,
  scope: ScopePath,
  reads: Pick<Reads, 'item' | 'previous'>,
): Record<string, unknown> {
  const names: Record<string, unknown> = {}
  for (let at = iterationAt(scope); at !== null; at = iterationAt(scopeOfStep(at.container))) {
    const { container, index } = at
    // Containers round the one that a child works on are not in its state.
    if (!reading.state.steps.has(container)) break
    if (!('index' in names)) names['index'] = index
    const current = reading.state.steps.get(container)
    if (isRepeat(reading, nodeOf(container))) {
      if (reads.previous && !('previous' in names)) names['previous'] = previousOf(reading, current)
    } else if (reads.item && !('item' in names)) names['item'] = itemOf(reading, current, index)
  }
  return names
}

function itemOf(reading: Reading, container: StepState | undefined, index: number): unknown {
  const openedAt = openedAtOf(container)
  const { batch } = openedAt === 1 ? eventAt(reading, 1, 'ExecutionStarted') : { batch: undefined }
  if (batch !== undefined) return batch.items[index - batch.first]
  return eventAt(reading, openedAt, 'EachStarted').items[index]
}

type OuterScope = {
  readonly steps: Readonly<Record<string, unknown>>
  readonly links?: LinkHandles
  readonly execution?: unknown
  readonly previous?: unknown
}

/** What a child that works on a part of an `each` was given to read of what is outside. */
function outerScope(reading: Reading): OuterScope {
  if (reading.state.batch === null) return { steps: {} }
  return { steps: {}, ...eventAt(reading, 1, 'ExecutionStarted').batch?.scope }
}

/** Whether the node is outside the container that is all this execution runs. */
function isOutside({ state }: Reading, id: NodeId): boolean {
  if (state.batch === null) return false
  const container = nodeOf(state.batch)
  for (let at: NodeId | undefined = id; at !== undefined; at = topologyOf(state.graph).node(at).parent) {
    if (at === container) return false
  }
  return true
}

/** A container that is over is read by what undoes a step inside it. */
function openedAtOf(container: StepState | undefined): number {
  const isOver = container?.status === 'succeeded' || container?.status === 'failed'
  if (isOver && container.openedAt !== undefined) return container.openedAt
  const isKept = container !== undefined && 'iterations' in container && container.iterations !== undefined
  assert(isKept, 'an iteration belongs to a container that has opened')
  return container.iterations.openedAt
}

/** What the iteration before came to; null in the first one. */
function previousOf(reading: Reading, container: StepState | undefined): unknown {
  assert(container?.status === 'open', 'steps of an iteration run while its container is open')
  const [position] = container.iterations.results.values()
  return position === undefined ? null : iterationResult(reading, position)
}

type Result = { readonly output?: unknown; readonly error?: unknown }

/** What a step left behind: its output, or its error when it failed and the execution went on; nothing while it has not ended. */
function resultOf(reading: Reading, scope: ScopePath, id: NodeId): Result | undefined {
  const step = stepIn(scopeHolding(reading, scope, id), id)
  const enclosing = iterationWithin(scope, id)
  if (enclosing !== null) return enclosed(reading, id, enclosing)
  const current = reading.state.steps.get(step)
  if (current?.status === 'succeeded') return { output: bodyAt(reading, current.outputAt) }
  if (current?.status !== 'failed') return undefined
  return { error: eventAt(reading, current.overAt, 'StepFailed').failure }
}

/** A container, read by the steps inside it: which iteration this is, and of an `each` its item. */
function enclosed(reading: Reading, id: NodeId, scope: ScopePath): Result & Record<string, unknown> {
  const at = iterationAt(scope)
  assert(at !== null, 'an iteration has a container')
  if (isRepeat(reading, id)) return { index: at.index }
  return { index: at.index, item: itemOf(reading, reading.state.steps.get(at.container), at.index) }
}

/** The iteration of the container `id` that the scope is in; null when it is in none. */
function iterationWithin(scope: ScopePath, id: NodeId): ScopePath | null {
  for (let inner = scope, at = iterationAt(inner); at !== null; at = iterationAt(inner)) {
    if (nodeOf(at.container) === id) return inner
    inner = scopeOfStep(at.container)
  }
  return null
}

/** The scope, of those round this one, that steps of the node run in. */
function scopeHolding(reading: Reading, scope: ScopePath, id: NodeId): ScopePath {
  const { parent } = topologyOf(reading.state.graph).node(id)
  if (parent === undefined) return rootScope
  const own = iterationWithin(scope, parent)
  assert(own !== null, `${id} is read by what is in the same containers`)
  return own
}
