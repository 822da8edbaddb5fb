import type { ExecutionStatus, Waiting } from '../../schemas/api/executions.ts'
import type { NodeId } from '../../schemas/graph.ts'
import { assert } from './assert.ts'
import type { ExecutionState, Started, StepState } from './state.ts'
import { stepOf } from './step-key.ts'

/**
 * What the execution as a whole is doing: `waiting` when nothing is in flight and it goes on at a
 * known moment. Between two events of one turn, which only replay sees, it is `running`.
 */
export function statusOf(state: ExecutionState): ExecutionStatus {
  assert(state.status !== 'not_started', 'an execution that has begun has a status')
  if (state.status !== 'running') return state.status
  const waits = [...state.active.keys()].map((step) => state.steps.get(step)?.status)
  const isWaiting = waits.length > 0 && waits.every((status) => status === 'delayed' || status === 'retrying')
  return isWaiting ? 'waiting' : 'running'
}

/** What a waiting execution waits for, soonest first, and at the same moment in the order of the keys. */
export function waitingFor(state: Started): Waiting[] {
  const waiting = [...state.active.keys()].sort().flatMap((step): Waiting[] => {
    const current = state.steps.get(step)
    if (current?.status === 'delayed') return [{ for: 'delay', step, until: current.until }]
    if (current?.status === 'retrying') return [{ for: 'retry', step, until: current.retryAt }]
    return []
  })
  return waiting.sort((left, right) => left.until - right.until)
}

export type NodeStatus = StepState['status'] | 'pending'

/** Every node of an execution that has ended is succeeded, failed, skipped or cancelled. */
export function nodeStatus(state: Started, id: NodeId): NodeStatus {
  const step = state.steps.get(stepOf(id))
  return step?.status ?? (state.status === 'running' ? 'pending' : 'cancelled')
}
