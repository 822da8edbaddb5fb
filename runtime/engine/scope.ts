import type { Node, NodeId, ScopePath } from '../../schemas/graph.ts'
import type { Scope } from '../expression/index.ts'
import { assert } from './assert.ts'
import { bodyAt, eventAt, iterationResult } from './bodies.ts'
import type { Reads } from './program.ts'
import type { StepState } from './state.ts'
import { iterationAt, nodeOf, rootScope, scopeOf as scopeOfStep, stepIn } from './step-key.ts'
import { sourcesOf } from './taken-edges.ts'
import { topologyOf } from './topology.ts'
import type { Turn } from './turn.ts'

/** What texts may read in a scope, with the bodies that they name and no others. */
export function scopeFor(turn: Turn, scope: ScopePath, reads: Reads): Scope {
  const { executionId, workflowId, version, startedAt, graph } = turn.state
  const steps: Record<string, unknown> = {}
  for (const id of reads.steps) {
    const result = resultOf(turn, scope, id)
    if (result !== undefined) steps[id] = result
  }
  return {
    ...(reads.trigger ? { trigger: bodyAt(turn, 1) } : {}),
    ...iterationNames(turn, scope, reads),
    steps,
    execution: { id: executionId, startedAt },
    workflow: { id: workflowId, version, name: graph.name },
  }
}

/** The data a node works on when it names none: the output of the one step that led to it; with several, an object by their ids. */
export function inputOf(turn: Turn, node: Node, scope: ScopePath): unknown {
  const ids = sourcesOf(turn.state, node, scope)
  const [only] = ids
  if (ids.length === 1 && only !== undefined) return inputFrom(turn, scope, only)
  return Object.fromEntries(ids.map((id) => [id, inputFrom(turn, scope, id)]))
}

/** A container leads to its first nodes with what the iteration is about: the item, or what the iteration before came to. */
function inputFrom(turn: Turn, scope: ScopePath, id: NodeId): unknown {
  const at = iterationAt(scope)
  if (at === null || nodeOf(at.container) !== id) return resultOf(turn, scope, id)?.output ?? null
  const container = turn.state.steps.get(at.container)
  return isRepeat(turn, id) ? previousOf(turn, container) : itemOf(turn, container, at.index)
}

const isRepeat = (turn: Turn, id: NodeId): boolean => topologyOf(turn.state.graph).node(id).kind === 'repeat'

/** `index` of the innermost iteration; `item` of the innermost `each`, `previous` of the innermost `repeat` round it. */
function iterationNames(
  turn: Turn,
  scope: ScopePath,
  reads: Pick<Reads, 'item' | 'previous'>,
): Record<string, unknown> {
  const names: Record<string, unknown> = {}
  for (let at = iterationAt(scope); at !== null; at = iterationAt(scopeOfStep(at.container))) {
    const { container, index } = at
    if (!('index' in names)) names['index'] = index
    const current = turn.state.steps.get(container)
    if (isRepeat(turn, nodeOf(container))) {
      if (reads.previous && !('previous' in names)) names['previous'] = previousOf(turn, current)
    } else if (reads.item && !('item' in names)) names['item'] = itemOf(turn, current, index)
  }
  return names
}

function itemOf(turn: Turn, container: StepState | undefined, index: number): unknown {
  return eventAt(turn, openedAtOf(container), 'EachStarted').items[index]
}

/** A container that is over is read by what undoes a step inside it. */
function openedAtOf(container: StepState | undefined): number {
  if (container !== undefined && 'iterations' in container && container.iterations !== undefined) {
    return container.iterations.openedAt
  }
  const openedAt = container !== undefined && 'openedAt' in container ? container.openedAt : undefined
  assert(openedAt !== undefined, 'an iteration belongs to a container that has opened')
  return openedAt
}

/** What the iteration before came to; null in the first one. */
function previousOf(turn: Turn, container: StepState | undefined): unknown {
  const results = container !== undefined && 'iterations' in container ? container.iterations?.results : undefined
  const [position] = results?.values() ?? []
  return position === undefined ? null : iterationResult(turn, position)
}

type Result = { readonly output?: unknown; readonly error?: unknown }

/** What a step left behind: its output, or its error when it failed and the execution went on; nothing while it has not ended. */
function resultOf(turn: Turn, scope: ScopePath, id: NodeId): Result | undefined {
  const step = stepIn(scopeHolding(turn, scope, id), id)
  const enclosing = iterationWithin(scope, id)
  if (enclosing !== null) return enclosed(turn, id, enclosing)
  const current = turn.state.steps.get(step)
  if (current?.status === 'succeeded') return { output: bodyAt(turn, current.outputAt) }
  if (current?.status !== 'failed') return undefined
  return { error: eventAt(turn, current.overAt, 'StepFailed').failure }
}

/** A container, read by the steps inside it: which iteration this is, and of an `each` its item. */
function enclosed(turn: Turn, id: NodeId, scope: ScopePath): Result & Record<string, unknown> {
  const at = iterationAt(scope)
  assert(at !== null, 'an iteration has a container')
  if (isRepeat(turn, id)) return { index: at.index }
  return { index: at.index, item: itemOf(turn, turn.state.steps.get(at.container), at.index) }
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
function scopeHolding(turn: Turn, scope: ScopePath, id: NodeId): ScopePath {
  const { parent } = topologyOf(turn.state.graph).node(id)
  if (parent === undefined) return rootScope
  return iterationWithin(scope, parent) ?? scope
}
