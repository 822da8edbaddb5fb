import { type NodeStatus, nodeOf, nodeStatus, rootScope, type Started, scopeOf } from '../../runtime/engine/index.ts'
import { iterationAt } from '../../runtime/engine/step-key.ts'
import { topologyOf } from '../../runtime/engine/topology.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { type ExecutionLog, startedOf, stateAt } from './execution-log.ts'

/** `elsewhere`: in the log of another execution, which is the iteration that it is in. */
export type ShownStatus = NodeStatus | 'elsewhere'

/** The status of one step at a position. Of iterations that are over the state knows nothing any more; the log does. */
export function stepStatusAt(log: ExecutionLog, position: number, step: StepKey): ShownStatus {
  const state = startedOf(stateAt(log, position))
  if (state === null) return 'pending'
  const current = state.steps.get(step)
  if (current !== undefined) return current.status
  if (scopeOf(step) === rootScope) return nodeStatus(state, nodeOf(step))
  return statusInIteration(log, position, step, state)
}

function statusInIteration(log: ExecutionLog, position: number, step: StepKey, state: Started): ShownStatus {
  const ended = log.index
    .about(step, position)
    .flatMap(({ type }) => endings[type] ?? [])
    .at(-1)
  if (ended !== undefined) return ended
  const at = iterationAt(scopeOf(step))
  if (at === null) return 'pending'
  const trace = log.index.container(at.container)
  if (trace !== null && trace.batchSize !== null) return 'elsewhere'
  const iteration = trace?.iterationAt(at.index, position) ?? null
  if (iteration?.outcome === 'open') return 'pending'
  // Nothing led to it while its iteration lasted; what only undoes another had nothing to undo.
  if (iteration !== null) return topologyOf(state.graph).isCompensation(nodeOf(step)) ? 'skipped' : 'cancelled'
  return unbegun[stepStatusAt(log, position, at.container)] ?? 'pending'
}

const endings: Partial<Record<RecordedEvent['type'], NodeStatus>> = {
  StepSucceeded: 'succeeded',
  StepFailed: 'failed',
  StepSkipped: 'skipped',
  StepCancelled: 'cancelled',
}

/** What an iteration that never began is, by what its container came to. */
const unbegun: Partial<Record<ShownStatus, ShownStatus>> = {
  elsewhere: 'elsewhere',
  succeeded: 'skipped',
  skipped: 'skipped',
  failed: 'cancelled',
  cancelled: 'cancelled',
}

/** The ports a step left by; null while it is under way. */
export function portsLeft(log: ExecutionLog, position: number, step: StepKey): readonly string[] | null {
  const status = stepStatusAt(log, position, step)
  if (status === 'skipped' || status === 'cancelled') return []
  if (status !== 'succeeded' && status !== 'failed') return null
  const end = log.index
    .about(step, position)
    .findLast(({ type }) => type === 'StepSucceeded' || type === 'StepFailed' || type === 'ExecutionStarted')
  if (end?.type === 'StepSucceeded' || end?.type === 'StepFailed') return end.ports
  return end?.type === 'ExecutionStarted' ? ['out'] : []
}

/** The attempt a step is at, counted from 1; 0 for steps without attempts. */
export function attemptAt(log: ExecutionLog, position: number, step: StepKey): number {
  const started = log.index.about(step, position).findLast(({ type }) => type === 'AttemptStarted')
  return started?.type === 'AttemptStarted' ? started.attempt : 0
}
