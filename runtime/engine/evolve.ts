import type { EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'
import type { NodeId } from '../../schemas/graph.ts'
import { assert, unreachable } from './assert.ts'
import { deadlineFrom } from './deadline.ts'
import { type Draft, leave, putStep } from './draft.ts'
import { evolveExecution } from './evolve-execution.ts'
import { evolveIteration, openBatch } from './evolve-iteration.ts'
import { evolveStep } from './evolve-step.ts'
import { PersistentMap } from './persistent-map.ts'
import { type ExecutionState, initialState, type Started } from './state.ts'
import { rootScope, stepIn } from './step-key.ts'
import { Timers } from './timers.ts'
import { topologyOf } from './topology.ts'

/** Applies one recorded fact. It never refuses (`decide` already did), nobody sees it mutate, and it costs the same at any length of the log. */
export function evolve(state: ExecutionState, event: ExecutionEvent): ExecutionState {
  if (event.type === 'ExecutionStarted') return start(state, event)
  assert(state.status !== 'not_started', `${event.type} reaches a running execution`)
  assert(state.status === 'running' || isAfterTheEnd(event), `${event.type} reaches a running execution`)
  const draft: Draft = { ...state, position: state.position + 1, lastAt: event.at }
  apply(draft, event)
  return draft
}

/** Folds a log from its beginning. */
export function replay(events: Iterable<ExecutionEvent>): ExecutionState {
  let state = initialState()
  for (const event of events) state = evolve(state, event)
  return state
}

const isAfterTheEnd = ({ type }: ExecutionEvent): boolean =>
  type === 'NoticeDelivered' || type === 'ParentHeard' || type === 'ExecutionRetried' || type === 'CompensationStarted'

function apply(draft: Draft, event: Exclude<ExecutionEvent, { type: 'ExecutionStarted' }>): void {
  switch (event.type) {
    case 'AttemptIgnored':
    case 'AnswerIgnored':
      break
    case 'StepSkipped':
    case 'DelayStarted':
    case 'WaitStarted':
    case 'AttemptStarted':
    case 'AttemptFailed':
    case 'AttemptInterrupted':
    case 'StepUnknown':
    case 'UnknownAnswered':
    case 'ChildStarted':
    case 'StepSucceeded':
    case 'StepFailed':
    case 'StepCancelled':
      evolveStep(draft, event)
      break
    case 'EachStarted':
    case 'RepeatStarted':
    case 'IterationStarted':
    case 'IterationSucceeded':
    case 'IterationFailed':
      evolveIteration(draft, event)
      break
    case 'SignalReceived':
    case 'CallbackReceived':
    case 'ExecutionPaused':
    case 'ExecutionResumed':
    case 'ParentHeard':
    case 'ExecutionRetried':
    case 'CompensationStarted':
    case 'NoticeDelivered':
    case 'ExecutionSucceeded':
    case 'ExecutionFailed':
    case 'ExecutionCancelled':
      evolveExecution(draft, event)
      break
    default:
      unreachable(event)
  }
}

function start(state: ExecutionState, event: EventOf<'ExecutionStarted'>): Started {
  assert(state.status === 'not_started', 'an execution starts once')
  const { at, executionId, workflowId, version, graph, triggerNode, parent = null, batch } = event
  const draft: Draft = {
    status: 'running',
    position: 1,
    executionId,
    workflowId,
    version,
    graph,
    triggerNode,
    parent,
    batch: batch?.container ?? null,
    startedAt: at,
    lastAt: at,
    endedAt: null,
    endAt: 0,
    deadlineAt: deadlineFrom(graph, at),
    respondedAt: 0,
    failedStep: null,
    pause: null,
    undoable: null,
    compensation: null,
    steps: PersistentMap.empty(),
    arrivals: PersistentMap.empty(),
    scopes: PersistentMap.empty(),
    signals: PersistentMap.empty(),
    signalIds: PersistentMap.empty(),
    callbacks: PersistentMap.empty(),
    notices: PersistentMap.empty(),
    heardAt: 0,
    active: PersistentMap.empty(),
    busy: PersistentMap.empty(),
    timers: Timers.none,
    idle: PersistentMap.empty(),
    pending: PersistentMap.empty(),
    unknown: PersistentMap.empty(),
  }
  if (batch === undefined) startAtTrigger(draft, triggerNode)
  else openBatch(draft, batch)
  return draft
}

function startAtTrigger(draft: Draft, triggerNode: NodeId): void {
  const at = draft.startedAt
  for (const { id } of topologyOf(draft.graph).triggers) {
    const step = stepIn(rootScope, id)
    if (id === triggerNode) {
      const over = { startedAt: at, endedAt: at, attempt: 0, overAt: 1, outputAt: 1 }
      putStep(draft, step, { status: 'succeeded', ...over, ports: ['out'] })
      leave(draft, step, ['out'])
    } else {
      putStep(draft, step, { status: 'skipped', endedAt: at })
      leave(draft, step, [])
    }
  }
}
