import type { CommandOf } from '../../schemas/execution-commands.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { advance, endAttempt } from './advance.ts'
import { nodeFor, startAttempt, tryingStep } from './attempt.ts'
import { failExecution, failStep, hasEdge } from './fail.ts'
import type { Turn } from './turn.ts'

type Wake = CommandOf<'Wake'>

/** The failure of a step that waited in vain. */
export const waitTimeout = 'wait_timeout'

/**
 * Fires what is due, in the order of the moments at which it was due and then of the keys, so that
 * an object that wakes late records what one that wakes in time would have. First come the attempts
 * that a crash interrupted: what nobody carries out any more cannot time out. Last goes on what an
 * earlier turn left to this one.
 */
export function wake(turn: Turn, command: Wake): null {
  for (const step of interruptedSteps(turn, command)) if (isInFlight(turn, step)) interrupt(turn, step)
  for (const { step, at } of dueItems(turn, command)) {
    if (!turn.isRunning) return null
    // What was due before it may have begun an undoing, which has no deadline.
    if (step === null && turn.state.compensation === null) failAtDeadline(turn)
    else if (step !== null && isStillDue(turn, step, at)) fire(turn, step, command)
  }
  if (turn.isRunning && turn.state.pending.size > 0) advance(turn)
  return null
}

/** Without a step it is the execution's own deadline, which comes before a step that is due at the same moment. */
type DueItem = { readonly at: EpochMs; readonly step: StepKey | null }

function dueItems(turn: Turn, { inFlight }: Wake): DueItem[] {
  const { state } = turn
  const waitedMs = new Map(inFlight.map((flight) => [flight.step, flight.waitedMs ?? 0]))
  const timeouts = [...state.busy.keys()].flatMap((step): DueItem[] => {
    const current = state.steps.get(step)
    return current?.status === 'running' ? [{ at: current.timeoutAt + (waitedMs.get(step) ?? 0), step }] : []
  })
  const timers = turn.isHeld ? [] : state.timers.due(turn.at)
  const isFrozen = state.pause?.timers === 'frozen'
  const deadline = isFrozen || state.compensation !== null ? [] : [{ at: state.deadlineAt, step: null }]
  return [...deadline, ...timers, ...timeouts].filter(({ at }) => at <= turn.at).sort(byMoment)
}

const byMoment = (left: DueItem, right: DueItem): number => left.at - right.at || (keyOf(left) < keyOf(right) ? -1 : 1)

const keyOf = ({ step }: DueItem): string => step ?? ''

/** Something that was due before it may have ended it, or set it to another moment. */
function isStillDue(turn: Turn, step: StepKey, at: EpochMs): boolean {
  const current = turn.state.steps.get(step)
  if (current?.status === 'running') return current.timeoutAt <= at
  if (current?.status === 'retrying') return current.retryAt === at
  return (current?.status === 'delayed' || current?.status === 'waiting') && current.until === at
}

/** In the order of their keys, so that the same state gives the same log. */
function interruptedSteps(turn: Turn, { inFlight }: Wake): StepKey[] {
  const alive = new Map(inFlight.map(({ step, attempt }) => [step, attempt]))
  return [...turn.state.busy.keys()].sort().filter((step) => {
    const current = turn.state.steps.get(step)
    return current?.status === 'running' && alive.get(step) !== current.attempt
  })
}

/** The end of a step whose attempts were interrupted too often may have cancelled others. */
const isInFlight = (turn: Turn, step: StepKey): boolean => turn.state.steps.get(step)?.status === 'running'

function interrupt(turn: Turn, step: StepKey): void {
  const { attempt, interruptions } = tryingStep(turn, step)
  if (nodeFor(turn, step).once === true) {
    turn.record({ type: 'StepUnknown', at: turn.at, step, attempt })
    if (!turn.isHeld) turn.record({ type: 'ExecutionPaused', at: turn.at, reason: 'unknown', timers: 'frozen' })
    return
  }
  turn.record({ type: 'AttemptInterrupted', at: turn.at, step, attempt })
  if (interruptions + 1 >= limits.interruptions) {
    const message = `${limits.interruptions} attempts were interrupted by a crash`
    endAttempt(turn, step, { failure: { code: 'interrupted', message }, retryable: false, chance: 0 })
  } else if (!turn.isHeld) startAttempt(turn, step)
}

function fire(turn: Turn, step: StepKey, { chance }: Wake): void {
  const current = turn.state.steps.get(step)
  if (current?.status === 'retrying') startAttempt(turn, step)
  else if (current?.status === 'delayed') {
    turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['out'], output: { until: current.until } })
    advance(turn)
  } else if (current?.status === 'waiting') {
    timeOut(turn, step)
    advance(turn)
  } else {
    const { attempt } = tryingStep(turn, step)
    const failure = { code: 'timeout', message: `attempt ${attempt} gave no answer within its time limit` }
    endAttempt(turn, step, { failure, retryable: true, chance })
  }
}

/** A wait that nobody answered leaves by `timeout`; when no edge leads from there, it has failed. */
function timeOut(turn: Turn, step: StepKey): void {
  if (hasEdge(turn, step, 'timeout')) {
    turn.record({ type: 'StepSucceeded', at: turn.at, step, ports: ['timeout'], output: null })
  } else failStep(turn, step, { code: waitTimeout, message: 'nothing came within the time limit of the wait' })
}

function failAtDeadline(turn: Turn): void {
  failExecution(turn, { code: 'execution_timeout', message: 'the execution did not end within its time limit' })
  advance(turn)
}
