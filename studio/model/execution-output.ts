import { assert, bodyAt } from '../../runtime/engine/index.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { type ExecutionLog, eventAt, startedOf, stateAt } from './execution-log.ts'

/** The execution's output once it succeeded: bodies are stored once, in the events of their steps. */
export function executionOutput(log: ExecutionLog, position: number): { readonly value: unknown } | null {
  const end = eventAt(log, startedOf(stateAt(log, position))?.endAt ?? 0)
  if (end?.type !== 'ExecutionSucceeded') return null
  const outputOf = (step: StepKey): unknown => {
    const done = log.index.about(step, position).findLast(({ type }) => type === 'StepSucceeded')
    return done === undefined ? null : bodyOf(log.events, done.position)
  }
  switch (end.output.shape) {
    case 'none':
      return null
    case 'answer':
      return { value: bodyOf(log.events, end.output.position) }
    case 'step':
      return { value: outputOf(end.output.step) }
    case 'steps':
      return { value: Object.fromEntries(end.output.steps.map((step) => [step, outputOf(step)])) }
  }
}

/** The body that a position holds: events name the place of one that an earlier event brought. */
export const bodyOf = (events: readonly RecordedEvent[], position: number): unknown =>
  bodyAt({ read: (at) => recordedAt(events, at) }, position)

/** The event at a position that the log must hold. */
export function recordedAt(events: readonly RecordedEvent[], position: number): RecordedEvent {
  const event = events[position - 1]
  assert(event !== undefined, `position ${position} is in the log`)
  return event
}

/** What the execution was started with. */
export function executionTrigger(events: readonly RecordedEvent[]): { readonly value: unknown } | null {
  const first = events[0]
  return first?.type === 'ExecutionStarted' ? { value: first.trigger } : null
}
