import { expect } from 'vitest'
import { evolve } from '../../runtime/engine/evolve.ts'
import {
  decide,
  type ExecutionState,
  initialState,
  type Read,
  type Rejection,
  rules,
} from '../../runtime/engine/index.ts'
import { snapshotOf } from '../../runtime/engine/snapshot.ts'
import { ExecutionCommand } from '../../schemas/execution-commands.ts'
import { ExecutionEvent } from '../../schemas/execution-events.ts'

/**
 * Given what happened, when this is asked, then this is recorded. Commands and events pass through
 * their schemas, and the history is kept as JSON: what a test shows is what a log can hold.
 */
export const given = (...history: readonly ExecutionEvent[]) => ({
  when(command: ExecutionCommand) {
    const log = history.map(throughJson)
    const before = fold(log)
    const decision = decide(ExecutionCommand.parse(command), before, readFrom(log))
    return {
      // biome-ignore lint/suspicious/noThenProperty: given, when, then; nothing awaits it
      then(...events: readonly ExecutionEvent[]): void {
        expect(decision).toMatchObject({ ok: true })
        if (!decision.ok) return
        expect(decision.events.map(throughJson)).toEqual(events.map(throughJson))
        // A decision's state is what its events make of the state before.
        expect(asJson(decision.state)).toEqual(asJson(fold([...log, ...decision.events.map(throughJson)])))
      },
      thenRejected(rejection: Rejection): void {
        expect(decision).toEqual({ ok: false, rejection })
      },
      /** The state after the decision, for claims about what it derives. */
      get state(): ExecutionState {
        if (!decision.ok) throw new Error(`the command was rejected: ${decision.rejection.reason}`)
        return decision.state
      },
    }
  },
})

/** The log that commands lead to, one after another. */
export const logOf = (...commands: readonly ExecutionCommand[]): ExecutionEvent[] => eventsOf([], ...commands)

/** What commands add to a log, one after another. */
export function eventsOf(
  history: readonly ExecutionEvent[],
  ...commands: readonly ExecutionCommand[]
): ExecutionEvent[] {
  const log = [...history]
  let state = fold(log)
  for (const command of commands) {
    const decision = decide(ExecutionCommand.parse(command), state, readFrom(log))
    if (!decision.ok) throw new Error(`${command.type} was rejected: ${decision.rejection.reason}`)
    log.push(...decision.events.map(throughJson))
    state = decision.state
  }
  return log.slice(history.length)
}

/** Folds a log; every state on the way is frozen, so an `evolve` that mutates throws. */
export function fold(events: readonly ExecutionEvent[], from: ExecutionState = initialState()): ExecutionState {
  let state = frozen(from)
  for (const event of events) state = frozen(evolve(state, frozen(event)))
  return state
}

/** A state as a snapshot keeps it: plain JSON, equal for equal states. */
export const asJson = (state: ExecutionState): unknown =>
  JSON.parse(JSON.stringify(state.status === 'not_started' ? state : snapshotOf(state, rules)))

export const readFrom =
  (log: readonly ExecutionEvent[]): Read =>
  (position) => {
    const event = log[position - 1]
    if (event === undefined) throw new RangeError(`the log has no position ${position}`)
    return event
  }

/** An event as a reader of the log gets it. */
export const throughJson = (event: ExecutionEvent): ExecutionEvent =>
  ExecutionEvent.parse(JSON.parse(JSON.stringify(event)))

/** Frozen to its leaves. A frozen part was frozen whole, so a shared structure is walked once. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) frozen(inner)
  return value
}
