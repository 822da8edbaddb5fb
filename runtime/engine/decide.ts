import type { CommandOf, ExecutionCommand } from '../../schemas/execution-commands.ts'
import { advance } from './advance.ts'
import { answerCallback, answerUnknown, decideApproval, endChild, sendSignal } from './answers.ts'
import { assert } from './assert.ts'
import { failAttempt, succeedAttempt } from './attempt-answers.ts'
import { cancel, deliverNotice, pause, resume, resumeWhenKnown, retry } from './control.ts'
import { type Decision, type Rejection, reject } from './decision.ts'
import { hearParent } from './parent.ts'
import type { ExecutionState } from './state.ts'
import { topologyOf } from './topology.ts'
import { type Read, Turn } from './turn.ts'
import { wake } from './wake.ts'

/** Version of the rules in SPEC.md. A log says under which it was begun. */
export const rules = 1

/** What follows from a command, or why it is refused. Nothing here touches the world. */
export function decide(command: ExecutionCommand, state: ExecutionState, read: Read): Decision {
  const refusal = refusalOf(command, state)
  if (refusal !== null) return reject(refusal)
  const turn = new Turn(state, read, command.now)
  const rejection = apply(turn, command.type, command)
  if (rejection !== null) return reject(rejection)
  resumeWhenKnown(turn)
  return { ok: true, events: turn.events, state: turn.events.length === 0 ? state : turn.state }
}

function refusalOf(command: ExecutionCommand, { status }: ExecutionState): Rejection | null {
  const { type } = command
  if (type === 'StartExecution') return status === 'not_started' ? null : { reason: 'already_started' }
  const isAsked = type === 'HearParent' && (command.wish.notice === 'retry' || command.wish.notice === 'undo')
  const goesOnAfterTheEnd = type === 'DeliverNotice' || type === 'RetryExecution' || isAsked
  if (status === 'running' || (goesOnAfterTheEnd && status !== 'not_started')) return null
  return { reason: 'not_running', status }
}

/** What each command means. Null when it is not refused. */
const meanings: {
  readonly [Type in ExecutionCommand['type']]: (turn: Turn, command: CommandOf<Type>) => Rejection | null
} = {
  StartExecution: start,
  SucceedAttempt: succeedAttempt,
  FailAttempt: failAttempt,
  Wake: wake,
  CancelExecution: cancel,
  SendSignal: sendSignal,
  DecideApproval: decideApproval,
  AnswerCallback: answerCallback,
  AnswerUnknown: answerUnknown,
  PauseExecution: pause,
  ResumeExecution: resume,
  HearParent: hearParent,
  RetryExecution: retry,
  EndChild: endChild,
  DeliverNotice: deliverNotice,
}

function apply<Type extends ExecutionCommand['type']>(
  turn: Turn,
  type: Type,
  command: CommandOf<Type>,
): Rejection | null {
  assert(Object.hasOwn(meanings, type), `${type} is a command`)
  return meanings[type](turn, command)
}

function start(turn: Turn, command: CommandOf<'StartExecution'>): null {
  const { type: _, now, ...pinned } = command
  const triggers = topologyOf(command.graph).triggers.map(({ id }) => id)
  assert(triggers.includes(command.triggerNode), `${command.triggerNode} is a trigger of the graph`)
  turn.record({ type: 'ExecutionStarted', at: now, rules, ...pinned })
  advance(turn)
  return null
}
