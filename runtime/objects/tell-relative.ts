import type { ChildResult, ParentWish } from '../../schemas/execution-commands.ts'
import type { Notice } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { childKey, endedByFailStep, undoableCount } from '../engine/child.ts'
import { assert, type Read, type Started } from '../engine/index.ts'
import { childOf, type Noted } from '../engine/notices.ts'
import { outputFailure } from '../engine/output-size.ts'
import type { Reading } from '../engine/scope.ts'
import { isBatch } from '../engine/step-key.ts'
import { type ExecutionResult, executionResult } from './execution-view.ts'
import type { ChildEnd, Hearing, Relatives } from './relatives.ts'

/** Tells the parent, or the child, what the state has noted for it. */
export function tellRelative(
  state: Started,
  read: Read,
  relatives: Relatives,
  to: string,
  { notice, notedAt }: Noted,
): Promise<Hearing> {
  const position = childOf(to)
  if (position === null) return tellParent(state, executionResult(state, read), relatives, endOf({ state, read }))
  const first = read(position)
  assert(first.type === 'AttemptStarted', 'a notice for a child names the attempt that started it')
  return relatives.tellChild(childKey(first), { notedAt, wish: wishOf(notice, state, first.step) })
}

/** Tells the parent how its child ended, or that it cannot be read any more. */
export function tellParent(
  { parent, executionId }: Started,
  result: ExecutionResult,
  relatives: Relatives,
  end: Partial<ChildEnd> = {},
): Promise<Hearing> {
  assert(parent !== null, 'only a child has a parent to tell')
  const { step } = parent
  return relatives.tellParent(parent.executionId, { step, executionId, ...end, result: childResult(result) })
}

/** What the log says of an end beside its result. */
const endOf = (reading: Reading): Partial<ChildEnd> => ({
  heardAt: reading.state.heardAt,
  undoable: undoableCount(reading.state),
  byFailStep: endedByFailStep(reading),
})

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

function wishOf(notice: Notice, { executionId, compensation, pause }: Started, step: StepKey): ParentWish {
  switch (notice) {
    case 'cancel': {
      // A batch is undone in its turn, by the step that does that.
      const compensate = compensation !== null && !isBatch(step)
      return { notice, reason: `execution ${executionId} no longer waits for it`, compensate }
    }
    case 'pause':
      return { notice, timers: pause?.timers ?? 'frozen' }
    default:
      assert(notice === 'resume', 'only a child tells that it has ended')
      return { notice }
  }
}
