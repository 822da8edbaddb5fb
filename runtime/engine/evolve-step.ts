import type { EventOf, ExecutionEvent, Failure } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { assert, unreachable } from './assert.ts'
import { mayHaveStarted, waitsForItsChild } from './child.ts'
import { closeIterations, type Draft, leave, noteBatch, noteUndoable, putStep } from './draft.ts'
import { addressee, note } from './notices.ts'
import type { StepState, TryingState } from './state.ts'
import { isBatch, nodeOf } from './step-key.ts'
import { topologyOf } from './topology.ts'
import { isUndoing } from './undoing.ts'

export type StepEvent = Extract<
  ExecutionEvent,
  {
    type:
      | 'StepSkipped'
      | 'DelayStarted'
      | 'WaitStarted'
      | 'AttemptStarted'
      | 'AttemptFailed'
      | 'AttemptInterrupted'
      | 'StepUnknown'
      | 'UnknownAnswered'
      | 'ChildStarted'
      | 'StepSucceeded'
      | 'StepFailed'
      | 'StepCancelled'
  }
>

/** What happens to one step. */
export function evolveStep(draft: Draft, event: StepEvent): void {
  const { step, at } = event
  const before = draft.steps.get(step)
  assert(before === undefined || !('endedAt' in before), 'nothing happens to a step that is over')
  const startedAt = before?.startedAt ?? at
  switch (event.type) {
    case 'StepSkipped':
      putStep(draft, step, { status: 'skipped', endedAt: at })
      leave(draft, step, [])
      break
    case 'DelayStarted':
      putStep(draft, step, { status: 'delayed', startedAt, until: event.until })
      break
    case 'WaitStarted': {
      const { for: what, name, until = null } = event
      putStep(draft, step, { status: 'waiting', startedAt, openedAt: draft.position, for: what, name, until })
      break
    }
    case 'AttemptStarted':
      putStep(draft, step, attemptStarted(before, event, draft.position))
      break
    case 'AttemptFailed':
      putStep(draft, step, attemptFailed(before, event))
      break
    case 'AttemptInterrupted':
    case 'StepUnknown':
    case 'UnknownAnswered':
      putStep(draft, step, leftOpen(before, event))
      break
    case 'ChildStarted':
      assert(before?.status === 'running', 'a child is started by an attempt')
      putStep(draft, step, { ...tryingOf(before), status: 'child', executionId: event.executionId })
      // A child that starts during a pause follows it.
      if (draft.pause !== null) note(draft, addressee(before.requestAt), 'pause')
      break
    case 'StepSucceeded':
      succeed(draft, event, before, startedAt)
      break
    case 'StepFailed':
      fail(draft, event, before, startedAt)
      break
    case 'StepCancelled':
      cancel(draft, step, before, { startedAt, endedAt: at, attempt: attemptOf(before) })
      break
    default:
      unreachable(event)
  }
}

function succeed(
  draft: Draft,
  event: EventOf<'StepSucceeded'>,
  before: StepState | undefined,
  startedAt: number,
): void {
  const { step, at, ports, attempt = 0, outputAt = draft.position } = event
  takeSignal(draft, before, event.outputAt)
  forgetChild(draft, before)
  if (before?.status === 'waiting') draft.callbacks = draft.callbacks.delete(step)
  putStep(draft, step, {
    status: 'succeeded',
    startedAt,
    endedAt: at,
    attempt,
    ports,
    overAt: draft.position,
    outputAt,
    ...(before?.status === 'open' ? { openedAt: before.iterations.openedAt } : {}),
  })
  if (event.response !== undefined) draft.respondedAt = draft.position
  if (isUndoing(draft.graph, step)) compensated(draft)
  else {
    noteUndoable(draft, topologyOf(draft.graph), step)
    if (event.undoable !== undefined) noteBatch(draft, step, before, event.undoable)
    leave(draft, step, ports)
  }
}

function fail(draft: Draft, event: EventOf<'StepFailed'>, before: StepState | undefined, startedAt: number): void {
  const { step, at, ports, handled } = event
  const iterations = before?.status === 'open' ? before.iterations : undefined
  const undoes = isUndoing(draft.graph, step)
  if (before?.status === 'child') {
    forgetChild(draft, before)
    if (event.undoable !== undefined) noteBatch(draft, step, before, event.undoable)
  } else if (!undoes && mayHaveStarted(event.failure)) leaveChild(draft, step, before)
  // Kept while the execution may be retried; what it goes on without is forgotten.
  const keeps = iterations !== undefined && handled === 'fail'
  if (iterations !== undefined && !keeps) closeIterations(draft, step, iterations)
  putStep(draft, step, {
    status: 'failed',
    startedAt,
    endedAt: at,
    attempt: attemptOf(before),
    ports,
    overAt: draft.position,
    handled,
    ...(iterations === undefined ? {} : { openedAt: iterations.openedAt }),
    ...(keeps ? { iterations } : {}),
    ...childAtOf(step, before),
  })
  if (undoes) compensated(draft)
  // A step that ends the execution leaves by no way at all: after a retry it may still take any.
  else if (handled !== 'fail') leave(draft, step, ports)
}

function cancel(
  draft: Draft,
  step: StepKey,
  before: StepState | undefined,
  over: { readonly startedAt: number; readonly endedAt: number; readonly attempt: number },
): void {
  const iterations = before?.status === 'open' ? { iterations: before.iterations } : {}
  putStep(draft, step, { status: 'cancelled', ...over, ...iterations, ...childAtOf(step, before) })
  leaveChild(draft, step, before)
}

/** Whoever gives up on a child tells it, also when nobody knows whether it has started. What a batch did can be undone all the same. */
function leaveChild(draft: Draft, step: StepKey, before: StepState | undefined): void {
  const isTrying = before !== undefined && 'requestAt' in before
  const topology = topologyOf(draft.graph)
  if (!isTrying || !waitsForItsChild(step, topology.node(nodeOf(step)))) return
  note(draft, addressee(before.requestAt), 'cancel')
  if (isBatch(step) && topology.undoesIn(nodeOf(step))) noteBatch(draft, step, before, null)
}

/** A child that has started goes on when its batch is retried: what it did is not done again. */
const childAtOf = (step: StepKey, before: StepState | undefined): { readonly childAt?: number } =>
  before?.status === 'child' && isBatch(step) ? { childAt: before.requestAt } : {}

/** A child that has ended needs to hear nothing more. */
function forgetChild(draft: Draft, before: StepState | undefined): void {
  if (before?.status === 'child') draft.notices = draft.notices.delete(addressee(before.requestAt))
}

/** A step that undoes another is over. */
function compensated(draft: Draft): void {
  assert(draft.compensation !== null, 'only a compensation runs what undoes a step')
  draft.compensation = { ...draft.compensation, done: draft.compensation.done + 1 }
}

/** A signal is taken once. */
function takeSignal(draft: Draft, before: StepState | undefined, outputAt: number | undefined): void {
  if (before?.status !== 'waiting' || before.for !== 'signal' || outputAt === undefined) return
  const kept = draft.signals.get(before.name)
  assert(kept?.includes(outputAt) === true, 'a signal is taken once')
  const left = kept.filter((position) => position !== outputAt)
  draft.signals = left.length === 0 ? draft.signals.delete(before.name) : draft.signals.set(before.name, left)
}

function attemptStarted(before: StepState | undefined, event: EventOf<'AttemptStarted'>, position: number): StepState {
  const { attempt, at, timeoutAt } = event
  if (before === undefined || before.status === 'ready') {
    assert(event.request !== undefined, 'the first attempt records its request')
    assert(attempt === attemptOf(before) + 1, 'attempts are numbered without gaps')
    const startedAt = before?.startedAt ?? at
    return { status: 'running', startedAt, attempt, failures: 0, interruptions: 0, timeoutAt, requestAt: position }
  }
  assert(
    before.status === 'retrying' || before.status === 'interrupted',
    'an attempt follows a failed or interrupted one',
  )
  assert(attempt === before.attempt + 1, 'attempts are numbered without gaps')
  return { ...tryingOf(before), status: 'running', attempt, timeoutAt }
}

function attemptFailed(before: StepState | undefined, event: EventOf<'AttemptFailed'>): StepState {
  assert(before?.status === 'running' || before?.status === 'interrupted', 'only an attempt that started can fail')
  const trying = { ...tryingOf(before), failures: before.failures + 1, failure: brief(event.failure) }
  return event.retryAt === undefined
    ? { ...trying, status: 'failing' }
    : { ...trying, status: 'retrying', retryAt: event.retryAt, failedAt: event.at }
}

/** A crash leaves open what an attempt did; of a step that acts at most once a person says it. */
function leftOpen(
  before: StepState | undefined,
  event: EventOf<'AttemptInterrupted' | 'StepUnknown' | 'UnknownAnswered'>,
): StepState {
  if (event.type === 'UnknownAnswered') {
    assert(before?.status === 'unknown', 'only what is unknown is answered')
    return { ...tryingOf(before), status: 'interrupted' }
  }
  assert(before?.status === 'running', 'only an attempt in flight is interrupted')
  if (event.type === 'StepUnknown') return { ...tryingOf(before), status: 'unknown' }
  return { ...tryingOf(before), status: 'interrupted', interruptions: before.interruptions + 1 }
}

const tryingOf = ({ startedAt, attempt, failures, interruptions, requestAt }: TryingState) => ({
  startedAt,
  attempt,
  failures,
  interruptions,
  requestAt,
})

/** Details can be large and stay in the log. */
const brief = ({ code, message }: Failure): Failure => ({ code, message })

const attemptOf = (step: StepState | undefined): number => (step !== undefined && 'attempt' in step ? step.attempt : 0)
