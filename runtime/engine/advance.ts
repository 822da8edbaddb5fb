import type { StepKey } from '../../schemas/graph.ts'
import { assert } from './assert.ts'
import { type AttemptFailure, failAttempt, nodeFor } from './attempt.ts'
import { begin } from './begin.ts'
import { failStep } from './fail.ts'
import { endIteration, goOn, hasRoom } from './iterate.ts'
import { outputSource } from './output.ts'
import type { PersistentMap } from './persistent-map.ts'
import { isBatch, iterationOf, nodeOf, rootScope, scopeOf, stepIn } from './step-key.ts'
import { edgesNeeded, takenAt } from './taken-edges.ts'
import { topologyOf } from './topology.ts'
import type { Turn } from './turn.ts'
import { undo } from './undo.ts'

/**
 * Begins or skips every step that the end of `ended` decides, and everything that follows from it,
 * until all that is left waits for the world; or ends the execution when nothing is left. During a
 * pause nothing follows from anything.
 */
export function advance(turn: Turn, ended: readonly StepKey[]): void {
  follow(
    turn,
    ended.flatMap((step) => targetsOf(turn, step)),
  )
}

/** Goes on after a pause or a failure: steps whose edges were decided and that nobody has looked at since are begun. */
export function goOnFromHere(turn: Turn): void {
  const waiting = [...turn.state.arrivals.keys()].filter((step) => !turn.state.steps.has(step)).sort()
  follow(turn, waiting)
}

function follow(turn: Turn, queue: StepKey[]): void {
  if (turn.isHeld) return
  while (turn.isRunning && takeStep(turn, queue));
  if (turn.isRunning && turn.state.compensation !== null) undo(turn)
  else if (turn.isRunning && turn.state.active.size === 0) {
    turn.record({ type: 'ExecutionSucceeded', at: turn.at, output: outputSource(turn.state) })
  }
}

/** Ends an attempt that failed; and its step, when no other attempt follows. */
export function endAttempt(turn: Turn, step: StepKey, failed: AttemptFailure): void {
  if (!failAttempt(turn, step, failed)) return
  failStep(turn, step, failed.failure)
  advance(turn, [step])
}

/** The next thing that follows: a step that begins or is skipped, an iteration that is over, a container that goes on. False when there is none. */
function takeStep(turn: Turn, queue: StepKey[]): boolean {
  if (turn.state.compensation !== null) return false
  const next = queue.shift()
  if (next !== undefined) {
    if (visit(turn, next)) queue.push(...targetsOf(turn, next))
    return true
  }
  const scope = first(turn.state.idle)
  if (scope !== null) {
    endIteration(turn, scope)
    return true
  }
  const container = first(turn.state.pending)
  if (container === null || !hasRoom(turn)) return false
  if (goOn(turn, container)) queue.push(...targetsOf(turn, container))
  else queue.push(...entriesOf(turn, container))
  return true
}

/** True when the step is over, so that its own edges are decided now. */
function visit(turn: Turn, step: StepKey): boolean {
  const { state } = turn
  const scope = scopeOf(step)
  const isOpen = scope === rootScope || state.scopes.has(scope)
  if (!isOpen || state.steps.has(step)) return false
  if (isBatch(step)) return begin(turn, step)
  const topology = topologyOf(state.graph)
  const node = nodeFor(turn, step)
  const incoming = topology.edgesTo(node.id)
  const arrivals = state.arrivals.get(step)
  assert(arrivals !== undefined, `an edge led to ${step}`)
  const { taken, dead } = arrivals
  const isDecided = taken + dead === incoming.length
  const needed = edgesNeeded(node)
  const isSatisfied = needed === null ? isDecided && taken > 0 : taken >= needed
  if (isSatisfied) return begin(turn, step)
  if (!isDecided) return false
  // Not all of them, when too few are taken for a join of a number.
  const deadEdges = incoming
    .filter((edge) => takenAt(state, edge, scope) === null)
    .map(({ from, port }) => ({ from, port }))
  turn.record({ type: 'StepSkipped', at: turn.at, step, deadEdges })
  return true
}

/** What follows a container that a child works on belongs to its parent; so does what follows a batch. */
function targetsOf(turn: Turn, step: StepKey): StepKey[] {
  if (step === turn.state.batch || isBatch(step)) return []
  const edges = topologyOf(turn.state.graph).edgesFrom(nodeOf(step))
  return [...new Set(edges.map(({ to }) => stepIn(scopeOf(step), to)))]
}

/** The first steps of the iteration that began last. */
function entriesOf(turn: Turn, container: StepKey): StepKey[] {
  const current = turn.state.steps.get(container)
  assert(current?.status === 'open', `${container} has begun an iteration`)
  const { next, batchSize } = current.iterations
  const scope = iterationOf(container, next - 1)
  if (batchSize !== null) return [stepIn(scope, nodeOf(container))]
  return [
    ...new Set(
      topologyOf(turn.state.graph)
        .bodyEdges(nodeOf(container))
        .map(({ to }) => stepIn(scope, to)),
    ),
  ]
}

function first<Key extends string>(keys: PersistentMap<Key, true>): Key | null {
  for (const key of keys.keys()) return key
  return null
}
