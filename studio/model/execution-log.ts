import { type ExecutionState, evolve, initialState, type Started, statusOf } from '../../runtime/engine/index.ts'
import type { ExecutionStatus } from '../../schemas/api/executions.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import { LogIndex } from './log-index.ts'

/**
 * An execution's events and the state after each of them. States share structure, so keeping one for every
 * position costs little more than keeping the last, and a jump to any moment is a look into an array.
 */
export type ExecutionLog = {
  readonly events: readonly RecordedEvent[]
  /** `states[n]` is the state after position n; `states[0]` is the state before anything happened. */
  readonly states: readonly ExecutionState[]
  /** Shared by every length of the log. */
  readonly index: LogIndex
}

export const newLog = (): ExecutionLog => ({ events: [], states: [initialState()], index: new LogIndex() })

export type Extension =
  | { readonly ok: true; readonly log: ExecutionLog }
  /** Events are missing: ask again for those after `after`. */
  | { readonly ok: false; readonly reason: 'gap'; readonly after: number }

/** Appends events with the engine's own fold. What is already there is ignored, so overlapping answers do no harm. */
export function extendLog(log: ExecutionLog, events: readonly RecordedEvent[]): Extension {
  const last = lastPosition(log)
  const fresh = events.filter((event) => event.position > last)
  if (fresh.length === 0) return { ok: true, log }
  const isDense = fresh.every((event, index) => event.position === last + 1 + index)
  if (!isDense) return { ok: false, reason: 'gap', after: last }

  const states = [...log.states]
  let state = stateAt(log, last)
  for (const event of fresh) {
    state = evolve(state, event)
    states.push(state)
    log.index.add(event)
  }
  return { ok: true, log: { events: [...log.events, ...fresh], states, index: log.index } }
}

export const lastPosition = (log: ExecutionLog): number => log.events.length

/** The state at a position; positions beyond the ends are the ends. */
export function stateAt(log: ExecutionLog, position: number): ExecutionState {
  const index = Math.max(0, Math.min(position, lastPosition(log)))
  return log.states[index] ?? initialState()
}

export const eventAt = (log: ExecutionLog, position: number): RecordedEvent | undefined => log.events[position - 1]

/** The events that had happened at a position. */
export const eventsUntil = (log: ExecutionLog, position: number): readonly RecordedEvent[] =>
  position >= lastPosition(log) ? log.events : log.events.slice(0, Math.max(0, position))

export const hasEnded = (state: ExecutionState): boolean => state.status !== 'running' && state.status !== 'not_started'

export const startedOf = (state: ExecutionState): Started | null => (state.status === 'not_started' ? null : state)

export const executionStatus = (state: Started): ExecutionStatus => statusOf(state)
