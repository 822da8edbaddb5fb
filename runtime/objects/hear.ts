import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { stepOfChild } from '../engine/child.ts'
import { type ExecutionState, isQuiescent } from '../engine/index.ts'
import type { Execution, TurnResult } from './execution.ts'
import type { ChildEnd, Hearing, ParentTells } from './relatives.ts'

/** A child has ended. */
export async function hearChild(
  execution: Execution,
  { step, ...ended }: ChildEnd,
  now: () => EpochMs,
): Promise<Hearing> {
  if (!execution.isKnown) return 'heard'
  // A fast child ends before the answer has come that says it has started.
  const isReady = () => !isStarting(execution.state, step)
  if (!isReady()) execution.wake()
  if (!(await execution.isWithin(isReady, limits.hearMs))) return 'not_yet'
  // What was due before is fired first, as for every other answer.
  execution.wake()
  return heardUnlessBroken(execution.handle({ type: 'EndChild', now: now(), step, ...ended }))
}

/** The parent wants something. */
export function hearParent(execution: Execution, told: ParentTells, now: EpochMs): Hearing {
  const { notedAt, wish } = told
  if (!execution.isKnown) {
    // Its start may still be on its way. What it was started for is no longer wanted.
    if (wish.notice === 'cancel') execution.neverBegin()
    return 'heard'
  }
  const result = execution.handle({ type: 'HearParent', now, ...told })
  const { state } = execution
  const isPausedByThis = wish.notice === 'pause' && state?.pause?.isParents === true && state.heardAt === notedAt
  return isPausedByThis && !isQuiescent(state) ? 'not_yet' : heardUnlessBroken(result)
}

/** What is refused because it is over, or not so, needs no repeating. A newer release may read what this one cannot. */
const heardUnlessBroken = (result: TurnResult): Hearing =>
  !result.ok && result.rejection.reason === 'quarantined' ? 'not_yet' : 'heard'

function isStarting(state: ExecutionState | null, startedBy: StepKey): boolean {
  if (state === null || state.status !== 'running') return false
  const current = state.steps.get(stepOfChild(state, startedBy))
  return current !== undefined && 'requestAt' in current && current.status !== 'child'
}
