import type { CommandOf } from '../../schemas/execution-commands.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { advance, endAttempt } from './advance.ts'
import { nodeFor } from './attempt.ts'
import { startedChild, waitsForItsChild } from './child.ts'
import { outputFailure } from './output-size.ts'
import type { StepState } from './state.ts'
import type { Turn } from './turn.ts'

/** Takes what an attempt gave. */
export function succeedAttempt(turn: Turn, { step, attempt, output }: CommandOf<'SucceedAttempt'>): null {
  if (isLate(turn, step, attempt, 'succeeded')) return null
  // A batch that did nothing has nothing to undo.
  if (output !== null && waitsForItsChild(step, nodeFor(turn, step))) {
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

/** Takes that an attempt failed. */
export function failAttempt(turn: Turn, command: CommandOf<'FailAttempt'>): null {
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
