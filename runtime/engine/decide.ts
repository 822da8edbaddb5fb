import type { CommandOf, ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import { advance, cancelActive, failStep, sizeFailure } from './advance.ts'
import { unreachable } from './assert.ts'
import { failAttempt, nodeFor } from './attempt.ts'
import { type Decision, reject } from './decision.ts'
import type { ExecutionState } from './state.ts'
import { nodeOf } from './step-key.ts'
import { topologyOf } from './topology.ts'
import { type Read, Turn } from './turn.ts'
import { wake } from './wake.ts'

/** Version of the rules in SPEC.md. A log says under which it was begun. */
export const rules = 1

/** All branching on commands is here. What one command means is said by its helper; none of them touches the world. */
export function decide(command: ExecutionCommand, state: ExecutionState, read: Read): Decision {
  if (command.type === 'StartExecution') {
    if (state.status !== 'not_started') return reject({ reason: 'already_started' })
  } else if (state.status !== 'running') return reject({ reason: 'not_running', status: state.status })

  const turn = new Turn(state, read, command.now)
  apply(command, turn)
  return { ok: true, events: turn.events, state: turn.events.length === 0 ? state : turn.state }
}

function apply(command: ExecutionCommand, turn: Turn): void {
  switch (command.type) {
    case 'StartExecution':
      return start(command, turn)
    case 'SucceedAttempt':
      return succeedAttempt(command, turn)
    case 'FailAttempt':
      return endAttempt(command, turn)
    case 'Wake':
      return wake(turn, command)
    case 'CancelExecution':
      cancelActive(turn)
      return turn.record({ type: 'ExecutionCancelled', at: turn.at, reason: command.reason })
    default:
      return unreachable(command)
  }
}

function start(command: CommandOf<'StartExecution'>, turn: Turn): void {
  const { type: _, now, ...pinned } = command
  turn.record({ type: 'ExecutionStarted', at: now, rules, ...pinned } satisfies ExecutionEvent)
  advance(
    turn,
    topologyOf(command.graph).triggers.map(({ id }) => id),
  )
}

function succeedAttempt({ step, attempt, output }: CommandOf<'SucceedAttempt'>, turn: Turn): void {
  const late = lateReason(turn, step, attempt)
  if (late !== null) return ignore(turn, step, attempt, 'succeeded', late)
  const tooLarge = sizeFailure(output)
  if (tooLarge !== null) {
    failAttempt(turn, step, attempt, { failure: tooLarge, retryable: false, chance: 0 })
    failStep(turn, nodeFor(turn, step), tooLarge)
  } else turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], output, attempt })
  advance(turn, [nodeOf(step)])
}

function endAttempt(command: CommandOf<'FailAttempt'>, turn: Turn): void {
  const { step, attempt, failure } = command
  const late = lateReason(turn, step, attempt)
  if (late !== null) return ignore(turn, step, attempt, 'failed', late)
  if (!failAttempt(turn, step, attempt, command)) return
  failStep(turn, nodeFor(turn, step), failure)
  advance(turn, [nodeOf(step)])
}

/** Why an answer comes too late; null when its attempt is the one in flight. */
function lateReason(turn: Turn, step: CommandOf<'SucceedAttempt'>['step'], attempt: number): string | null {
  const current = turn.state.steps.get(step)
  if (current === undefined) return 'the step never started'
  if (current.status !== 'running') return `the step is ${current.status}`
  return current.attempt === attempt ? null : `attempt ${current.attempt} is in flight`
}

function ignore(
  turn: Turn,
  step: CommandOf<'SucceedAttempt'>['step'],
  attempt: number,
  outcome: 'succeeded' | 'failed',
  reason: string,
): void {
  turn.record({ type: 'AttemptIgnored', at: turn.at, step, attempt, outcome, reason })
}
