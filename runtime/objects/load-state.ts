import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import { rules } from '../engine/decide.ts'
import { type ExecutionState, evolve, initialState } from '../engine/index.ts'
import { stateFrom } from '../engine/snapshot.ts'
import type { EventLog } from '../storage/event-log.ts'
import { internedGraph } from './interned-graphs.ts'

const PAGE = 500

/**
 * The state a log folds to: a snapshot and its tail. `damage` says why the log cannot be trusted:
 * an event that this code does not know, or one that does not follow. Nothing is appended to such a log.
 */
export function loadState(log: EventLog): { readonly state: ExecutionState; readonly damage: string | null } {
  if (log.position === 0) return { state: initialState(), damage: null }
  let state: ExecutionState = initialState()
  try {
    state = fromSnapshot(log) ?? state
    state = foldAfter(log, state, log.position)
    return { state, damage: null }
  } catch (error) {
    return {
      state,
      damage: `the log did not verify: ${error instanceof Error ? error.message.slice(0, 500) : String(error)}`,
    }
  }
}

/** Folds a log from its beginning up to a position. */
export const stateAt = (log: EventLog, position: number): ExecutionState => foldAfter(log, initialState(), position)

function fromSnapshot(log: EventLog): ExecutionState | null {
  const snapshot = log.snapshot()
  if (snapshot === null) return null
  const first = withInternedGraph(log.at(1))
  return first.type === 'ExecutionStarted' ? stateFrom(snapshot.state, first.graph, rules) : null
}

function foldAfter(log: EventLog, from: ExecutionState, until: number): ExecutionState {
  let state = from
  while (state.position < until) {
    const events = log.after(state.position, Math.min(PAGE, until - state.position))
    for (const event of events) state = evolve(state, withInternedGraph(event))
  }
  return state
}

function withInternedGraph<Event extends ExecutionEvent>(event: Event): Event {
  return event.type === 'ExecutionStarted' ? { ...event, graph: internedGraph(event.contentHash, event.graph) } : event
}
