import type { ExecutionReport, ExecutionView } from '../../schemas/api/executions.ts'
import type { CommandOf, ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { EventOf, ExecutionEvent, RecordedEvent } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import { rules } from '../engine/decide.ts'
import {
  assert,
  type Decision,
  decide,
  type ExecutionState,
  nextWakeAt,
  nodeOf,
  type Rejection,
  type Started,
  statusOf,
} from '../engine/index.ts'
import { snapshotOf } from '../engine/snapshot.ts'
import { topologyOf } from '../engine/topology.ts'
import type { ExecutionPorts } from './execution-ports.ts'
import { callerResponse, executionReport, executionView } from './execution-view.ts'
import { faultOf } from './fault.ts'
import { InFlight } from './in-flight.ts'
import { loadState, readableEvents, stateAt } from './load-state.ts'
import { Milestones } from './milestones.ts'
import { quarantinedReport, quarantinedView } from './quarantined-view.ts'
import type { Outcome } from './start.ts'

export type Quarantined = { readonly reason: 'quarantined'; readonly message: string }
export type RejectionReason = Rejection['reason'] | Quarantined['reason']
export type TurnResult = Decision | { readonly ok: false; readonly rejection: Quarantined }

/**
 * One execution: its log, the state that the log folds to, and the attempts it has in flight.
 * A turn decides and appends with no `await` in between; acting comes after, and its result is a turn of its own.
 */
export class Execution {
  readonly #ports: ExecutionPorts
  readonly #inFlight: InFlight
  readonly #milestones = new Milestones()
  #state: ExecutionState
  #quarantine: string | null = null
  /** The status that the index was last told. */
  #reported = ''
  /** Callers that are held. */
  #waiting = 0
  #recent: readonly ExecutionEvent[] = []
  #recentAfter = 0

  constructor(ports: ExecutionPorts) {
    this.#ports = ports
    this.#inFlight = new InFlight(() => ports.now())
    const loaded = loadState(ports.log)
    this.#state = loaded.state
    if (loaded.damage !== null) this.#isolate(loaded.damage)
  }

  get id(): string {
    return this.#ports.executionId
  }

  /** Null when nothing was ever started here, or its beginning cannot be read. */
  get state(): Started | null {
    return this.#state.status === 'not_started' ? null : this.#state
  }

  /** Whether anything was ever recorded here, readable or not. */
  get isKnown(): boolean {
    return this.state !== null || this.#quarantine !== null
  }

  get quarantine(): string | null {
    return this.#quarantine
  }

  handle(command: ExecutionCommand): TurnResult {
    if (this.#quarantine !== null) return { ok: false, rejection: { reason: 'quarantined', message: this.#quarantine } }
    const before = this.#state.position
    const decision = this.#ports.transaction(() => this.#decide(command))
    if (!decision.ok || decision.events.length === 0) return decision
    this.#state = decision.state
    this.#recent = decision.events
    this.#recentAfter = before
    this.#act(decision.events, before)
    return decision
  }

  /**
   * Fires what is due and finds what a crash interrupted. Never throws: an alarm that throws is
   * retried six times and then never again, and the execution would sleep for ever.
   */
  wake(): void {
    if (this.#state.status !== 'running') return
    try {
      this.handle({
        type: 'Wake',
        now: this.#ports.now(),
        chance: this.#ports.chance(),
        inFlight: this.#inFlight.list(),
      })
    } catch (error) {
      this.#isolate(`waking failed: ${faultOf(error)}`)
    }
  }

  /** When the alarm must come; null for none. */
  wakeAt(): number | null {
    return this.#quarantine === null ? nextWakeAt(this.#state) : null
  }

  /** Null when nothing was ever started here. What cannot be read is not shown; why it cannot, is. */
  view(): ExecutionView | null {
    const { state } = this
    const view = state === null ? null : this.#sound(() => executionView(state, this.#read))
    if (this.#quarantine === null) return view
    return quarantinedView(this.#ports.executionId, state, this.#quarantine, this.#read)
  }

  /** Null when nothing was ever started here, or its beginning cannot be read. */
  report(): ExecutionReport | null {
    const { state } = this
    if (state === null) return null
    const report = this.#sound(() => executionReport(state, this.#read))
    return this.#quarantine === null ? report : quarantinedReport(state, this.#quarantine, this.#ports.log.position)
  }

  /** For a caller that waited; null when nothing was ever started here. */
  outcome(): Outcome | null {
    const { state } = this
    // First, because what cannot be read here is what the view then says.
    const response = state === null ? null : this.#sound(() => callerResponse(state, this.#read))
    const view = this.view()
    if (view === null) return null
    const { status, output, error } = view
    return {
      status,
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
      response,
    }
  }

  /** Whether the execution has ended or, with `response`, answered its caller before `ms` were over. */
  async reachedWithin(milestone: 'end' | 'response', ms: number): Promise<boolean> {
    if (this.#passed()[milestone]) return true
    const isOver = new AbortController()
    this.#waiting += 1
    await Promise.race([this.#milestones.reached(milestone, isOver.signal), this.#ports.sleep(ms, isOver.signal)])
    this.#waiting -= 1
    isOver.abort()
    return this.#passed()[milestone]
  }

  /** The report for the caller that is being answered, who takes it to the index: it need not be sent there again. */
  reportToCaller(): ExecutionReport {
    const report = this.report()
    assert(report !== null, 'an execution that was asked to start has a report')
    this.#reported = this.#statusKey()
    return report
  }

  /** A page of what can be read, and the position of the last event that a caller may ask for. */
  events(after: number, limit: number): { events: RecordedEvent[]; position: number } {
    const events = readableEvents(this.#ports.log, after, limit, limits.stepOutputBytes)
    const isBroken = events.length === 0 && after < this.#state.position
    return { events, position: isBroken ? after : this.#state.position }
  }

  /** The state at an earlier position; null when the log is not that long. */
  stateAt(position: number): ExecutionState | null {
    return position > this.#state.position ? null : stateAt(this.#ports.log, position)
  }

  #decide(command: ExecutionCommand): Decision {
    const decision = decide(command, this.#state, this.#read)
    if (!decision.ok) return decision
    const before = this.#state.position
    if (decision.events.length > 0) this.#ports.log.append(decision.events, before)
    const { state } = decision
    const isOver = Math.floor(state.position / limits.snapshotEvents) > Math.floor(before / limits.snapshotEvents)
    if (isOver && state.status !== 'not_started')
      this.#ports.log.saveSnapshot({ position: state.position, state: snapshotOf(state, rules) })
    this.#ports.setAlarm(nextWakeAt(state))
    return decision
  }

  /** The last turn's events are at hand; older bodies come from the log. */
  readonly #read = (position: number): ExecutionEvent =>
    this.#recent[position - this.#recentAfter - 1] ?? this.#ports.log.at(position)

  /** What follows from a turn that is recorded: nothing here can undo it. */
  #act(events: readonly ExecutionEvent[], before: number): void {
    for (const event of events) {
      // Another step may have ended the execution in the turn that started the attempt: then it is never sent.
      if (event.type === 'AttemptStarted' && !this.#isOver(event.step))
        this.#ports.keepAlive(
          this.#carryOut(event).catch((error) => this.#isolate(`an attempt failed: ${faultOf(error)}`)),
        )
      else if ('step' in event && event.step !== undefined && this.#isOver(event.step)) this.#inFlight.abort(event.step)
    }
    this.#ports.publish(events.map((event, index) => ({ ...event, position: before + index + 1 })))
    this.#milestones.pass(this.#passed())
    this.#reportChange()
  }

  #isOver(step: CommandOf<'FailAttempt'>['step']): boolean {
    return this.state?.steps.get(step)?.status !== 'running'
  }

  #passed(): { readonly end: boolean; readonly response: boolean } {
    const end = this.#quarantine !== null || (this.state !== null && this.state.endedAt !== null)
    return { end, response: end || (this.state !== null && this.state.respondedAt > 0) }
  }

  async #carryOut({ step, attempt, at, timeoutAt, idempotencyKey }: EventOf<'AttemptStarted'>): Promise<void> {
    assert(this.state !== null, 'an attempt is of an execution that was started')
    const node = topologyOf(this.state.graph).node(nodeOf(step))
    const request = this.#requestOf(step)
    const runner = this.#ports.runner(request.kind)
    assert(runner !== undefined, `there is a runner for ${request.kind}`)
    const outcome = await this.#inFlight.carry(step, attempt, (signal) =>
      runner({ node, request, idempotencyKey, timeoutMs: timeoutAt - at }, signal),
    )
    if (outcome === null || this.state?.status !== 'running') return
    const now = this.#ports.now()
    if (outcome.ok) this.handle({ type: 'SucceedAttempt', now, step, attempt, output: outcome.output })
    else {
      const { failure, retryable, notBefore } = outcome
      this.handle({
        type: 'FailAttempt',
        now,
        chance: this.#ports.chance(),
        step,
        attempt,
        failure,
        retryable,
        ...(notBefore === undefined ? {} : { notBefore }),
      })
    }
  }

  #requestOf(step: CommandOf<'FailAttempt'>['step']) {
    const current = this.state?.steps.get(step)
    assert(current !== undefined && 'requestAt' in current, `step ${step} has a request`)
    const event = this.#read(current.requestAt)
    assert(event.type === 'AttemptStarted' && event.request !== undefined, 'the first attempt records its request')
    return event.request
  }

  /** A list shows a status, so only changes of it are reported; and not while a caller waits who will be told. */
  #reportChange(): void {
    const key = this.#statusKey()
    if (key === this.#reported || this.#waiting > 0 || this.#recentAfter === 0) return
    this.#reported = key
    const report = this.report()
    if (report !== null) this.#ports.report(report)
  }

  #statusKey(): string {
    if (this.state === null) return ''
    const status = statusOf(this.state)
    return status === 'waiting' ? `${status} ${this.wakeAt()}` : status
  }

  /** Reads from the log; null, and quarantine, when what it should hold cannot be read. */
  #sound<Result>(read: () => Result): Result | null {
    if (this.#quarantine !== null) return null
    try {
      return read()
    } catch (error) {
      this.#isolate(`reading the log failed: ${faultOf(error)}`)
      return null
    }
  }

  /** From here on nothing is decided or appended: what would follow from a broken state is worse than a halt. */
  #isolate(message: string): void {
    if (this.#quarantine !== null) return
    this.#quarantine = message
    this.#ports.reportFault(`execution ${this.#ports.executionId} is quarantined: ${message}`)
    this.#milestones.pass(this.#passed())
    const report = this.report()
    if (report !== null) this.#ports.report(report)
  }
}
