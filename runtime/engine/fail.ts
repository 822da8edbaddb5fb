import type { CompensationCause, Failure } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { nodeFor } from './attempt.ts'
import { itemError } from './bodies.ts'
import { boundedFailure } from './failure.ts'
import { programOf } from './program.ts'
import { addedBytes } from './results.ts'
import { isBatch, isInScope, isWithin, iterationAt, iterationOf, nodeOf, scopeOf } from './step-key.ts'
import { topologyOf } from './topology.ts'
import type { Turn } from './turn.ts'
import { isUndoing, undoableSteps } from './undoing.ts'

/** Ends a failed step as its node says: by its error port, without output, or with what it is part of. */
export function failStep(turn: Turn, step: StepKey, cause: Failure, how: FailedHow = {}): void {
  const failure = boundedFailure(cause)
  const handled = recordFailed(turn, step, failure, how)
  if (handled === 'fail') failScope(turn, step, { failure, step }, how.ends === true)
}

/** `ends`: it ends the execution whatever the nodes say. `undoable`: of a batch, what of it can be undone. */
type FailedHow = { readonly ends?: boolean | undefined; readonly undoable?: number | undefined }

/** The failure that everything round it fails with. */
type Root = { readonly failure: Failure; readonly step: StepKey }

function recordFailed(
  turn: Turn,
  step: StepKey,
  failure: Failure,
  { ends = false, undoable = 0 }: FailedHow = {},
): 'fail' | 'port' | 'continue' {
  const node = nodeFor(turn, step)
  const undoes = isUndoing(turn.state.graph, step)
  const byNode = node.onError ?? (hasEdge(turn, step, 'error') ? 'port' : 'fail')
  // What undoes a step is the last resort: when it fails, the others still have their turn.
  const ownWay = ends || isBatch(step) || step === turn.state.batch ? 'fail' : byNode
  const handled = undoes ? 'continue' : ownWay
  const ports =
    handled === 'fail' || undoes ? [] : handled === 'port' ? ['error'] : [node.kind === 'condition' ? 'else' : 'out']
  const left = undoable === 0 ? {} : { undoable }
  turn.record({ type: 'StepFailed', at: turn.at, step, failure, handled, ports, ...left })
  return handled
}

/** What a failure that no step handles ends: the iteration, its container, or the execution. */
function failScope(turn: Turn, step: StepKey, root: Root, ends: boolean): void {
  const at = iterationAt(scopeOf(step))
  if (at === null || ends) failExecution(turn, root.failure, root.step)
  else failIteration(turn, at.container, at.index, root)
}

/** Ends an iteration that failed, and with it its container when that does not go on without it. */
export function failIteration(turn: Turn, container: StepKey, index: number, root: Root): void {
  const { program } = programOf(turn.state.graph).node(nodeFor(turn, container))
  const { message } = root.failure
  // A batch that fails did not come to its items, whose own failures it would have gone on after.
  if (program.role === 'each' && program.onItemError === 'continue' && !isBatch(root.step)) {
    goOnWithout(turn, container, index, root)
    return
  }
  const what = program.role === 'each' ? 'item' : 'iteration'
  // Of a batch the message of its child names the item.
  const which = isBatch(root.step) ? 'batch' : what
  const failure = boundedFailure({
    code: `${what}_failed`,
    message: `${which} ${index} failed at ${root.step}: ${message}`,
  })
  failContainer(turn, container, failure, root)
}

function goOnWithout(turn: Turn, container: StepKey, index: number, { failure, step: failedStep }: Root): void {
  const { code, message } = failure
  const added = addedBytes(turn, container, index, itemError(failure, failedStep))
  if (!added.ok) {
    failContainer(turn, container, added.failure)
    return
  }
  const scope = iterationOf(container, index)
  cancelSteps(turn, (step) => isInScope(step, scope))
  const failed = { index, failure: { code, message }, failedStep, bytes: added.bytes }
  turn.record({ type: 'IterationFailed', at: turn.at, step: container, ...failed })
}

/** Ends a container that fails, and everything in it. */
export function failContainer(
  turn: Turn,
  container: StepKey,
  failure: Failure,
  root: Root = { failure, step: container },
): void {
  cancelSteps(turn, (step) => isWithin(step, container))
  if (recordFailed(turn, container, failure) === 'fail')
    failScope(turn, container, root, container === turn.state.batch)
}

/** Ends the execution, or begins to undo what it did. */
export function failExecution(turn: Turn, { code, message }: Failure, step?: StepKey): void {
  cancelSteps(turn, () => true)
  const failed = { failure: { code, message }, ...(step === undefined ? {} : { step }) }
  // Whether a batch is undone is for its parent to say, which may go on.
  const isUndone = turn.state.batch === null && startCompensation(turn, { type: 'failed', ...failed })
  if (!isUndone) turn.record({ type: 'ExecutionFailed', at: turn.at, ...failed })
}

export function cancelExecution(turn: Turn, reason: string, compensate: boolean): void {
  cancelSteps(turn, () => true)
  if (compensate && startCompensation(turn, { type: 'cancelled', reason })) return
  turn.record({ type: 'ExecutionCancelled', at: turn.at, reason })
}

/** False when there is nothing to undo. */
export function startCompensation(turn: Turn, cause: CompensationCause): boolean {
  const steps = undoableSteps(turn.state.undoable)
  if (steps.length === 0) return false
  const listed = steps.slice(0, limits.undoneListed)
  const more = steps.length === listed.length ? {} : { more: steps.length - listed.length }
  turn.record({ type: 'CompensationStarted', at: turn.at, cause, steps: listed, ...more })
  return true
}

/** Steps are cancelled in the order of their keys, so that the same state gives the same log. */
function cancelSteps(turn: Turn, isMeant: (step: StepKey) => boolean): void {
  const steps = [...turn.state.active.keys()].filter(isMeant).sort()
  for (const step of steps) turn.record({ type: 'StepCancelled', at: turn.at, step })
}

export const hasEdge = (turn: Turn, step: StepKey, port: string): boolean =>
  topologyOf(turn.state.graph)
    .edgesFrom(nodeOf(step))
    .some((edge) => edge.port === port)
