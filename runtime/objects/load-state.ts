import type { ExecutionEvent, RecordedEvent } from '../../schemas/execution-events.ts'
import { rules } from '../engine/decide.ts'
import { assert, type ExecutionState, evolve, initialState } from '../engine/index.ts'
import { stateFrom } from '../engine/snapshot.ts'
import type { EventLog } from '../storage/event-log.ts'
import { faultOf } from './fault.ts'
import { internedGraph } from './interned-graphs.ts'
import { StorageFault } from './storage-fault.ts'

const PAGE = 500

/**
 * The state a log folds to: a snapshot and its tail. `damage` says why the log cannot be trusted: an
 * event that this code does not know, or one that does not follow. Then the state is that of the
 * events before it, and nothing is appended to such a log. Throws when the storage does not answer.
 */
export function loadState(log: EventLog): Loaded {
  const start = startingState(log)
  const folded = fold(log, start.state, log.position)
  return { state: folded.state, damage: start.damage ?? folded.damage, snapshotAt: start.state.position }
}

/** `snapshotAt`: position of the snapshot that it was folded from; 0 when there was none. */
export type Loaded = Folded & { readonly snapshotAt: number }

/** Folds a log from its beginning up to a position. Throws when the log is damaged before it. */
export function stateAt(log: EventLog, position: number): ExecutionState {
  const { state, damage } = fold(log, initialState(), position)
  assert(damage === null, damage ?? '')
  return state
}

/** A page of the log that ends before the first event that cannot be read. */
export function readableEvents(log: EventLog, after: number, limit: number, maxChars: number): RecordedEvent[] {
  try {
    return log.after(after, limit, maxChars)
  } catch (error) {
    if (error instanceof StorageFault) throw error
    // One of them is damaged; read singly, those before it can still be shown.
    return limit === 1 ? [] : readableSingly(log, after, limit)
  }
}

function readableSingly(log: EventLog, after: number, limit: number): RecordedEvent[] {
  const events: RecordedEvent[] = []
  while (events.length < limit) {
    const [event] = readableEvents(log, after + events.length, 1, 0)
    if (event === undefined) break
    events.push(event)
  }
  return events
}

type Folded = { readonly state: ExecutionState; readonly damage: string | null }

function startingState(log: EventLog): Folded {
  try {
    const snapshot = log.snapshot()
    if (snapshot === null) return { state: initialState(), damage: null }
    const first = withInternedGraph(log.at(1))
    assert(first.type === 'ExecutionStarted', 'a log begins with ExecutionStarted')
    return { state: stateFrom(snapshot.state, first.graph, rules) ?? initialState(), damage: null }
  } catch (error) {
    return { state: initialState(), damage: damageOf('at its beginning', error) }
  }
}

/** Goes as far as the events are sound. */
function fold(log: EventLog, from: ExecutionState, until: number): Folded {
  let state = from
  try {
    while (state.position < until) {
      const limit = Math.min(PAGE, until - state.position)
      const page = readableEvents(log, state.position, limit, Number.POSITIVE_INFINITY)
      // What keeps a page empty is thrown where the event itself is read.
      if (page.length === 0) log.at(state.position + 1)
      for (const event of page) {
        assert(event.position === state.position + 1, `position ${state.position + 1} is missing`)
        state = evolve(state, withInternedGraph(event))
      }
    }
    return { state, damage: null }
  } catch (error) {
    return { state, damage: damageOf(`after position ${state.position}`, error) }
  }
}

/** A storage that does not answer says nothing about the log. */
function damageOf(place: string, error: unknown): string {
  if (error instanceof StorageFault) throw error
  return `the log did not verify ${place}: ${faultOf(error)}`
}

function withInternedGraph<Event extends ExecutionEvent>(event: Event): Event {
  return event.type === 'ExecutionStarted' ? { ...event, graph: internedGraph(event.contentHash, event.graph) } : event
}
