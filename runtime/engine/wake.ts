import type { CommandOf } from '../../schemas/execution-commands.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { advance, failExecution, failStep } from './advance.ts'
import { assert } from './assert.ts'
import { failAttempt, nodeFor, startAttempt } from './attempt.ts'
import { deadlineAt, dueAt } from './schedule.ts'
import type { StepState } from './state.ts'
import { nodeOf } from './step-key.ts'
import type { Turn } from './turn.ts'

type Wake = CommandOf<'Wake'>

/**
 * Fires what is due, in the order of the moments at which it was due and then of the keys, so that
 * an object that wakes late records what one that wakes in time would have. First come the attempts
 * that a crash interrupted: what nobody carries out any more cannot time out.
 */
export function wake(turn: Turn, command: Wake): void {
  for (const step of interruptedSteps(turn, command)) if (turn.isRunning) interrupt(turn, step, command.now)
  for (const { step } of dueItems(turn)) {
    if (!turn.isRunning) return
    if (step === null)
      failExecution(turn, { code: 'execution_timeout', message: 'the execution did not end within its time limit' })
    else fire(turn, step, command)
  }
}

type DueItem = {
  readonly at: number /** Null stands for the execution's own deadline. */
  readonly step: StepKey | null
}

function dueItems(turn: Turn): DueItem[] {
  const { state } = turn
  const timers = [...state.active.keys()].map((step): DueItem => ({ at: dueAt(stepIn(turn, step)), step }))
  return [...timers, { at: deadlineAt(state), step: null }]
    .filter(({ at }) => at <= turn.at)
    .sort((left, right) => left.at - right.at || ((left.step ?? '') < (right.step ?? '') ? -1 : 1))
}

function interruptedSteps(turn: Turn, { inFlight }: Wake): StepKey[] {
  const alive = new Map(inFlight.map(({ step, attempt }) => [step, attempt]))
  return [...turn.state.active.keys()].sort().filter((step) => {
    const current = stepIn(turn, step)
    return current.status === 'running' && alive.get(step) !== current.attempt
  })
}

function interrupt(turn: Turn, step: StepKey, now: number): void {
  const current = stepIn(turn, step)
  assert(current.status === 'running', 'only an attempt in flight is interrupted')
  const { attempt, interruptions } = current
  turn.record({ type: 'AttemptInterrupted', at: turn.at, step, attempt })
  if (interruptions + 1 < limits.interruptions) return startAttempt(turn, step)
  const failure = { code: 'interrupted', message: `${limits.interruptions} attempts were interrupted by a crash` }
  failAttempt(turn, step, attempt, { failure, retryable: false, chance: 0, notBefore: now })
  failStep(turn, nodeFor(turn, step), failure)
  advance(turn, [nodeOf(step)])
}

function fire(turn: Turn, step: StepKey, { chance }: Wake): void {
  const current = turn.state.steps.get(step)
  if (current?.status === 'retrying') return startAttempt(turn, step)
  if (current?.status === 'delayed') {
    turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], output: { until: current.until } })
    return advance(turn, [nodeOf(step)])
  }
  if (current?.status !== 'running' || current.timeoutAt > turn.at) return
  const failure = { code: 'timeout', message: `attempt ${current.attempt} gave no answer within its time limit` }
  if (!failAttempt(turn, step, current.attempt, { failure, retryable: true, chance })) return
  failStep(turn, nodeFor(turn, step), failure)
  advance(turn, [nodeOf(step)])
}

function stepIn(turn: Turn, step: StepKey): StepState {
  const current = turn.state.steps.get(step)
  assert(current !== undefined, `active step ${step} has a state`)
  return current
}
