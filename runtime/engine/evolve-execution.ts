import type { EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { assert, unreachable } from './assert.ts'
import { deadlineFrom } from './deadline.ts'
import { type Draft, putStep } from './draft.ts'
import { addressee, note } from './notices.ts'
import type { Pause, StepState } from './state.ts'
import { rootScope, scopeOf } from './step-key.ts'
import { undoableSteps } from './undoing.ts'

export type WholeEvent = Extract<
  ExecutionEvent,
  {
    type:
      | 'SignalReceived'
      | 'CallbackReceived'
      | 'ExecutionPaused'
      | 'ExecutionResumed'
      | 'ParentHeard'
      | 'ExecutionRetried'
      | 'CompensationStarted'
      | 'NoticeDelivered'
      | 'ExecutionSucceeded'
      | 'ExecutionFailed'
      | 'ExecutionCancelled'
  }
>

/** What happens to the execution as a whole. */
export function evolveExecution(draft: Draft, event: WholeEvent): void {
  switch (event.type) {
    case 'SignalReceived': {
      const kept = draft.signals.get(event.name) ?? []
      draft.signals = draft.signals.set(event.name, [...kept, draft.position])
      if (event.id !== undefined) {
        assert(!draft.signalIds.has(event.id), 'a signal of an id is received once')
        draft.signalIds = draft.signalIds.set(event.id, true)
      }
      break
    }
    case 'CallbackReceived':
      assert(!draft.callbacks.has(event.step), 'the first callback is kept')
      draft.callbacks = draft.callbacks.set(event.step, draft.position)
      break
    case 'ExecutionPaused':
      pause(draft, event)
      break
    case 'ExecutionResumed':
      resume(draft, event.at)
      break
    case 'ParentHeard':
      hearParent(draft, event)
      break
    case 'ExecutionRetried':
      retry(draft, event.at)
      break
    case 'CompensationStarted':
      if (draft.status !== 'running') goOn(draft)
      assert(draft.compensation === null, 'an execution is undone once')
      // All of them, of which the event may list the first.
      draft.compensation = { cause: event.cause, steps: undoableSteps(draft.undoable), done: 0 }
      break
    case 'NoticeDelivered': {
      const to = addressee(event.child)
      // A newer notice has taken the place of one that was on its way.
      if (draft.notices.get(to)?.notedAt === event.notedAt) draft.notices = draft.notices.delete(to)
      break
    }
    case 'ExecutionSucceeded':
      end(draft, event, 'succeeded')
      break
    case 'ExecutionFailed':
      end(draft, event, 'failed')
      draft.failedStep = event.step ?? null
      break
    case 'ExecutionCancelled':
      end(draft, event, 'cancelled')
      break
    default:
      unreachable(event)
  }
}

function end(draft: Draft, { at }: ExecutionEvent, status: 'succeeded' | 'failed' | 'cancelled'): void {
  draft.status = status
  draft.endedAt = at
  draft.endAt = draft.position
  draft.pause = null
  if (draft.parent?.isAwaited === true) note(draft, addressee(), 'ended')
}

function pause(draft: Draft, { at, reason, timers }: EventOf<'ExecutionPaused'>): void {
  if (draft.pause === null) {
    draft.pause = { at, reason, timers, isParents: reason === 'parent' }
    tellChildren(draft, 'pause')
  } else {
    // Something else holds from now on what already stands still; how its time counts stays as it began.
    draft.pause = { ...draft.pause, reason }
  }
}

function hearParent(draft: Draft, { notice, notedAt }: EventOf<'ParentHeard'>): void {
  draft.heardAt = notedAt
  if (draft.pause !== null) draft.pause = { ...draft.pause, isParents: notice === 'pause' }
}

function resume(draft: Draft, at: EpochMs): void {
  const { pause: ended } = draft
  assert(ended !== null, 'only a paused execution is resumed')
  draft.pause = null
  if (ended.timers === 'frozen') {
    draft.deadlineAt += at - ended.at
    for (const step of draft.active.keys()) {
      const current = draft.steps.get(step)
      assert(current !== undefined, 'an active step has a state')
      putStep(draft, step, thawed(current, ended, at))
    }
  }
  tellChildren(draft, 'resume')
}

/** A step's moments, later by the time for which they stood still: from the pause, or from when the step began to wait in it. */
function thawed(step: StepState, ended: Pause, at: EpochMs): StepState {
  if (step.status === 'retrying') {
    const frozenMs = at - Math.max(ended.at, step.failedAt)
    return { ...step, retryAt: step.retryAt + frozenMs }
  }
  if (step.status === 'delayed') return { ...step, until: step.until + at - ended.at }
  if (step.status === 'waiting' && step.until !== null) return { ...step, until: step.until + at - ended.at }
  return step
}

/** The failed step and everything that was cancelled with the execution begin anew; containers go on where they were. */
function retry(draft: Draft, at: EpochMs): void {
  goOn(draft)
  draft.deadlineAt = deadlineFrom(draft.graph, at)
  for (const [step, current] of [...draft.steps.entries()]) {
    const isStopped = current.status === 'cancelled' || (current.status === 'failed' && current.handled === 'fail')
    // Steps of an iteration that is over are only kept to be undone.
    const isOpen = scopeOf(step) === rootScope || draft.scopes.has(scopeOf(step))
    if (!isStopped || !isOpen) continue
    const { startedAt, attempt, iterations, childAt } = current
    const child = childAt === undefined ? {} : { childAt }
    putStep(
      draft,
      step,
      iterations === undefined
        ? { status: 'ready', startedAt, attempt, ...child }
        : { status: 'open', startedAt, iterations },
    )
  }
}

/** Takes back an end: that of a failed execution, and of a batch however it ended. */
function goOn(draft: Draft): void {
  assert(draft.status === 'failed' || (draft.batch !== null && draft.endAt > 0), 'only a failed execution is retried')
  draft.status = 'running'
  draft.endedAt = null
  draft.endAt = 0
  draft.failedStep = null
  draft.notices = draft.notices.delete(addressee())
}

function tellChildren(draft: Draft, notice: 'pause' | 'resume'): void {
  for (const step of draft.active.keys()) {
    const current = draft.steps.get(step)
    if (current?.status === 'child') note(draft, addressee(current.requestAt), notice)
  }
}
