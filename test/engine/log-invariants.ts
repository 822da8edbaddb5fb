import { expect } from 'vitest'
import { rootScope, stepIn } from '../../runtime/engine/index.ts'
import type { EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'
import type { Edge, Graph } from '../../schemas/graph.ts'
import { throughJson } from '../support/given.ts'

type StepEvent = Extract<ExecutionEvent, { step: string }>

const ends = new Set(['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionCancelled'])
const stepEnds = new Set(['StepSucceeded', 'StepFailed', 'StepCancelled', 'StepSkipped'])

/** What must hold of any log, at any length; the letters are those of the reliability catalogue. */
export function checkLog(log: readonly ExecutionEvent[], graph: Graph, triggerNode: string): void {
  expect(log.map(({ type }) => type).lastIndexOf('ExecutionStarted'), 'L4: it begins once').toBe(0)
  const ended = log.findIndex(({ type }) => ends.has(type))
  expect(ended, 'L5: the end is last').toBeOneOf([-1, log.length - 1])
  for (const [index, event] of log.entries()) {
    expect(event.at, 'L8: time never goes back').toBeGreaterThanOrEqual(log[index - 1]?.at ?? 0)
    expect(throughJson(event), 'L11: it is JSON of a known shape').toEqual(event)
  }
  const ofSteps = Map.groupBy(log.filter(isOfStep), ({ step }) => step)
  for (const [step, events] of ofSteps) checkStep(step, events, graph)
  expect(new Set([...ofSteps.values()].flatMap(keysOf)).size, 'E2: keys differ between steps').toBe(
    [...ofSteps.values()].filter((events) => keysOf(events).length > 0).length,
  )
  checkBeginnings(log, graph, triggerNode)
  checkFailures(log)
}

const isOfStep = (event: ExecutionEvent): event is StepEvent =>
  'step' in event && event.step !== undefined && event.type !== 'ExecutionFailed'

function keysOf(events: readonly StepEvent[]): string[] {
  return [...new Set(events.flatMap((event) => (event.type === 'AttemptStarted' ? [event.idempotencyKey] : [])))]
}

function checkStep(step: string, events: readonly StepEvent[], graph: Graph): void {
  const endings = events.filter(({ type }) => stepEnds.has(type))
  expect(endings.length, `S2: ${step} ends once`).toBeLessThanOrEqual(1)
  const [ending] = endings
  if (ending !== undefined) {
    const after = events.slice(events.indexOf(ending) + 1).map(({ type }) => type)
    expect(
      after.filter((type) => type !== 'AttemptIgnored'),
      `S4: ${step} does nothing after its end`,
    ).toEqual([])
  }
  const attempts = events.flatMap((event) => (event.type === 'AttemptStarted' ? [event.attempt] : []))
  expect(attempts, `S1: the attempts of ${step} are numbered without gaps`).toEqual(
    attempts.map((_, index) => index + 1),
  )
  expect(keysOf(events).length, `E2: ${step} has one key`).toBeLessThanOrEqual(1)
  const node = graph.nodes.find(({ id }) => id === step)
  const failures = events.filter(({ type }) => type === 'AttemptFailed').length
  expect(failures, `S1: ${step} keeps to its policy`).toBeLessThanOrEqual(node?.retry?.maxAttempts ?? 1)
  if (node?.kind === 'condition' && node.config['mode'] === 'first' && ending?.type === 'StepSucceeded') {
    expect(ending.ports.length, `S5: ${step} opens one port`).toBe(1)
  }
}

/** S3 and S6: a step begins, or is skipped, only when the log so far decides that, and only once. */
function checkBeginnings(log: readonly ExecutionEvent[], graph: Graph, triggerNode: string): void {
  const open = new Map<string, readonly string[]>(
    graph.nodes
      .filter(({ kind }) => kind === 'manual' || kind === 'webhook')
      .map(({ id }) => [id, id === triggerNode ? ['out'] : []]),
  )
  const begun = new Set<string>()
  for (const event of log.filter(isOfStep)) {
    if (!begun.has(event.step) && event.type !== 'AttemptIgnored') {
      begun.add(event.step)
      const edges = graph.edges.filter(({ to }) => stepIn(rootScope, to) === event.step)
      expect(verdictOf(edges, open, graph, event.step), `S3: ${event.step} is ready`).toBe(
        event.type === 'StepSkipped' ? 'skip' : 'begin',
      )
    }
    if (event.type === 'StepSucceeded' || event.type === 'StepFailed') open.set(event.step, event.ports)
    if (event.type === 'StepSkipped') open.set(event.step, [])
  }
}

function verdictOf(edges: readonly Edge[], open: ReadonlyMap<string, readonly string[]>, graph: Graph, id: string) {
  const decided = edges.filter(({ from }) => open.has(from))
  const taken = decided.filter(({ from, port }) => open.get(from)?.includes(port)).length
  const join = graph.nodes.find((node) => node.id === id)?.join ?? 'all'
  const isComplete = decided.length === edges.length
  if (join === 'all') return isComplete ? (taken > 0 ? 'begin' : 'skip') : 'wait'
  if (taken >= (join === 'any' ? 1 : join)) return 'begin'
  return isComplete ? 'skip' : 'wait'
}

/** S10: a failed attempt leads to another or to the end of its step; a failed step to exactly one way on. */
function checkFailures(log: readonly ExecutionEvent[]): void {
  for (const [index, event] of log.entries()) {
    const next = log[index + 1]
    if (event.type === 'AttemptFailed' && event.retryAt === undefined) {
      expect(next, 'S10: the last failed attempt ends its step').toMatchObject({ type: 'StepFailed', step: event.step })
    }
    if (event.type === 'StepFailed') checkWayOn(event, log.slice(index + 1))
  }
}

function checkWayOn({ step, handled, ports }: EventOf<'StepFailed'>, rest: readonly ExecutionEvent[]): void {
  if (handled !== 'fail') {
    expect(ports.length, `S10: ${step} leaves by a port`).toBe(1)
    return
  }
  const last = rest.at(-1)
  expect(last, `S10: ${step} ends the execution`).toMatchObject({ type: 'ExecutionFailed', step })
  expect(new Set(rest.slice(0, -1).map(({ type }) => type)), 'S4: nothing begins any more').toEqual(
    new Set(rest.length > 1 ? ['StepCancelled'] : []),
  )
}
