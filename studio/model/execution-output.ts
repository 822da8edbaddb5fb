import type { RecordedEvent } from '../../schemas/execution-events.ts'

/** The execution's output once it succeeded: bodies are stored once, in the events of their steps. */
export function executionOutput(events: readonly RecordedEvent[]): { readonly value: unknown } | null {
  const end = events.findLast((event) => event.type === 'ExecutionSucceeded')
  if (end === undefined || end.output.shape === 'none') return null
  const outputOf = (step: string): unknown => {
    const done = events.findLast((event) => event.type === 'StepSucceeded' && event.step === step)
    return done?.type === 'StepSucceeded' ? done.output : null
  }
  if (end.output.shape === 'step') return { value: outputOf(end.output.step) }
  return { value: Object.fromEntries(end.output.steps.map((step) => [step, outputOf(step)])) }
}

/** What the execution was started with. */
export function executionTrigger(events: readonly RecordedEvent[]): { readonly value: unknown } | null {
  const first = events[0]
  return first?.type === 'ExecutionStarted' ? { value: first.trigger } : null
}
