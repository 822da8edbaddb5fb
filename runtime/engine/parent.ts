import type { CommandOf } from '../../schemas/execution-commands.ts'
import { resumeNow } from './control.ts'
import { cancelExecution } from './fail.ts'
import type { Turn } from './turn.ts'
import { undo } from './undo.ts'

/**
 * What the execution that started this one wants of it. Calls are late, and come twice: what was said
 * before something that was heard already changes nothing.
 */
export function hearParent(turn: Turn, { notedAt, wish }: CommandOf<'HearParent'>): null {
  if (notedAt <= turn.state.heardAt) return null
  turn.record({ type: 'ParentHeard', at: turn.at, notice: wish.notice, notedAt })
  switch (wish.notice) {
    case 'pause':
      pause(turn, wish.timers)
      break
    case 'resume':
      release(turn)
      break
    default:
      if (turn.state.compensation === null) cancelExecution(turn, wish.reason, wish.compensate)
      // Who cancels it does not tell it to go on any more, and it may have something to undo.
      release(turn)
      if (turn.isRunning) undo(turn)
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
