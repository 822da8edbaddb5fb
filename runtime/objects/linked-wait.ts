import type { LinkedWait } from '../../schemas/api/linked-wait.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { assert, type Read, rootScope, type Started, scopeOf, statusOf } from '../engine/index.ts'
import { settledOf } from './command-answer.ts'

/** What stands behind a link to a step. */
export function linkedWait(state: Started, read: Read, step: StepKey): LinkedWait {
  const shown = { workflow: state.graph.name, executionStatus: statusOf(state) }
  const current = state.steps.get(step)
  if (current?.status === 'waiting') {
    const opened = read(current.openedAt)
    assert(opened.type === 'WaitStarted', 'a wait is opened by WaitStarted')
    const { name, message, form } = opened
    return {
      ...shown,
      stage: 'open',
      asked: {
        name,
        ...(message === undefined ? {} : { message }),
        ...(form === undefined ? {} : { form }),
        ...(current.until === null ? {} : { until: current.until }),
      },
    }
  }
  const settled = settledOf(state, step)
  if (settled !== null || isPast(state, step)) return { ...shown, stage: 'over', settled }
  return { ...shown, stage: state.callbacks.has(step) ? 'kept' : 'not_yet' }
}

/** Whether the step can begin no more: its execution or its iteration is over. */
function isPast(state: Started, step: StepKey): boolean {
  const scope = scopeOf(step)
  return state.status !== 'running' || (scope !== rootScope && !state.scopes.has(scope))
}
