import { assert, bodyAt } from '../../runtime/engine/index.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'

/** The execution's output once it succeeded: bodies are stored once, in the events of their steps. */
export function executionOutput(events: readonly RecordedEvent[]): { readonly value: unknown } | null {
  const end = events.findLast((event) => event.type === 'ExecutionSucceeded')
  if (end === undefined || end.output.shape === 'none') return null
  const outputOf = (step: string): unknown => {
    const done = events.findLast((event) => event.type === 'StepSucceeded' && event.step === step)
    return done === undefined ? null : bodyOf(events, done.position)
  }
  if (end.output.shape === 'answer') return { value: bodyOf(events, end.output.position) }
  if (end.output.shape === 'step') return { value: outputOf(end.output.step) }
  return { value: Object.fromEntries(end.output.steps.map((step) => [step, outputOf(step)])) }
}

/** The body that a position holds: events name the place of one that an earlier event brought. */
export const bodyOf = (events: readonly RecordedEvent[], position: number): unknown =>
  bodyAt({ read: (at) => eventAtPosition(events, at) }, position)

function eventAtPosition(events: readonly RecordedEvent[], position: number): RecordedEvent {
  const event = events[position - 1]
  assert(event !== undefined, `position ${position} is in the log`)
  return event
}

/** What the execution was started with. */
export function executionTrigger(events: readonly RecordedEvent[]): { readonly value: unknown } | null {
  const first = events[0]
  return first?.type === 'ExecutionStarted' ? { value: first.trigger } : null
}
