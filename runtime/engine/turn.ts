import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { assert } from './assert.ts'
import { evolve } from './evolve.ts'
import { reachedBy } from './reached.ts'
import type { ExecutionState, Started } from './state.ts'

/** Gives the event at a position, synchronously: from SQLite in the object, from memory in the browser. */
export type Read = (position: number) => ExecutionEvent

/** One command being decided: the events so far, and the state that they make. */
export class Turn {
  readonly events: ExecutionEvent[] = []
  /** Steps that edges led to and that nobody has looked at since, in the order of the log. */
  readonly reached: StepKey[] = []
  /** Recorded time never goes back, whatever the clock does. */
  readonly at: EpochMs
  /** Bodies that this turn has read, so that a chain of a hundred steps parses a trigger once. */
  readonly #bodies = new Map<number, ExecutionEvent>()
  readonly #read: Read
  readonly #from: number
  #state: ExecutionState

  constructor(state: ExecutionState, read: Read, now: EpochMs) {
    this.#state = state
    this.#from = state.position
    this.#read = read
    this.at = state.status === 'not_started' ? now : Math.max(now, state.lastAt)
  }

  get state(): Started {
    assert(this.#state.status !== 'not_started', 'a turn begins with ExecutionStarted')
    return this.#state
  }

  get isRunning(): boolean {
    return this.#state.status === 'running'
  }

  /** Whether it is paused: nothing begins then. */
  get isHeld(): boolean {
    return this.state.pause !== null
  }

  record(event: ExecutionEvent): void {
    this.events.push(event)
    this.#state = evolve(this.#state, event)
    this.reached.push(...reachedBy(this.state, event))
  }

  read(position: number): ExecutionEvent {
    const known = this.events[position - this.#from - 1] ?? this.#bodies.get(position)
    if (known !== undefined) return known
    const event = this.#read(position)
    this.#bodies.set(position, event)
    return event
  }
}
