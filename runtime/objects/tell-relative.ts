import type { ChildResult, ParentWish } from '../../schemas/execution-commands.ts'
import type { Notice } from '../../schemas/execution-events.ts'
import { childKey } from '../engine/child.ts'
import { assert, type Read, type Started } from '../engine/index.ts'
import { childOf, type Noted } from '../engine/notices.ts'
import { outputFailure } from '../engine/output-size.ts'
import { type ExecutionResult, executionResult } from './execution-view.ts'
import type { Hearing, Relatives } from './relatives.ts'

/** Tells the parent, or the child, what the state has noted for it. */
export function tellRelative(
  state: Started,
  read: Read,
  relatives: Relatives,
  to: string,
  { notice, notedAt }: Noted,
): Promise<Hearing> {
  const position = childOf(to)
  if (position === null) return tellParent(state, executionResult(state, read), relatives)
  const first = read(position)
  assert(first.type === 'AttemptStarted', 'a notice for a child names the attempt that started it')
  return relatives.tellChild(childKey(first), { notedAt, wish: wishOf(notice, state) })
}

/** Tells the parent how its child ended, or that it cannot be read any more. */
export function tellParent(
  { parent, executionId }: Started,
  result: ExecutionResult,
  relatives: Relatives,
): Promise<Hearing> {
  assert(parent !== null, 'only a child has a parent to tell')
  return relatives.tellParent(parent.executionId, { step: parent.step, executionId, result: childResult(result) })
}

function childResult({ status, output = null, error }: ExecutionResult): ChildResult {
  if (status === 'succeeded') {
    // Several leaves can come to more together than a step may give.
    const unfit = outputFailure(output)
    return unfit === null ? { status, output } : { status: 'failed', failure: unfit }
  }
  assert(status === 'failed' || status === 'cancelled' || status === 'quarantined', 'only an end is told')
  assert(error !== undefined, 'what did not succeed says why')
  return { status, failure: { code: error.code, message: error.message } }
}

function wishOf(notice: Notice, { executionId, compensation, pause }: Started): ParentWish {
  switch (notice) {
    case 'cancel':
      return { notice, reason: `execution ${executionId} no longer waits for it`, compensate: compensation !== null }
    case 'pause':
      return { notice, timers: pause?.timers ?? 'frozen' }
    default:
      assert(notice === 'resume', 'only a child tells that it has ended')
      return { notice }
  }
}
