import { assert } from './assert.ts'
import { begin } from './begin.ts'
import type { Turn } from './turn.ts'
import { undoingOf } from './undoing.ts'

/** Begins what undoes the next step, one after another and the newest first; or ends the execution when all are undone. */
export function undo(turn: Turn): void {
  while (turn.isRunning && !turn.isHeld) {
    const { compensation } = turn.state
    assert(compensation !== null, 'a compensation has begun')
    const next = compensation.steps[compensation.done]
    if (next === undefined) {
      end(turn)
      return
    }
    const undoing = undoingOf(turn.state, next)
    // It is under way: its own end leads back here.
    if (turn.state.active.has(undoing)) return
    begin(turn, undoing)
  }
}

function end(turn: Turn): void {
  const cause = turn.state.compensation?.cause
  assert(cause !== undefined, 'a compensation has a cause')
  const { at } = turn
  if (cause.type === 'cancelled') turn.record({ type: 'ExecutionCancelled', at, reason: cause.reason })
  else {
    const { failure, step } = cause
    turn.record({ type: 'ExecutionFailed', at, failure, ...(step === undefined ? {} : { step }) })
  }
}
