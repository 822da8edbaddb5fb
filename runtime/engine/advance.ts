import type { Failure } from '../../schemas/execution-events.ts'
import type { Node, NodeId, StepKey } from '../../schemas/graph.ts'
import { assert } from './assert.ts'
import { type AttemptFailure, failAttempt, nodeFor, startAttempt } from './attempt.ts'
import { boundedFailure } from './failure.ts'
import type { Computed } from './node-program.ts'
import { outputSource } from './output.ts'
import { outputFailure } from './output-size.ts'
import { programOf } from './program.ts'
import { inputOf, scopeOf } from './scope.ts'
import { nodeOf, stepOf } from './step-key.ts'
import { edgesNeeded, takenAt } from './taken-edges.ts'
import { topologyOf } from './topology.ts'
import type { Turn } from './turn.ts'

/**
 * Begins or skips every node that the end of `ended` decides, and everything that follows from it,
 * until all that is left waits for the world; or ends the execution when nothing is left.
 */
export function advance(turn: Turn, ended: readonly NodeId[]): void {
  const queue = ended.flatMap((id) => targetsOf(turn, id))
  for (let next = queue.shift(); next !== undefined && turn.isRunning; next = queue.shift()) {
    if (visit(turn, next)) queue.push(...targetsOf(turn, next))
  }
  if (turn.isRunning && turn.state.active.size === 0) {
    turn.record({ type: 'ExecutionSucceeded', at: turn.at, output: outputSource(turn.state) })
  }
}

/** Ends a failed step as its node says: by its error port, without output, or with the execution. */
export function failStep(turn: Turn, node: Node, cause: Failure, ends = false): void {
  const { at } = turn
  const failure = boundedFailure(cause)
  const step = stepOf(node.id)
  const handled = ends ? 'fail' : (node.onError ?? (hasErrorEdge(turn, node.id) ? 'port' : 'fail'))
  const ports =
    handled === 'port' ? ['error'] : handled === 'continue' ? [node.kind === 'condition' ? 'else' : 'out'] : []
  turn.record({ type: 'StepFailed', at, step, failure, handled, ports })
  if (handled === 'fail') failExecution(turn, failure, step)
}

/** Ends an attempt that failed; and its step, when no other attempt follows. */
export function endAttempt(turn: Turn, step: StepKey, failed: AttemptFailure): void {
  if (!failAttempt(turn, step, failed)) return
  failStep(turn, nodeFor(turn, step), failed.failure)
  advance(turn, [nodeOf(step)])
}

export function failExecution(turn: Turn, failure: Failure, step?: StepKey): void {
  cancelActive(turn)
  const { code, message } = failure
  turn.record({
    type: 'ExecutionFailed',
    at: turn.at,
    failure: { code, message },
    ...(step === undefined ? {} : { step }),
  })
}

/** Steps are cancelled in the order of their keys, so that the same state gives the same log. */
export function cancelActive(turn: Turn): void {
  for (const step of [...turn.state.active.keys()].sort()) turn.record({ type: 'StepCancelled', at: turn.at, step })
}

/** True when the node's step is over, so that its own edges are decided now. */
function visit(turn: Turn, id: NodeId): boolean {
  if (turn.state.steps.has(stepOf(id))) return false
  const topology = topologyOf(turn.state.graph)
  const node = topology.node(id)
  const incoming = topology.edgesTo(id)
  const arrivals = turn.state.arrivals.get(id)
  assert(arrivals !== undefined, `an edge led to ${id}`)
  const { taken, dead } = arrivals
  const isDecided = taken + dead === incoming.length
  const needed = edgesNeeded(node)
  const isSatisfied = needed === null ? isDecided && taken > 0 : taken >= needed
  if (isSatisfied) return begin(turn, node)
  if (!isDecided) return false
  // Not all of them, when too few are taken for a join of a number.
  const deadEdges = incoming
    .filter((edge) => takenAt(turn.state, edge) === null)
    .map(({ from, port }) => ({ from, port }))
  turn.record({ type: 'StepSkipped', at: turn.at, step: stepOf(id), deadEdges })
  return true
}

function begin(turn: Turn, node: Node): boolean {
  const { program, reads } = programOf(turn.state.graph).node(node)
  assert(program.role !== 'trigger', 'a trigger begins with the execution')
  const scope = scopeOf(turn, reads)
  switch (program.role) {
    case 'compute':
      endComputed(
        turn,
        node,
        program.compute(scope, () => inputOf(turn, node)),
      )
      return true
    case 'act': {
      const resolved = program.request(scope, () => inputOf(turn, node))
      if (resolved.ok) startAttempt(turn, stepOf(node.id), resolved.request)
      else failStep(turn, node, resolved.failure)
      return !resolved.ok
    }
    case 'wait': {
      const resolved = program.until(scope, turn.at)
      if (resolved.ok) turn.record({ type: 'DelayStarted', at: turn.at, step: stepOf(node.id), until: resolved.until })
      else failStep(turn, node, resolved.failure)
      return !resolved.ok
    }
  }
}

function endComputed(turn: Turn, node: Node, computed: Computed): void {
  const fit = computed.ok ? fitOutput(computed) : computed
  if (!fit.ok) {
    failStep(turn, node, fit.failure, fit.ends)
    return
  }
  const { output, ports, decision, response } = fit
  const answers = response !== undefined && turn.state.respondedAt === 0
  turn.record({
    type: 'StepSucceeded',
    at: turn.at,
    step: stepOf(node.id),
    ports: [...ports],
    output,
    ...(decision === undefined ? {} : { decision }),
    ...(answers ? { response } : {}),
  })
}

function fitOutput(computed: Extract<Computed, { ok: true }>): Computed {
  const failure = outputFailure(computed.output)
  return failure === null ? computed : { ok: false, failure }
}

const targetsOf = (turn: Turn, id: NodeId): NodeId[] => [
  ...new Set(
    topologyOf(turn.state.graph)
      .edgesFrom(id)
      .map(({ to }) => to),
  ),
]

const hasErrorEdge = (turn: Turn, id: NodeId): boolean =>
  topologyOf(turn.state.graph)
    .edgesFrom(id)
    .some(({ port }) => port === 'error')
