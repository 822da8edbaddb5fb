import type { CommandOf } from '../../schemas/execution-commands.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { goOnFromHere } from './advance.ts'
import { assert } from './assert.ts'
import { startAttempt } from './attempt.ts'
import { begin } from './begin.ts'
import { eventAt } from './bodies.ts'
import type { Rejection } from './decision.ts'
import { cancelExecution } from './fail.ts'
import { addressee } from './notices.ts'
import type { StepState } from './state.ts'
import type { Turn } from './turn.ts'
import { undo } from './undo.ts'
import { waitTimeout } from './wake.ts'

/** What people do to an execution as a whole. */
export function cancel(turn: Turn, { reason, compensate }: CommandOf<'CancelExecution'>): Rejection | null {
  if (turn.state.compensation !== null) return { reason: 'compensated' }
  cancelExecution(turn, reason, compensate === true)
  if (turn.isRunning) undo(turn)
  return null
}

/** Paused again it changes nothing, except that what the parent or an unknown step holds is held by a person, too. */
export function pause(turn: Turn, { timers }: CommandOf<'PauseExecution'>): null {
  const { pause: current } = turn.state
  if (current?.reason === 'requested') return null
  // What the time counts for has been decided when it began to stand still.
  turn.record({ type: 'ExecutionPaused', at: turn.at, reason: 'requested', timers: current?.timers ?? timers })
  return null
}

export function resume(turn: Turn): Rejection | null {
  const { pause: current, unknown } = turn.state
  if (current === null) return { reason: 'not_paused' }
  if (unknown.size > 0) return { reason: 'unknown_steps', steps: [...unknown.keys()].sort() }
  if (current.reason === 'requested' && current.isParents) {
    turn.record({ type: 'ExecutionPaused', at: turn.at, reason: 'parent', timers: current.timers })
  } else resumeNow(turn)
  return null
}

/** Ends the pause that an unknown step began, when nothing is unknown any more, answered or cancelled, and nobody asked for it. */
export function resumeWhenKnown(turn: Turn): void {
  const { pause: current, unknown } = turn.state
  if (turn.isRunning && current?.reason === 'unknown' && unknown.size === 0) resumeNow(turn)
}

export function resumeNow(turn: Turn): void {
  turn.record({ type: 'ExecutionResumed', at: turn.at })
  for (const step of activeSteps(turn, 'interrupted')) startAttempt(turn, step)
  goOnFromHere(turn)
}

/** Goes on with a failed execution at the step that failed, and at all that was cancelled with it. */
export function retry(turn: Turn): Rejection | null {
  const { status } = turn.state
  if (status !== 'failed') return { reason: 'not_failed', status }
  const refusal = whyNotRetried(turn)
  if (refusal === null) retryNow(turn)
  return refusal
}

export function whyNotRetried(turn: Turn): Rejection | null {
  const { failedStep, compensation } = turn.state
  if (compensation !== null) return { reason: 'compensated' }
  const isSame = failedStep !== null && computesTheSame(turn, failedStep)
  return isSame ? { reason: 'computes_the_same', step: failedStep } : null
}

export function retryNow(turn: Turn): void {
  turn.record({ type: 'ExecutionRetried', at: turn.at })
  // One that fails now, because it reads what was not there before, may cancel the others.
  for (const step of activeSteps(turn, 'ready')) if (isReady(turn, step)) begin(turn, step)
  goOnFromHere(turn)
}

/** A step that failed by itself reads the same again. Only what asked the world may hear something else. */
function computesTheSame(turn: Turn, step: StepKey): boolean {
  const current = turn.state.steps.get(step)
  assert(current?.status === 'failed', `${step} ended the execution`)
  const { failure } = eventAt(turn, current.overAt, 'StepFailed')
  return current.attempt === 0 && failure.code !== waitTimeout
}

const isReady = (turn: Turn, step: StepKey): boolean => turn.state.steps.get(step)?.status === 'ready'

/** In the order of their keys, so that the same state gives the same log. */
const activeSteps = (turn: Turn, status: StepState['status']): StepKey[] =>
  [...turn.state.active.keys()].sort().filter((step) => turn.state.steps.get(step)?.status === status)

/** Another execution has heard what it had to be told. */
export function deliverNotice(turn: Turn, { notice, notedAt, child }: CommandOf<'DeliverNotice'>): null {
  if (turn.state.notices.get(addressee(child))?.notedAt === notedAt) {
    turn.record({ type: 'NoticeDelivered', at: turn.at, notice, notedAt, ...(child === undefined ? {} : { child }) })
  }
  return null
}
