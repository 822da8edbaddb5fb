import type { ExecutionStatus, Waiting } from '../../schemas/api/executions.ts'
import type { NodeId, StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { assert } from './assert.ts'
import type { ExecutionState, Started, StepState } from './state.ts'
import { rootScope, stepIn } from './step-key.ts'
import { topologyOf } from './topology.ts'

/**
 * What the execution as a whole is doing: `waiting` when nothing is in flight and it goes on at a
 * known moment or when the world answers. Between two events of one turn, which only replay sees, it
 * is `running`.
 */
export function statusOf(state: ExecutionState): ExecutionStatus {
  assert(state.status !== 'not_started', 'an execution that has begun has a status')
  if (state.status !== 'running') return state.status
  if (state.pause !== null) return 'paused'
  // Iterations that were cut off stay as they were while they are undone.
  const iterates = state.compensation === null && (state.pending.size > 0 || state.idle.size > 0)
  const isBusy = state.busy.size > 0 || iterates
  return state.active.size > 0 && !isBusy ? 'waiting' : 'running'
}

/** Whether everything stands still that a pause stops: no attempt is in flight, and no child still has to be paused. */
export function isQuiescent(state: Started): boolean {
  for (const step of state.busy.keys()) if (state.steps.get(step)?.status === 'running') return false
  return ![...state.notices.values()].some(({ notice }) => notice === 'pause')
}

/** What a waiting execution waits for: soonest first, what has no end last, at the same moment in the order of the keys. */
export function waitingFor(state: Started): Waiting[] {
  const waiting = [...state.active.keys()].sort().flatMap((step) => waitOf(step, state.steps.get(step)))
  return waiting.sort((left, right) => endOf(left) - endOf(right)).slice(0, limits.waitingListed)
}

function waitOf(step: StepKey, current: StepState | undefined): Waiting[] {
  switch (current?.status) {
    case 'delayed':
      return [{ for: 'delay', step, until: current.until }]
    case 'retrying':
      return [{ for: 'retry', step, until: current.retryAt }]
    case 'waiting': {
      const { for: what, name, until } = current
      return [{ for: what, step, name, ...(until === null ? {} : { until }) }]
    }
    case 'child':
      return [{ for: 'child', step, executionId: current.executionId }]
    case 'unknown':
      return [{ for: 'person', step }]
    default:
      return []
  }
}

const endOf = ({ until }: Waiting): number => until ?? Number.MAX_SAFE_INTEGER

export type NodeStatus = StepState['status'] | 'pending'

/**
 * Of a node outside containers. Every node of an execution that has ended is succeeded, failed,
 * skipped or cancelled; what only undoes another is skipped unless it had to.
 */
export function nodeStatus(state: Started, id: NodeId): NodeStatus {
  const step = state.steps.get(stepIn(rootScope, id))
  if (step !== undefined) return step.status
  if (state.status === 'running') return 'pending'
  return topologyOf(state.graph).isCompensation(id) ? 'skipped' : 'cancelled'
}
