import { expect } from 'vitest'

import { nodeOf } from '../../runtime/engine/index.ts'
import type { EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'
import type { Graph, StepKey } from '../../schemas/graph.ts'

/** W1 to W3 and T3: what was waited for came, was taken once and in order, and nothing fired too soon. */
export function checkWaits(log: readonly ExecutionEvent[], graph: Graph): void {
  const due = new Map<StepKey, number>()
  const waits = new Map<StepKey, EventOf<'WaitStarted'>>()
  const kept = new Map<string, number[]>()
  for (const [index, event] of log.entries()) {
    if (event.type === 'SignalReceived') kept.set(event.name, [...(kept.get(event.name) ?? []), index + 1])
    if (event.type === 'WaitStarted') waits.set(event.step, event)
    if (event.type === 'DelayStarted') due.set(event.step, event.until)
    if (event.type === 'AttemptFailed' && event.retryAt !== undefined) due.set(event.step, event.retryAt)
    // Begun anew, a step waits for nothing that it waited for before.
    if (event.type === 'ExecutionRetried') due.clear()
    if (event.type === 'AttemptStarted' || event.type === 'StepSucceeded') {
      expect(event.at, `T3: ${event.step} goes on when it is due`).toBeGreaterThanOrEqual(due.get(event.step) ?? 0)
      due.delete(event.step)
    }
    const wait = event.type === 'StepSucceeded' ? waits.get(event.step) : undefined
    if (event.type === 'StepSucceeded' && wait !== undefined) checkAnswer(event, wait, { log, kept, graph })
  }
}

type Reading = {
  readonly log: readonly ExecutionEvent[]
  readonly kept: Map<string, number[]>
  readonly graph: Graph
}

function checkAnswer(event: EventOf<'StepSucceeded'>, wait: EventOf<'WaitStarted'>, reading: Reading): void {
  const { step, outputAt, ports } = event
  if (ports.includes('timeout')) {
    expect(event.at, `T3: ${step} times out when its time is up`).toBeGreaterThanOrEqual(wait.until ?? Number.NaN)
    return
  }
  if (wait.for === 'signal') {
    const waiting = reading.kept.get(wait.name) ?? []
    expect(waiting, `W1: the signal that ${step} takes is there, of its name, and not taken`).toContain(outputAt)
    const config = reading.graph.nodes.find(({ id }) => id === nodeOf(step))?.config ?? {}
    if (config['match'] === undefined) expect(outputAt, `W1: ${step} takes the oldest`).toBe(waiting[0])
    reading.kept.set(
      wait.name,
      waiting.filter((position) => position !== outputAt),
    )
  } else if (outputAt !== undefined) {
    expect(reading.log[outputAt - 1], `W3: ${step} takes its own callback`).toMatchObject({
      type: 'CallbackReceived',
      step,
    })
  }
}
