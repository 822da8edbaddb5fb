import { decide, initialState } from '../../runtime/engine/index.ts'
import { startExecution } from '../support/events.ts'
import { readFrom } from '../support/given.ts'
import { graphOf, start } from '../support/graphs.ts'

export function outputOf(config: Readonly<Record<string, unknown>>, body: unknown): unknown {
  const event = eventOf(config, body)
  if (event?.type !== 'StepSucceeded') throw new Error(JSON.stringify(event))
  return event.output
}

export function failureOf(config: Readonly<Record<string, unknown>>, body: unknown): unknown {
  const event = eventOf(config, body)
  if (event?.type !== 'StepFailed') throw new Error(JSON.stringify(event))
  return event.failure
}

/** What becomes of a body; an operation that names no input works on it. */
function eventOf(config: Readonly<Record<string, unknown>>, body: unknown) {
  const graph = graphOf(
    [start, { id: 'it', kind: 'transform', config: { from: 'trigger.body', ...config } }],
    ['start -> it'],
  )
  const decision = decide(startExecution(graph, { trigger: { body } }), initialState(), readFrom([]))
  return decision.ok ? decision.events[1] : undefined
}
