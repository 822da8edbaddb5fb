import type { CommandOf, ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { advance, endAttempt } from './advance.ts'
import { answerCallback, answerUnknown, decideApproval, endChild, sendSignal } from './answers.ts'
import { assert, unreachable } from './assert.ts'
import { nodeFor } from './attempt.ts'
import { startedChild, waitsForItsChild } from './child.ts'
import { cancel, deliverNotice, pause, resume, resumeWhenKnown, retry } from './control.ts'
import { type Decision, type Rejection, reject } from './decision.ts'
import { outputFailure } from './output-size.ts'
import { hearParent } from './parent.ts'
import type { ExecutionState, StepState } from './state.ts'
import { topologyOf } from './topology.ts'
import { type Read, Turn } from './turn.ts'
import { wake } from './wake.ts'

/** Version of the rules in SPEC.md. A log says under which it was begun. */
export const rules = 1

/** All branching on commands is here. What one command means is said by its helper; none of them touches the world. */
export function decide(command: ExecutionCommand, state: ExecutionState, read: Read): Decision {
  const refusal = refusalOf(command, state)
  if (refusal !== null) return reject(refusal)
  const turn = new Turn(state, read, command.now)
  const rejection = apply(command, turn)
  if (rejection !== null) return reject(rejection)
  resumeWhenKnown(turn)
  return { ok: true, events: turn.events, state: turn.events.length === 0 ? state : turn.state }
}

function refusalOf({ type }: ExecutionCommand, { status }: ExecutionState): Rejection | null {
  if (type === 'StartExecution') return status === 'not_started' ? null : { reason: 'already_started' }
  const goesOnAfterTheEnd = type === 'DeliverNotice' || type === 'RetryExecution'
  if (status === 'running' || (goesOnAfterTheEnd && status !== 'not_started')) return null
  return { reason: 'not_running', status }
}

function apply(command: ExecutionCommand, turn: Turn): Rejection | null {
  switch (command.type) {
    case 'StartExecution':
      return start(command, turn)
    case 'SucceedAttempt':
      return succeedAttempt(command, turn)
    case 'FailAttempt':
      return failAttempt(command, turn)
    case 'Wake':
      wake(turn, command)
      return null
    case 'CancelExecution':
      return cancel(turn, command)
    case 'SendSignal':
      return sendSignal(turn, command)
    case 'DecideApproval':
      return decideApproval(turn, command)
    case 'AnswerCallback':
      return answerCallback(turn, command)
    case 'AnswerUnknown':
      return answerUnknown(turn, command)
    case 'PauseExecution':
      return pause(turn, command)
    case 'ResumeExecution':
      return resume(turn)
    case 'HearParent':
      return hearParent(turn, command)
    case 'RetryExecution':
      return retry(turn)
    case 'EndChild':
      return endChild(turn, command)
    case 'DeliverNotice':
      return deliverNotice(turn, command)
    default:
      return unreachable(command)
  }
}

function start(command: CommandOf<'StartExecution'>, turn: Turn): null {
  const { type: _, now, ...pinned } = command
  const triggers = topologyOf(command.graph).triggers.map(({ id }) => id)
  assert(triggers.includes(command.triggerNode), `${command.triggerNode} is a trigger of the graph`)
  turn.record({ type: 'ExecutionStarted', at: now, rules, ...pinned })
  advance(turn)
  return null
}

function succeedAttempt({ step, attempt, output }: CommandOf<'SucceedAttempt'>, turn: Turn): null {
  if (isLate(turn, step, attempt, 'succeeded')) return null
  if (waitsForItsChild(step, nodeFor(turn, step))) {
    turn.record({ type: 'ChildStarted', at: turn.at, step, ...startedChild(output) })
    return null
  }
  const unfit = outputFailure(output)
  if (unfit !== null) endAttempt(turn, step, { failure: unfit, retryable: false, chance: 0 })
  else {
    turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], output, attempt })
    advance(turn)
  }
  return null
}

function failAttempt(command: CommandOf<'FailAttempt'>, turn: Turn): null {
  const { step, attempt } = command
  if (!isLate(turn, step, attempt, 'failed')) endAttempt(turn, step, command)
  return null
}

/** True for an answer to an attempt that is not in flight, which is recorded and changes nothing. */
function isLate(turn: Turn, step: StepKey, attempt: number, outcome: 'succeeded' | 'failed'): boolean {
  const reason = lateReason(turn.state.steps.get(step), attempt)
  if (reason === null) return false
  turn.record({ type: 'AttemptIgnored', at: turn.at, step, attempt, outcome, reason })
  return true
}

function lateReason(current: StepState | undefined, attempt: number): string | null {
  // Also when its iteration is over, and it is forgotten.
  if (current === undefined) return 'the step is not under way'
  if (current.status !== 'running') return `the step is ${current.status}`
  return current.attempt === attempt ? null : `attempt ${current.attempt} is in flight`
}
