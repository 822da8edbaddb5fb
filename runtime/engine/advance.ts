import type { StepKey } from '../../schemas/graph.ts'
import { assert } from './assert.ts'
import { type AttemptFailure, failAttempt, nodeFor } from './attempt.ts'
import { begin } from './begin.ts'
import { failStep } from './fail.ts'
import { endIteration, goOn, hasRoom } from './iterate.ts'
import { outputSource } from './output.ts'
import type { PersistentMap } from './persistent-map.ts'
import { isBatch, rootScope, scopeOf } from './step-key.ts'
import { edgesNeeded, takenAt } from './taken-edges.ts'
import { topologyOf } from './topology.ts'
import type { Turn } from './turn.ts'
import { undo } from './undo.ts'

/**
 * Begins or skips every step that what happened decides, and everything that follows from it, until
 * all that is left waits for the world; or ends the execution when nothing is left. During a pause
 * nothing follows from anything.
 */
export function advance(turn: Turn): void {
  if (turn.isHeld) return
  while (turn.isRunning && takeStep(turn));
  if (turn.isRunning && turn.state.compensation !== null) undo(turn)
  else if (turn.isRunning && turn.state.active.size === 0) {
    turn.record({ type: 'ExecutionSucceeded', at: turn.at, output: outputSource(turn.state) })
  }
}

/** Goes on after a pause or a failure: steps whose edges were decided and that nobody has looked at since are begun. */
export function goOnFromHere(turn: Turn): void {
  const waiting = [...turn.state.arrivals.keys()].filter((step) => !turn.state.steps.has(step)).sort()
  // Those that this very turn has led to are among them, and wait for no other order.
  turn.reached.splice(0, turn.reached.length, ...waiting)
  advance(turn)
}

/** Ends an attempt that failed; and its step, when no other attempt follows. */
export function endAttempt(turn: Turn, step: StepKey, failed: AttemptFailure): void {
  if (!failAttempt(turn, step, failed)) return
  failStep(turn, step, failed.failure)
  advance(turn)
}

/** The next thing that follows: a step that begins or is skipped, an iteration that is over, a container that goes on. False when there is none. */
function takeStep(turn: Turn): boolean {
  if (turn.state.compensation !== null) return false
  const next = turn.reached.shift()
  if (next !== undefined) {
    visit(turn, next)
    return true
  }
  const scope = firstOf(turn.state.idle)
  if (scope !== null) {
    endIteration(turn, scope)
    return true
  }
  const container = firstOf(turn.state.pending)
  if (container === null || !hasRoom(turn)) return false
  goOn(turn, container)
  return true
}

/** Begins or skips the step, when its edges decide that. */
function visit(turn: Turn, step: StepKey): void {
  const { state } = turn
  const scope = scopeOf(step)
  const isOpen = scope === rootScope || state.scopes.has(scope)
  if (!isOpen || state.steps.has(step)) return
  if (isBatch(step)) {
    begin(turn, step)
    return
  }
  const node = nodeFor(turn, step)
  const incoming = topologyOf(state.graph).edgesTo(node.id)
  const arrivals = state.arrivals.get(step)
  assert(arrivals !== undefined, `an edge led to ${step}`)
  const { taken, dead } = arrivals
  const isDecided = taken + dead === incoming.length
  const needed = edgesNeeded(node)
  const isSatisfied = needed === null ? isDecided && taken > 0 : taken >= needed
  if (isSatisfied) begin(turn, step)
  else if (isDecided) {
    // Not all of them, when too few are taken for a join of a number.
    const deadEdges = incoming
      .filter((edge) => takenAt(state, edge, scope) === null)
      .map(({ from, port }) => ({ from, port }))
    turn.record({ type: 'StepSkipped', at: turn.at, step, deadEdges })
  }
}

/** The innermost first, so that what has begun ends before more begins; then in the order of the keys. There are few: what can go on does. */
function firstOf<Key extends string>(keys: PersistentMap<Key, true>): Key | null {
  let first: Key | null = null
  for (const key of keys.keys()) if (first === null || isBefore(key, first)) first = key
  return first
}

function isBefore(one: string, other: string): boolean {
  const deeper = depthOf(one) - depthOf(other)
  return deeper === 0 ? one < other : deeper > 0
}

/** Of a step or of an iteration, in containers. */
const depthOf = (path: string): number => path.split('[').length
