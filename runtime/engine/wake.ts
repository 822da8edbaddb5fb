import type { CommandOf } from '../../schemas/execution-commands.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { advance, endAttempt, failExecution } from './advance.ts'
import { startAttempt, tryingStep } from './attempt.ts'
import { deadlineAt, dueAt } from './schedule.ts'
import { nodeOf } from './step-key.ts'
import type { Turn } from './turn.ts'

type Wake = CommandOf<'Wake'>

/**
 * Fires what is due, in the order of the moments at which it was due and then of the keys, so that
 * an object that wakes late records what one that wakes in time would have. First come the attempts
 * that a crash interrupted: what nobody carries out any more cannot time out.
 */
export function wake(turn: Turn, command: Wake): void {
  for (const step of interruptedSteps(turn, command)) if (turn.isRunning) interrupt(turn, step)
  for (const { step } of dueItems(turn, command)) {
    if (!turn.isRunning) return
    if (step === null) {
      failExecution(turn, { code: 'execution_timeout', message: 'the execution did not end within its time limit' })
    } else fire(turn, step, command)
  }
}

/** Without a step it is the execution's own deadline, which comes before a step that is due at the same moment. */
type DueItem = { readonly at: EpochMs; readonly step: StepKey | null }

function dueItems(turn: Turn, { inFlight }: Wake): DueItem[] {
  const { state } = turn
  const waitedMs = new Map(inFlight.map((flight) => [flight.step, flight.waitedMs ?? 0]))
  const steps = [...state.active.keys()].sort().map((step): DueItem => {
    return { at: dueAt(state.steps.get(step)) + (waitedMs.get(step) ?? 0), step }
  })
  const deadline: DueItem = { at: deadlineAt(state), step: null }
  return [deadline, ...steps].filter(({ at }) => at <= turn.at).sort((left, right) => left.at - right.at)
}

/** In the order of their keys, so that the same state gives the same log. */
function interruptedSteps(turn: Turn, { inFlight }: Wake): StepKey[] {
  const alive = new Map(inFlight.map(({ step, attempt }) => [step, attempt]))
  return [...turn.state.active.keys()].sort().filter((step) => {
    const current = turn.state.steps.get(step)
    return current?.status === 'running' && alive.get(step) !== current.attempt
  })
}

function interrupt(turn: Turn, step: StepKey): void {
  const { attempt, interruptions } = tryingStep(turn, step)
  turn.record({ type: 'AttemptInterrupted', at: turn.at, step, attempt })
  if (interruptions + 1 < limits.interruptions) startAttempt(turn, step)
  else {
    const message = `${limits.interruptions} attempts were interrupted by a crash`
    endAttempt(turn, step, { failure: { code: 'interrupted', message }, retryable: false, chance: 0 })
  }
}

function fire(turn: Turn, step: StepKey, { chance }: Wake): void {
  const current = turn.state.steps.get(step)
  if (current?.status === 'retrying') startAttempt(turn, step)
  else if (current?.status === 'delayed') {
    turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], output: { until: current.until } })
    advance(turn, [nodeOf(step)])
  } else {
    const { attempt } = tryingStep(turn, step)
    const failure = { code: 'timeout', message: `attempt ${attempt} gave no answer within its time limit` }
    endAttempt(turn, step, { failure, retryable: true, chance })
  }
}
