import type { EventOf, ExecutionEvent, Failure } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { assert, unreachable } from './assert.ts'
import { PersistentMap } from './persistent-map.ts'
import {
  type Arrivals,
  type ExecutionState,
  initialState,
  type Started,
  type StepState,
  type TryingState,
} from './state.ts'
import { nodeOf, stepOf } from './step-key.ts'
import { topologyOf } from './topology.ts'

/** Applies one recorded fact. It never refuses (`decide` already did), never mutates, and costs the same at any length of the log. */
export function evolve(state: ExecutionState, event: ExecutionEvent): ExecutionState {
  if (event.type === 'ExecutionStarted') return start(state, event)
  assert(state.status === 'running', `${event.type} reaches a running execution`)
  const next: Started = { ...state, position: state.position + 1, lastAt: event.at }

  switch (event.type) {
    case 'AttemptIgnored':
      return next
    case 'ExecutionSucceeded':
      return { ...next, status: 'succeeded', endedAt: event.at }
    case 'ExecutionFailed':
      return { ...next, status: 'failed', endedAt: event.at, failedStep: event.step ?? null }
    case 'ExecutionCancelled':
      return { ...next, status: 'cancelled', endedAt: event.at }
    default:
      return evolveStep(next, event)
  }
}

/** Folds a log from its beginning. */
export function replay(events: Iterable<ExecutionEvent>): ExecutionState {
  let state = initialState()
  for (const event of events) state = evolve(state, event)
  return state
}

type StepEvent = Exclude<
  ExecutionEvent,
  { type: 'ExecutionStarted' | 'AttemptIgnored' | 'ExecutionSucceeded' | 'ExecutionFailed' | 'ExecutionCancelled' }
>

function evolveStep(state: Started, event: StepEvent): Started {
  const { step, at } = event
  const before = state.steps.get(step)
  assert(before === undefined || !('endedAt' in before), 'nothing happens to a step that is over')
  const startedAt = before?.startedAt ?? at

  switch (event.type) {
    case 'StepSkipped':
      return leave(withStep(state, step, { status: 'skipped', endedAt: at }), step, [])
    case 'DelayStarted':
      return activate(state, step, { status: 'delayed', startedAt: at, until: event.until })
    case 'AttemptStarted':
      return activate(state, step, attemptStarted(before, event, state.position))
    case 'AttemptFailed':
      return activate(state, step, attemptFailed(before, event))
    case 'AttemptInterrupted':
      assert(before?.status === 'running', 'only an attempt in flight is interrupted')
      return activate(state, step, {
        ...tryingOf(before),
        status: 'interrupted',
        interruptions: before.interruptions + 1,
      })
    case 'StepSucceeded': {
      const over: StepState = {
        status: 'succeeded',
        startedAt,
        endedAt: at,
        attempt: event.attempt ?? 0,
        ports: event.ports,
        outputAt: state.position,
      }
      const respondedAt = event.response === undefined ? state.respondedAt : state.position
      return leave({ ...withStep(state, step, over), respondedAt }, step, event.ports)
    }
    case 'StepFailed': {
      const over: StepState = {
        status: 'failed',
        startedAt,
        endedAt: at,
        attempt: attemptOf(before),
        ports: event.ports,
        failedAt: state.position,
        handled: event.handled,
      }
      return leave(withStep(state, step, over), step, event.ports)
    }
    case 'StepCancelled':
      return withStep(state, step, { status: 'cancelled', startedAt, endedAt: at, attempt: attemptOf(before) })
    default:
      return unreachable(event)
  }
}

function start(state: ExecutionState, event: EventOf<'ExecutionStarted'>): Started {
  assert(state.status === 'not_started', 'an execution starts once')
  const { at, executionId, workflowId, version, graph, triggerNode } = event
  const begun: Started = {
    status: 'running',
    position: 1,
    executionId,
    workflowId,
    version,
    graph,
    triggerNode,
    startedAt: at,
    lastAt: at,
    endedAt: null,
    respondedAt: 0,
    failedStep: null,
    steps: PersistentMap.empty(),
    arrivals: PersistentMap.empty(),
    active: PersistentMap.empty(),
  }
  return topologyOf(graph).triggers.reduce((next, { id }) => {
    const step = stepOf(id)
    if (id !== triggerNode) return leave(withStep(next, step, { status: 'skipped', endedAt: at }), step, [])
    const over: StepState = { status: 'succeeded', startedAt: at, endedAt: at, attempt: 0, ports: ['out'], outputAt: 1 }
    return leave(withStep(next, step, over), step, over.ports)
  }, begun)
}

function attemptStarted(before: StepState | undefined, event: EventOf<'AttemptStarted'>, position: number): StepState {
  const { attempt, at, timeoutAt } = event
  if (before === undefined) {
    assert(attempt === 1 && event.request !== undefined, 'the first attempt records its request')
    return { status: 'running', startedAt: at, attempt, failures: 0, interruptions: 0, timeoutAt, requestAt: position }
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
    : { ...trying, status: 'retrying', retryAt: event.retryAt }
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

const activate = (state: Started, step: StepKey, next: StepState): Started => ({
  ...state,
  steps: state.steps.set(step, next),
  active: state.active.set(step, true),
})

const withStep = (state: Started, step: StepKey, next: StepState): Started => ({
  ...state,
  steps: state.steps.set(step, next),
  active: state.active.delete(step),
})

/** Decides the edges out of a step that is over: taken from the ports it leaves by, dead from the others. */
function leave(state: Started, step: StepKey, ports: readonly string[]): Started {
  let arrivals = state.arrivals
  for (const edge of topologyOf(state.graph).edgesFrom(nodeOf(step))) {
    const { taken, dead } = arrivals.get(edge.to) ?? noArrivals
    const isTaken = ports.includes(edge.port)
    arrivals = arrivals.set(edge.to, isTaken ? { taken: taken + 1, dead } : { taken, dead: dead + 1 })
  }
  return { ...state, arrivals }
}

const noArrivals: Arrivals = { taken: 0, dead: 0 }
