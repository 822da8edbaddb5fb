import type { CommandOf, ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { advance, cancelActive, endAttempt } from './advance.ts'
import { assert, unreachable } from './assert.ts'
import { type Decision, reject } from './decision.ts'
import { outputFailure } from './output-size.ts'
import type { ExecutionState, StepState } from './state.ts'
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
      start(command, turn)
      break
    case 'SucceedAttempt':
      succeedAttempt(command, turn)
      break
    case 'FailAttempt':
      failAttempt(command, turn)
      break
    case 'Wake':
      wake(turn, command)
      break
    case 'CancelExecution':
      cancelActive(turn)
      turn.record({ type: 'ExecutionCancelled', at: turn.at, reason: command.reason })
      break
    default:
      unreachable(command)
  }
}

function start(command: CommandOf<'StartExecution'>, turn: Turn): void {
  const { type: _, now, ...pinned } = command
  const triggers = topologyOf(command.graph).triggers.map(({ id }) => id)
  assert(triggers.includes(command.triggerNode), `${command.triggerNode} is a trigger of the graph`)
  turn.record({ type: 'ExecutionStarted', at: now, rules, ...pinned } satisfies ExecutionEvent)
  advance(turn, triggers)
}

function succeedAttempt({ step, attempt, output }: CommandOf<'SucceedAttempt'>, turn: Turn): void {
  if (isLate(turn, step, attempt, 'succeeded')) return
  const unfit = outputFailure(output)
  if (unfit !== null) {
    endAttempt(turn, step, { failure: unfit, retryable: false, chance: 0 })
    return
  }
  turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], output, attempt })
  advance(turn, [nodeOf(step)])
}

function failAttempt(command: CommandOf<'FailAttempt'>, turn: Turn): void {
  const { step, attempt } = command
  if (!isLate(turn, step, attempt, 'failed')) endAttempt(turn, step, command)
}

/** True for an answer to an attempt that is not in flight, which is recorded and changes nothing. */
function isLate(turn: Turn, step: StepKey, attempt: number, outcome: 'succeeded' | 'failed'): boolean {
  const reason = lateReason(turn.state.steps.get(step), attempt)
  if (reason === null) return false
  turn.record({ type: 'AttemptIgnored', at: turn.at, step, attempt, outcome, reason })
  return true
}

function lateReason(current: StepState | undefined, attempt: number): string | null {
  if (current === undefined) return 'the step never started'
  if (current.status !== 'running') return `the step is ${current.status}`
  return current.attempt === attempt ? null : `attempt ${current.attempt} is in flight`
}
