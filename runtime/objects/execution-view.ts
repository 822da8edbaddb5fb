import type { Compensating, ExecutionReport, ExecutionView, Paused, WaitKind } from '../../schemas/api/executions.ts'
import type { EventOf, OutputSource } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { raisesFailure } from '../engine/child.ts'
import {
  assert,
  bodyAt,
  isQuiescent,
  nextWakeAt,
  type Read,
  type Started,
  statusOf,
  undoingOf,
  waitingFor,
} from '../engine/index.ts'

/** What `GET /executions/:id` answers. Bodies are read from the log here, and only here. */
export function executionView(state: Started, read: Read): ExecutionView {
  const { status, ...result } = executionResult(state, read)
  const children = childrenOf(state)
  return {
    id: state.executionId,
    workflowId: state.workflowId,
    version: state.version,
    status,
    ...(status === 'waiting' || status === 'paused' ? { waiting: waitingFor(state) } : {}),
    ...(state.pause === null ? {} : { paused: pausedOf(state, state.pause) }),
    ...(state.unknown.size === 0 ? {} : { unknown: [...state.unknown.keys()].sort() }),
    ...(state.compensation === null ? {} : { compensation: compensationOf(state, state.compensation) }),
    ...(children.length === 0 ? {} : { children }),
    ...(state.parent === null ? {} : { parent: state.parent }),
    trigger: (read(1) as EventOf<'ExecutionStarted'>).trigger,
    startedAt: state.startedAt,
    ...(state.endedAt === null ? {} : { endedAt: state.endedAt }),
    ...result,
    position: state.position,
  }
}

export type ExecutionResult = Pick<ExecutionView, 'status' | 'output' | 'error'>

/** What it has come to. For who waits for that and no more: what started it is not read again. */
export function executionResult(state: Started, read: Read): ExecutionResult {
  const status = statusOf(state)
  const end = state.endAt === 0 ? null : read(state.endAt)
  switch (end?.type) {
    case 'ExecutionSucceeded':
      return { status, output: outputOf(end.output, state, read) }
    case 'ExecutionFailed':
      return { status, error: { ...end.failure, ...(end.step === undefined ? {} : { step: end.step }) } }
    case 'ExecutionCancelled':
      return { status, error: { code: 'cancelled', message: end.reason } }
    default:
      return { status }
  }
}

/** What the workflow's index and the lists keep: no bodies. */
export function executionReport(state: Started, read: Read): ExecutionReport {
  const end = state.endAt === 0 ? null : read(state.endAt)
  // What nobody has heard yet is told when it wakes, also after its end.
  const wakeAt = nextWakeAt(state) ?? (state.notices.size > 0 ? state.lastAt : null)
  const waitsFor = waitKinds(state)
  return {
    id: state.executionId,
    workflowId: state.workflowId,
    version: state.version,
    status: statusOf(state),
    triggerNode: state.triggerNode,
    ...(waitsFor.length === 0 ? {} : { waitsFor }),
    startedAt: state.startedAt,
    ...(state.endedAt === null ? {} : { endedAt: state.endedAt }),
    ...(state.failedStep === null ? {} : { failedStep: state.failedStep }),
    ...(end?.type === 'ExecutionFailed' ? { error: { code: end.failure.code, message: end.failure.message } } : {}),
    position: state.position,
    ...(wakeAt === null ? {} : { wakeAt }),
    ...(raisesFailure(state) ? { raisedAt: state.endAt } : {}),
  }
}

/** What of a report is worth telling: a list shows no more. */
export function reportKey(state: Started): string {
  const status = statusOf(state)
  if (status === 'waiting') return `${status} ${nextWakeAt(state)} ${waitKinds(state).join(' ')}`
  // What was in flight ends in the pause, too, and may be tried again after it.
  if (status === 'paused') return `${status} ${waitKinds(state).join(' ')}`
  // The index asks an execution that has ended until nobody is left who has not heard.
  return state.endedAt !== null && state.notices.size > 0 ? `${status} untold` : status
}

function waitKinds(state: Started): WaitKind[] {
  const status = statusOf(state)
  if (status !== 'waiting' && status !== 'paused') return []
  return [...new Set(waitingFor(state).map((wait) => wait.for))].sort()
}

export type CallerResponse = {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: unknown
}

/** The answer that a respond step recorded for the caller; null while there is none. */
export function callerResponse(state: Started, read: Read): CallerResponse | null {
  if (state.respondedAt === 0) return null
  const event = read(state.respondedAt)
  assert(event.type === 'StepSucceeded' && event.response !== undefined, 'respondedAt is the position of an answer')
  return { ...event.response, body: event.output }
}

function outputOf(source: OutputSource, state: Started, read: Read): unknown {
  if (source.shape === 'none') return null
  if (source.shape === 'answer') return bodyAt({ read }, source.position)
  if (source.shape === 'step') return stepOutput(source.step, state, read)
  return Object.fromEntries(source.steps.map((step) => [step, stepOutput(step, state, read)]))
}

function stepOutput(step: StepKey, state: Started, read: Read): unknown {
  const current = state.steps.get(step)
  assert(current?.status === 'succeeded', `output step ${step} succeeded`)
  return bodyAt({ read }, current.outputAt)
}

const pausedOf = (state: Started, { at, reason, timers }: NonNullable<Started['pause']>): Paused => ({
  reason,
  timers,
  since: at,
  quiescent: isQuiescent(state),
})

const compensationOf = (state: Started, { cause, steps }: NonNullable<Started['compensation']>): Compensating => ({
  cause,
  steps: steps.slice(0, limits.undoneListed).map((undoes) => {
    const step = undoingOf(state, undoes)
    return { step, undoes, status: state.steps.get(step)?.status ?? 'pending' }
  }),
})

/** As many of them as are told of what it waits for. */
function childrenOf(state: Started): { step: StepKey; executionId: string }[] {
  const children = [...state.active.keys()].sort().flatMap((step) => {
    const current = state.steps.get(step)
    return current?.status === 'child' ? [{ step, executionId: current.executionId }] : []
  })
  return children.slice(0, limits.waitingListed)
}
