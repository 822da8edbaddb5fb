import type { Failure } from '../../schemas/execution-events.ts'
import type { Node, NodeId, StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { startAttempt } from './attempt.ts'
import { noArrivals } from './evolve.ts'
import type { Computed } from './node-program.ts'
import { outputSource } from './output.ts'
import { programOf } from './program.ts'
import { inputOf, scopeOf } from './scope.ts'
import { stepOf } from './step-key.ts'
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
export function failStep(turn: Turn, node: Node, failure: Failure, ends = false): void {
  const { at } = turn
  const step = stepOf(node.id)
  const handled = ends ? 'fail' : (node.onError ?? (hasErrorEdge(turn, node.id) ? 'port' : 'fail'))
  const ports =
    handled === 'port' ? ['error'] : handled === 'continue' ? [node.kind === 'condition' ? 'else' : 'out'] : []
  turn.record({ type: 'StepFailed', at, step, failure, handled, ports })
  if (handled === 'fail') failExecution(turn, failure, step)
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
  const { taken, dead } = turn.state.arrivals.get(id) ?? noArrivals
  const isDecided = taken + dead === incoming.length
  const join = node.join ?? 'all'
  const isSatisfied = join === 'all' ? isDecided && taken > 0 : taken >= (join === 'any' ? 1 : join)
  if (isSatisfied) return begin(turn, node)
  if (!isDecided) return false
  const deadEdges = incoming.map(({ from, port }) => ({ from, port }))
  turn.record({ type: 'StepSkipped', at: turn.at, step: stepOf(id), deadEdges })
  return true
}

function begin(turn: Turn, node: Node): boolean {
  const { program, reads } = programOf(turn.state.graph).node(node)
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
      const resolved = program.request(scope)
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
    case 'trigger':
      return false
  }
}

function endComputed(turn: Turn, node: Node, computed: Computed): void {
  if (!computed.ok) return failStep(turn, node, computed.failure, computed.ends)
  const tooLarge = sizeFailure(computed.output)
  if (tooLarge !== null) return failStep(turn, node, tooLarge)
  const { output, ports, decision, response } = computed
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

/** Why an output cannot be kept; null when it can. Sized in UTF-16 units of its JSON, at most a third under its bytes. */
export function sizeFailure(output: unknown): Failure | null {
  const units = JSON.stringify(output)?.length ?? 0
  if (units <= limits.stepOutputBytes) return null
  return {
    code: 'output_too_large',
    message: `the output has ${units} characters of JSON, and ${limits.stepOutputBytes} are allowed: keep only what later steps need`,
  }
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
