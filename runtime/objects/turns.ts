import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { ExecutionEvent, RecordedEvent } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { rules } from '../engine/decide.ts'
import { type Decision, decide, type ExecutionState, type Read, type Started } from '../engine/index.ts'
import { snapshotOf, snapshotSize } from '../engine/snapshot.ts'
import { EventReader } from './event-reader.ts'
import type { ExecutionPorts } from './execution-ports.ts'
import { type Loaded, loadState } from './load-state.ts'

/** One command, decided. `before` is the position of the last event before those that it led to. */
export type Turn = { readonly decision: Decision; readonly before: number }

/** `kept`: what a commit that seemed to fail has recorded all the same. */
type Reloaded = { readonly damage: Loaded['damage']; readonly kept: readonly RecordedEvent[] }

/** The turns of an execution: the state that its log folds to, in step with the log. It decides and records, and acts on nothing. */
export class Turns {
  readonly #ports: Pick<ExecutionPorts, 'log' | 'transaction' | 'setAlarm'>
  readonly #events: EventReader
  readonly #alarmFor: (state: Started) => EpochMs | null
  #state: ExecutionState
  #snapshotAt: number

  constructor(
    ports: Pick<ExecutionPorts, 'log' | 'transaction' | 'setAlarm'>,
    loaded: Loaded,
    alarmFor: (state: Started) => EpochMs | null,
  ) {
    this.#ports = ports
    this.#events = new EventReader(ports.log)
    this.#alarmFor = alarmFor
    this.#state = loaded.state
    this.#snapshotAt = loaded.snapshotAt
  }

  get state(): ExecutionState {
    return this.#state
  }

  readonly read: Read = (position) => this.#events.read(position)

  /** Gives each command a turn, with no `await` in between and all in one commit: all of them are kept, or none. */
  record(commands: readonly ExecutionCommand[]): readonly Turn[] {
    const state = this.#state
    const snapshotAt = this.#snapshotAt
    try {
      return this.#ports.transaction(() => commands.map((command) => this.#turn(command)))
    } catch (error) {
      this.#state = state
      this.#snapshotAt = snapshotAt
      this.#events.recorded([], state.position)
      throw error
    }
  }

  /** Drops what is held, and folds what the storage holds now. Throws when that does not answer; then nothing is changed. */
  reload(): Reloaded {
    const { log } = this.#ports
    const before = this.#state.position
    log.reload()
    const { state, damage, snapshotAt } = loadState(log)
    const { position } = state
    const kept = position > before ? log.after(before, position - before) : []
    this.#state = state
    this.#snapshotAt = snapshotAt
    this.#events.forget()
    const isShorter = damage === null && position < before
    return { damage: isShorter ? `the log ends at position ${position}, and went on to ${before}` : damage, kept }
  }

  #turn(command: ExecutionCommand): Turn {
    const before = this.#state.position
    const decision = decide(command, this.#state, this.read)
    if (!decision.ok || decision.state.status === 'not_started') return { decision, before }
    const { events, state } = decision
    if (events.length > 0) this.#append(events, before, state)
    this.#ports.setAlarm(this.#alarmFor(state))
    return { decision, before }
  }

  #append(events: readonly ExecutionEvent[], before: number, state: Started): void {
    this.#ports.log.append(events, before)
    this.#state = state
    this.#events.recorded(events, before)
    const since = state.position - this.#snapshotAt
    // A large state is kept more seldom, so that keeping it costs each event the same.
    if (since < limits.snapshotEvents || since < snapshotSize(state) / limits.snapshotEntriesPerEvent) return
    this.#ports.log.saveSnapshot({ position: state.position, state: snapshotOf(state, rules) })
    this.#snapshotAt = state.position
  }
}
