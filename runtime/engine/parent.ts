import type { CommandOf } from '../../schemas/execution-commands.ts'
import type { CompensationCause, ExecutionEvent } from '../../schemas/execution-events.ts'
import { assert } from './assert.ts'
import { resumeNow, retryNow, whyNotRetried } from './control.ts'
import type { Rejection } from './decision.ts'
import { cancelExecution, startCompensation } from './fail.ts'
import type { Turn } from './turn.ts'
import { undo } from './undo.ts'

/**
 * What the execution that started this one wants of it. Calls are late, and come twice: what was said
 * before something that was heard already changes nothing.
 */
export function hearParent(turn: Turn, { notedAt, wish }: CommandOf<'HearParent'>): Rejection | null {
  if (notedAt <= turn.state.heardAt) return null
  const refusal = wish.notice === 'retry' ? whyNotRetried(turn) : null
  if (refusal !== null) return refusal
  turn.record({ type: 'ParentHeard', at: turn.at, notice: wish.notice, notedAt })
  switch (wish.notice) {
    case 'pause':
      pause(turn, wish.timers)
      break
    case 'resume':
      release(turn)
      break
    case 'retry':
      // It has not ended when it was to be cancelled and has not heard of that.
      if (turn.isRunning) release(turn)
      else goOnAsBatch(turn)
      break
    case 'undo':
      undoBatch(turn, wish.reason)
      goOnUndoing(turn)
      break
    default:
      if (turn.state.compensation === null) cancelExecution(turn, wish.reason, wish.compensate)
      goOnUndoing(turn)
  }
  return null
}

function pause(turn: Turn, timers: 'frozen' | 'running'): void {
  const { pause: current } = turn.state
  // What a person holds stays his, and the parent's pause lies under it.
  if (current === null || current.reason === 'unknown')
    turn.record({ type: 'ExecutionPaused', at: turn.at, reason: 'parent', timers: current?.timers ?? timers })
}

/** Ends the parent's pause, and nobody else's. */
function release(turn: Turn): void {
  const { pause: current, unknown } = turn.state
  if (current?.reason !== 'parent') return
  if (unknown.size === 0) resumeNow(turn)
  else turn.record({ type: 'ExecutionPaused', at: turn.at, reason: 'unknown', timers: current.timers })
}

/** Who cancels it does not tell it to go on any more, and it may have something to undo. */
function goOnUndoing(turn: Turn): void {
  if (!turn.isRunning) return
  release(turn)
  if (turn.isRunning) undo(turn)
}

/** However it ended: its parent may have cancelled it, or not have heard of its end. */
function goOnAsBatch(turn: Turn): void {
  assert(turn.state.batch !== null, 'only a batch is retried by its parent')
  retryNow(turn)
}

/** Undoes what a batch did. Its end is none for what is undone: its parent's is. */
function undoBatch(turn: Turn, reason: string): void {
  const { batch, compensation, endAt } = turn.state
  assert(batch !== null, 'only a batch is undone for its parent')
  if (compensation !== null) return
  if (turn.isRunning) cancelExecution(turn, reason, true)
  else startCompensation(turn, causeAt(turn.read(endAt), reason))
}

/** A batch that failed ends as failed again. */
function causeAt(end: ExecutionEvent, reason: string): CompensationCause {
  if (end.type !== 'ExecutionFailed') return { type: 'cancelled', reason }
  const { failure, step } = end
  return { type: 'failed', failure, ...(step === undefined ? {} : { step }) }
}
