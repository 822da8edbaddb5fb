import type { ExecutionReport, ExecutionView } from '../../schemas/api/executions.ts'
import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { EventOf, ExecutionEvent, RecordedEvent } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'
import {
  assert,
  type Decision,
  type ExecutionState,
  hasMore,
  type Read,
  type Rejection,
  type Started,
} from '../engine/index.ts'
import { AlarmPlan } from './alarm-plan.ts'
import { Attempts } from './attempts.ts'
import type { ExecutionPorts } from './execution-ports.ts'
import { executionReport, executionView } from './execution-view.ts'
import { Family } from './family.ts'
import { IndexReports } from './index-reports.ts'
import { loadState, readableEvents, stateAt } from './load-state.ts'
import { Milestones } from './milestones.ts'
import { quarantinedReport, quarantinedView } from './quarantined-view.ts'
import { sendingOf } from './sending.ts'
import { Soundness } from './soundness.ts'
import { StorageFault } from './storage-fault.ts'
import { type Turn, Turns } from './turns.ts'

export type Quarantined = { readonly reason: 'quarantined'; readonly message: string }
export type RejectionReason = Rejection['reason'] | Quarantined['reason']
export type TurnResult = Decision | { readonly ok: false; readonly rejection: Quarantined }

/**
 * One execution: its log, the state that the log folds to, and the attempts it has in flight.
 * A turn decides and appends with no `await` in between; acting comes after, and its result is a turn of its own.
 */
export class Execution {
  readonly #ports: ExecutionPorts
  readonly #attempts: Attempts
  readonly #turns: Turns
  readonly #alarm: AlarmPlan
  readonly #family: Family
  readonly #milestones: Milestones
  readonly #soundness: Soundness
  readonly #reports: IndexReports
  /** Callers that are held. */
  #waiting = 0
  /** Whether the next turn of its own is on its way. */
  #goesOn = false

  constructor(ports: ExecutionPorts) {
    this.#ports = ports
    this.#attempts = new Attempts(ports)
    this.#milestones = new Milestones((ms, signal) => ports.sleep(ms, signal))
    this.#reports = new IndexReports((report) => ports.report(report))
    const loaded = loadState(ports.log)
    this.#alarm = new AlarmPlan(loaded.state)
    this.#turns = new Turns(ports, loaded, (state) => this.#alarmFor(state))
    this.#family = new Family(this, ports)
    this.#soundness = new Soundness(ports, { wake: () => this.wake(), halted: () => this.#halted() })
    if (loaded.damage !== null) this.#damaged(loaded.damage)
  }

  get id(): string {
    return this.#ports.executionId
  }

  /** Null when nothing was ever started here, or its beginning cannot be read. */
  get state(): Started | null {
    const { state } = this.#turns
    return state.status === 'not_started' ? null : state
  }

  /** Whether anything was ever recorded here, readable or not. */
  get isKnown(): boolean {
    return this.state !== null || this.quarantine !== null
  }

  get quarantine(): string | null {
    return this.#soundness.quarantine
  }

  /** Whether its storage did not answer, and has not been asked again. */
  get isInDoubt(): boolean {
    return this.#soundness.isInDoubt
  }

  /** Whether it was kept from ever beginning. */
  get neverBegins(): boolean {
    return this.#ports.log.isClosed
  }

  /** Keeps an execution that has not begun from beginning, whenever its start may come. */
  neverBegin(): void {
    this.#ports.transaction(() => this.#ports.log.close())
  }

  /** Throws `StorageFault` when the storage does not answer: then nothing was changed, and it is to be tried again. */
  handle(command: ExecutionCommand): TurnResult {
    this.#recover()
    // Answers that came before it are decided before it.
    this.#takeAnswers()
    if (this.quarantine !== null) return { ok: false, rejection: { reason: 'quarantined', message: this.quarantine } }
    const [turn] = this.#take([command])
    assert(turn !== undefined, 'the command had a turn')
    return turn.decision
  }

  /**
   * Fires what is due, finds what a crash interrupted, and goes on with what a turn left. Never throws:
   * an alarm that throws is retried six times and then never again, and the execution would sleep for ever.
   */
  wake(): void {
    this.#soundness.guard('waking failed', () => {
      this.#recover()
      // First, so that the attempts that they begin are in flight when it is looked for those that are not.
      this.#takeAnswers()
      const { state } = this
      if (this.#soundness.isDamaged) this.#family.tellQuarantine()
      if (state === null || this.quarantine !== null) return
      const now = this.#ports.now()
      this.#family.attend(now)
      if (state.status === 'running') {
        this.handle({ type: 'Wake', now, chance: this.#ports.chance(), inFlight: this.#attempts.inFlight })
      } else if (state.notices.size > 0) {
        this.#soundness.asking(() => this.#ports.transaction(() => this.#ports.setAlarm(this.wakeAt())))
      }
      this.#soundness.endOutage()
    })
  }

  /** When the alarm must come; null for none. */
  wakeAt(): number | null {
    return this.quarantine !== null || this.state === null ? null : this.#alarmFor(this.state)
  }

  /** Null when nothing was ever started here. What cannot be read is not shown; why it cannot, is. */
  view(): ExecutionView | null {
    const view = this.inspect(executionView)
    if (this.quarantine === null) return view
    return quarantinedView(this.#ports.executionId, this.state, this.quarantine, this.#turns.read)
  }

  /** Null when nothing was ever started here, or its beginning cannot be read. */
  report(): ExecutionReport | null {
    const report = this.inspect(executionReport)
    if (this.quarantine === null || this.state === null) return report
    return quarantinedReport(this.state, this.quarantine, this.#ports.log.position)
  }

  /** What the state and the log say; null when nothing was ever started here, or it cannot be read: then it is quarantined. */
  inspect<Result>(look: (state: Started, read: Read) => Result): Result | null {
    this.#recover()
    const { state } = this
    if (this.quarantine !== null || state === null) return null
    try {
      return this.#soundness.asking(() => look(state, this.#turns.read))
    } catch (error) {
      if (error instanceof StorageFault) throw error
      this.#soundness.broke('reading the log failed', error)
      return null
    }
  }

  /** Whether the execution has ended or, with `response`, answered its caller before `ms` were over. */
  async reachedWithin(milestone: 'end' | 'response', ms: number): Promise<boolean> {
    this.#waiting += 1
    const isReached = await this.isWithin(() => this.#passed()[milestone], ms)
    this.#waiting -= 1
    return isReached
  }

  /** Whether it has come to be so before `ms` were over. */
  isWithin(isSo: () => boolean, ms: number): Promise<boolean> {
    return this.#milestones.within(isSo, ms)
  }

  /** The report for the caller that is being answered, who takes it to the index: it need not be sent there again. Null as in `report`. */
  reportToCaller(): ExecutionReport | null {
    this.#reports.toldBy(this.state)
    return this.report()
  }

  /** A page of what can be read, and the position of the last event that a caller may ask for. */
  events(after: number, limit: number): { events: RecordedEvent[]; position: number } {
    const events = readableEvents(this.#ports.log, after, limit, limits.stepOutputBytes)
    const isBroken = events.length === 0 && after < this.#turns.state.position
    return { events, position: isBroken ? after : this.#turns.state.position }
  }

  /** The state at an earlier position; null when the log is not that long. */
  stateAt(position: number): ExecutionState | null {
    return position > this.#turns.state.position ? null : stateAt(this.#ports.log, position)
  }

  #alarmFor(state: Started): EpochMs | null {
    const dueAt = this.#alarm.at(state, this.#ports.now())
    const tellAt = this.#family.tellAt(state)
    return dueAt === null || tellAt === null ? (dueAt ?? tellAt) : Math.min(dueAt, tellAt)
  }

  /** What follows from a turn that is recorded: nothing here can undo it. */
  #act(events: readonly ExecutionEvent[], before: number): void {
    for (const event of events) {
      // Another step may have ended the execution in the turn that started the attempt: then it is never sent.
      if (event.type === 'AttemptStarted' && !this.#isOver(event.step))
        this.#ports.keepAlive(this.#carryOut(event).catch((error) => this.#soundness.broke('an attempt failed', error)))
      else if ('step' in event && event.step !== undefined && this.#isOver(event.step)) this.#attempts.abort(event.step)
    }
    this.#ports.publish(events.map((event, index) => ({ ...event, position: before + index + 1 })))
    this.#milestones.pass()
    // The answer to `start` is the first report; and a caller who waits will be told.
    if (before > 0 && this.#waiting === 0) {
      this.#soundness.guard('reporting failed', () => this.#reports.change(this.state, () => this.report()))
    }
    this.#goOn()
    if (this.state !== null) this.#family.attend(this.state.lastAt)
  }

  /** Takes the next turn by itself where this one left off, when the requests that are already there have had theirs. */
  #goOn(): void {
    if (this.#goesOn || !hasMore(this.#turns.state)) return
    this.#goesOn = true
    this.#ports.after(0, () => {
      this.#goesOn = false
      this.wake()
    })
  }

  #isOver(step: StepKey): boolean {
    return this.state?.steps.get(step)?.status !== 'running'
  }

  #passed(): { readonly end: boolean; readonly response: boolean } {
    const end = this.quarantine !== null || (this.state !== null && this.state.endedAt !== null)
    return { end, response: end || (this.state !== null && this.state.respondedAt > 0) }
  }

  async #carryOut(started: EventOf<'AttemptStarted'>): Promise<void> {
    const { state } = this
    assert(state !== null, 'an attempt belongs to an execution that has begun')
    const sending = this.#soundness.asking(() => sendingOf(started, state, this.#turns.read, this.#ports))
    const waiting = await this.#attempts.carryOut(started, sending)
    if (waiting === 0) return
    const take = (): void =>
      this.#soundness.guard('an attempt failed', () => {
        this.#recover()
        this.#takeAnswers()
      })
    // Of many attempts some are answered at the same time: their turns share a commit.
    if ((this.state?.busy.size ?? 0) <= limits.gatherAttempts) take()
    else if (waiting === 1) this.#ports.after(0, take)
  }

  #takeAnswers(): void {
    if (this.quarantine !== null) return
    try {
      this.#attempts.giveAnswers((answers) => this.#take(answers))
    } catch (error) {
      if (error instanceof StorageFault) throw error
      this.#soundness.broke('an attempt failed', error)
    }
  }

  #take(commands: readonly ExecutionCommand[]): readonly Turn[] {
    const turns = this.#soundness.asking(() => this.#turns.record(commands))
    this.#soundness.endOutage()
    if (this.state !== null) this.#alarm.follow(this.state)
    for (const { decision, before } of turns)
      if (decision.ok && decision.events.length > 0) this.#act(decision.events, before)
    return turns
  }

  /** Loads anew what the storage holds, when it did not answer before. Throws as long as it does not. */
  #recover(): void {
    if (!this.isInDoubt) return
    const before = this.#turns.state.position
    const { damage, kept } = this.#soundness.asking(() => this.#turns.reload())
    this.#soundness.loaded()
    if (damage !== null) this.#damaged(damage)
    else if (kept.length > 0) this.#act(kept, before)
  }

  #damaged(damage: string): void {
    this.#soundness.damaged(damage)
    this.#family.tellQuarantine()
  }

  /** Nothing is decided or appended from here on. */
  #halted(): void {
    this.#milestones.pass()
    this.#soundness.guard('reporting failed', () => this.#reports.tell(this.report()))
  }
}
