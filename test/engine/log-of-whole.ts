import { expect } from 'vitest'
import type { EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'

type Container = { readonly concurrency: number; readonly open: Set<number>; next: number }

/** S7: iterations begin in order, no more at once than may be, and each ends once before its container does. */
export function checkIterations(log: readonly ExecutionEvent[]): void {
  const containers = new Map<string, Container>()
  for (const event of log) {
    if (event.type === 'EachStarted' || event.type === 'RepeatStarted') {
      const concurrency = event.type === 'EachStarted' ? event.concurrency : 1
      expect(containers.has(event.step), `S7: ${event.step} opens once`).toBe(false)
      containers.set(event.step, { concurrency, open: new Set(), next: 0 })
    }
    const container = 'step' in event && event.step !== undefined ? containers.get(event.step) : undefined
    if (container !== undefined) checkContainer(container, event)
  }
}

function checkContainer(container: Container, event: ExecutionEvent): void {
  const { open, concurrency } = container
  if (event.type === 'IterationStarted') {
    expect(event.index, 'S7: iterations begin in order').toBe(container.next)
    container.next += 1
    open.add(event.index)
    expect(open.size, 'S7: no more at once than may be').toBeLessThanOrEqual(concurrency)
  } else if (event.type === 'IterationSucceeded' || event.type === 'IterationFailed') {
    expect(open.delete(event.index), 'S7: an iteration ends once').toBe(true)
  } else if (event.type === 'StepSucceeded') expect(open.size, 'S7: a container ends after its iterations').toBe(0)
}

const beginnings = new Set([
  'AttemptStarted',
  'DelayStarted',
  'WaitStarted',
  'EachStarted',
  'RepeatStarted',
  'IterationStarted',
  'IterationSucceeded',
  'StepSkipped',
  'ExecutionSucceeded',
])

/** PAU1: nothing begins in a pause. */
export function checkPauses(log: readonly ExecutionEvent[]): void {
  let isPaused = false
  for (const { type } of log) {
    if (isPaused) expect(beginnings.has(type), `PAU1: ${type} in a pause`).toBe(false)
    if (type === 'ExecutionPaused') isPaused = true
    if (type === 'ExecutionResumed' || type === 'ExecutionFailed' || type === 'ExecutionCancelled') isPaused = false
  }
}

/** W1: a signal, or an early callback, is taken once, by a step that waited for it. */
export function checkSignals(log: readonly ExecutionEvent[]): void {
  const waits = new Map<string, EventOf<'WaitStarted'>>()
  const taken = new Set<number>()
  for (const event of log) {
    if (event.type === 'WaitStarted') waits.set(event.step, event)
    if (event.type !== 'StepSucceeded' || event.outputAt === undefined) continue
    expect(taken.has(event.outputAt), `W1: what came at ${event.outputAt} is taken once`).toBe(false)
    taken.add(event.outputAt)
    const source = log[event.outputAt - 1]
    const wait = waits.get(event.step)
    expect(source?.type).toBe(wait?.for === 'signal' ? 'SignalReceived' : 'CallbackReceived')
    if (source?.type === 'SignalReceived') expect(source.name).toBe(wait?.name)
  }
}
