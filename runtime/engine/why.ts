import type { Reason } from '../../schemas/api/why.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { eventAt } from './bodies.ts'
import { instantText } from './instant.ts'
import { isPossible } from './possible-step.ts'
import { nextWakeAt } from './schedule.ts'
import type { Started } from './state.ts'
import { statusOf } from './status.ts'
import { iterationAt, scopeOf } from './step-key.ts'
import type { Read } from './turn.ts'
import { undoingOf } from './undoing.ts'
import { activeReasons } from './why-active.ts'
import { causeText, overReasons } from './why-over.ts'
import { pendingReasons } from './why-pending.ts'
import { type Asking, deeper, failureText } from './why-reason.ts'

/** Why the execution does what it does now; or as much of it as a person reads. */
export function whyExecution(state: Started, read: Read): Reason[] {
  const asking = askingOf(state, read)
  const reasons = state.endedAt === null ? goingOn(asking) : ended(asking, state.endedAt)
  return reasons.slice(0, limits.whyReasons)
}

/** The same of one step; null when the graph has no such step. */
export function whyStep(state: Started, read: Read, step: StepKey): Reason[] | null {
  if (!isPossible(state, step)) return null
  return askingOf(state, read).explain(step).slice(0, limits.whyReasons)
}

/** Each step is explained once, the first time that it is met: many lead to the same. */
function askingOf(state: Started, read: Read): Asking {
  const told = new Set<StepKey>()
  const asking: Asking = {
    state,
    read,
    active: Map.groupBy([...state.active.keys()].sort(), (step) => iterationAt(scopeOf(step))?.container ?? null),
    explain(step) {
      if (told.has(step) || told.size >= limits.whyReasons) return []
      told.add(step)
      const current = state.steps.get(step)
      if (current === undefined) return pendingReasons(asking, step)
      return 'endedAt' in current ? overReasons(asking, step, current) : activeReasons(asking, step, current)
    },
  }
  return asking
}

function goingOn(asking: Asking): Reason[] {
  const { state } = asking
  return [headOf(state), ...deeper([...unknownFirst(state), ...outermost(asking)].flatMap(asking.explain))]
}

function headOf(state: Started): Reason {
  const { pause, compensation } = state
  const until = nextWakeAt(state)
  const moment = until === null ? {} : { until }
  if (pause !== null) {
    const unknown = [...state.unknown.keys()].sort()
    const cause = {
      requested: 'a person asked for it',
      parent: 'the execution that started it is paused',
      unknown: `nobody has said yet what ${unknown.join(', ')} did`,
    }[pause.reason]
    const timers =
      pause.timers === 'frozen' ? 'no time passes for its timers' : 'its timers run on, and fire afterwards'
    const sentence = `the execution is paused since ${instantText(pause.at)} because ${cause}; ${timers}`
    return { depth: 0, what: 'paused', sentence, at: pause.at, ...moment }
  }
  if (compensation !== null) {
    const { cause, steps, done } = compensation
    const sentence = `the execution is being undone, ${done} of ${steps.length} steps so far, because ${causeText(cause)}`
    return { depth: 0, what: 'undoing', sentence, ...moment }
  }
  const what = statusOf(state) === 'waiting' ? 'waiting' : 'running'
  const at = state.startedAt
  return { depth: 0, what, sentence: `the execution is ${what} since ${instantText(at)}`, at, ...moment }
}

function ended(asking: Asking, at: number): Reason[] {
  const { state, read } = asking
  const undone = deeper((state.compensation?.steps ?? []).map((step) => undoingOf(state, step)).flatMap(asking.explain))
  if (state.status === 'succeeded') {
    return [{ depth: 0, what: 'succeeded', sentence: `the execution succeeded at ${instantText(at)}`, at }]
  }
  if (state.status === 'cancelled') {
    const { reason } = eventAt({ read }, state.endAt, 'ExecutionCancelled')
    const sentence = `the execution was cancelled at ${instantText(at)}: ${reason}`
    return [{ depth: 0, what: 'cancelled', sentence, at }, ...undone]
  }
  const { failure, step } = eventAt({ read }, state.endAt, 'ExecutionFailed')
  const { code, message } = failure
  const sentence = `the execution failed at ${instantText(at)} with ${failureText(failure)}`
  return [
    { depth: 0, what: 'failed', sentence, at, error: { code, message } },
    ...deeper(step === undefined ? [] : asking.explain(step)),
    ...undone,
  ]
}

const unknownFirst = (state: Started): StepKey[] => [...state.unknown.keys()].sort()

/** Active steps that are in no other active one: those inside explain their containers. */
const outermost = ({ state, active }: Asking): readonly StepKey[] =>
  [...active].flatMap(([container, steps]) => (container === null || !state.active.has(container) ? steps : []))
