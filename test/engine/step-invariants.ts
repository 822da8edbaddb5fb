import { expect } from 'vitest'

import { nodeOf } from '../../runtime/engine/index.ts'
import { isBatch } from '../../runtime/engine/step-key.ts'
import type { EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'
import type { Graph, StepKey } from '../../schemas/graph.ts'

export type StepEvent = Extract<ExecutionEvent, { step: StepKey }>

const stepEnds = new Set(['StepSucceeded', 'StepFailed', 'StepCancelled', 'StepSkipped'])
/** What an answer that came too late, or too early, leaves behind: it changes nothing. */
export const leftovers: ReadonlySet<string> = new Set(['AttemptIgnored', 'AnswerIgnored', 'CallbackReceived'])

export const isOfStep = (event: ExecutionEvent): event is StepEvent =>
  'step' in event && event.step !== undefined && event.type !== 'ExecutionFailed'

/** S1, S2, S4, S5, S10, E2 and E4: what happens to each step, and what a failed one leads to. */
export function checkSteps(log: readonly ExecutionEvent[], graph: Graph): void {
  const ofSteps = Map.groupBy(log.filter(isOfStep), ({ step }) => step)
  for (const [step, events] of ofSteps) checkAttempts(step, events, graph)
  for (const life of livesOf(log)) checkLife(life, graph)
  const keys = [...ofSteps.values()].map(keysOf).filter((some) => some.length > 0)
  expect(new Set(keys.flat()).size, 'E2: keys differ between steps').toBe(keys.length)
  for (const [index, event] of log.entries()) {
    const next = log[index + 1]
    if (event.type === 'AttemptFailed' && event.retryAt === undefined) {
      expect(next, 'S10: the last failed attempt ends its step').toMatchObject({ type: 'StepFailed', step: event.step })
    }
    if (event.type === 'StepFailed') checkWayOn(event, log.slice(index + 1), graph)
  }
}

function keysOf(events: readonly StepEvent[]): string[] {
  return [...new Set(events.flatMap((event) => (event.type === 'AttemptStarted' ? [event.idempotencyKey] : [])))]
}

function checkAttempts(step: StepKey, events: readonly StepEvent[], graph: Graph): void {
  const attempts = events.flatMap((event) => (event.type === 'AttemptStarted' ? [event.attempt] : []))
  expect(attempts, `S1: the attempts of ${step} are numbered without gaps`).toEqual(
    attempts.map((_, index) => index + 1),
  )
  expect(keysOf(events).length, `E2: ${step} has one key`).toBeLessThanOrEqual(1)
  if (graph.nodes.find(({ id }) => id === nodeOf(step))?.once !== true) return
  // After a retry of the execution its first attempt is asked for by a person, too.
  const again = events.filter((event, index) => {
    return event.type === 'AttemptStarted' && event.request === undefined && !isAskedFor(events[index - 1])
  })
  expect(again, `E4: nothing tries ${step} again by itself`).toEqual([])
}

const isAskedFor = (before: StepEvent | undefined): boolean =>
  before?.type === 'UnknownAnswered' && before.answer === 'retry'

/** A step's events from a beginning to its end: after a retry of the execution another life may follow. */
type Life = { readonly step: StepKey; readonly events: StepEvent[] }

function livesOf(log: readonly ExecutionEvent[]): Life[] {
  const lives: Life[] = []
  let open = new Map<StepKey, Life>()
  for (const event of log) {
    if (event.type === 'ExecutionRetried') open = new Map([...open].filter(([, { events }]) => !isStopped(events)))
    if (!isOfStep(event) || leftovers.has(event.type)) continue
    const life = open.get(event.step) ?? { step: event.step, events: [] }
    if (life.events.length === 0) lives.push(life)
    life.events.push(event)
    open.set(event.step, life)
  }
  return lives
}

function isStopped(events: readonly StepEvent[]): boolean {
  const last = events.at(-1)
  return last?.type === 'StepCancelled' || (last?.type === 'StepFailed' && last.handled === 'fail')
}

function checkLife({ step, events }: Life, graph: Graph): void {
  const types = events.map(({ type }) => type)
  const endings = types.filter((type) => stepEnds.has(type))
  expect(endings.length, `S2: ${step} ends once`).toBeLessThanOrEqual(1)
  if (endings.length > 0) expect(stepEnds, `S4: ${step} does nothing after its end`).toContain(types.at(-1))
  const node = graph.nodes.find(({ id }) => id === nodeOf(step))
  const failures = types.filter((type) => type === 'AttemptFailed').length
  const byItself = node?.kind === 'workflow' || isBatch(step) ? 10 : 1
  expect(failures, `S1: ${step} keeps to its policy`).toBeLessThanOrEqual(node?.retry?.maxAttempts ?? byItself)
  const ending = events.at(-1)
  if (node?.kind === 'condition' && node.config['mode'] === 'first' && ending?.type === 'StepSucceeded') {
    expect(ending.ports.length, `S5: ${step} opens one port`).toBe(1)
  }
}

/** S10: a failed step leaves by one port; or ends what it is in, after what is active there is cancelled, and nothing else. */
function checkWayOn(
  { step, handled, ports }: EventOf<'StepFailed'>,
  rest: readonly ExecutionEvent[],
  graph: Graph,
): void {
  const undoes = graph.edges.some(({ to, port }) => to === nodeOf(step) && port === 'compensate')
  if (handled !== 'fail' || undoes) {
    expect(ports.length, `S10: ${step} leaves by a port`).toBe(undoes ? 0 : 1)
    return
  }
  const next = rest.find(({ type }) => type !== 'StepCancelled')
  const inside = step.split('@')[1]
  const ways = [
    'ExecutionFailed',
    'CompensationStarted',
    ...(inside === undefined ? [] : ['IterationFailed', 'StepFailed']),
  ]
  expect(next?.type, `S10: ${step} ends what it is in`).toBeOneOf(ways)
}
