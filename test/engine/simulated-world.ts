import { decide, type ExecutionState, initialState, nextWakeAt, type Rejection } from '../../runtime/engine/index.ts'
import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { startExecution, t0 } from '../support/events.ts'
import { readFrom } from '../support/given.ts'
import type { GeneratedExecution } from './generated-execution.ts'
import { behaviourOf, type Intervention, meetsOf } from './generated-world.ts'
import { answerOf, answersOf, endOfChild, interventionAt, verdictOn } from './world-commands.ts'

/** `attempt`: what a crash of everything takes with it. */
type Item = {
  readonly at: number
  readonly command: ExecutionCommand | 'crash' | 'crash of all'
  readonly attempt?: { readonly step: StepKey; readonly attempt: number }
}

/** One decision: the state it was made in, what was asked, and what was recorded. */
export type Turn = {
  readonly before: ExecutionState
  readonly command: ExecutionCommand
  readonly events: readonly ExecutionEvent[]
  readonly after: ExecutionState
}

/** Something between two turns that must not change what comes of the execution. */
export type Between = (state: ExecutionState) => ExecutionState

/** Carries an execution out against the world of a generated one, in virtual time, until nothing is left of it. */
export class SimulatedWorld {
  readonly log: ExecutionEvent[] = []
  readonly turns: Turn[] = []
  /** What was refused while the execution ran, with the reason. */
  readonly refusals: string[] = []
  state: ExecutionState = initialState()
  readonly #execution: GeneratedExecution
  readonly #between: Between
  #now = t0
  #agenda: Item[] = []
  #retries = 0
  #inFlight = new Map<StepKey, number>()

  constructor(execution: GeneratedExecution, between: Between = (state) => state) {
    this.#execution = execution
    this.#between = between
  }

  run(): this {
    const { graph, triggerNode, trigger, interventions } = this.#execution
    for (const intervention of interventions) this.#plan(intervention)
    this.#handle(startExecution(graph, { triggerNode, trigger }))
    for (let count = 0; this.state.status === 'running' || this.#agenda.length > 0; count += 1) {
      if (count > 10_000) throw new Error('the execution does not end')
      this.#next()
    }
    return this
  }

  #plan(intervention: Intervention): void {
    for (const { at, command } of interventionAt(intervention)) this.#agenda.push({ at, command })
  }

  /** What comes first: a timer, or what the world does. At the same moment the timer. */
  #next(): void {
    const timer = this.#timerAt()
    const [item] = this.#agenda.toSorted((left, right) => left.at - right.at)
    if (item === undefined || timer <= item.at) {
      if (timer === Number.POSITIVE_INFINITY) this.#lastResort()
      else this.#wake(timer)
      return
    }
    this.#agenda = this.#agenda.filter((other) => other !== item)
    this.#now = Math.max(this.#now, item.at)
    const { attempt } = item
    if (attempt !== undefined && this.#inFlight.get(attempt.step) === attempt.attempt)
      this.#inFlight.delete(attempt.step)
    if (item.command === 'crash of all') this.#loseAll()
    else if (item.command === 'crash') this.#wake(item.at)
    else this.#handle(item.command)
  }

  /** Nothing moves it any more: somebody resumes it, or gives up on it. */
  #lastResort(): void {
    const isPaused = this.state.status === 'running' && this.state.pause !== null
    const now = this.#now
    if (isPaused) this.#handle({ type: 'ResumeExecution', now })
    else this.#handle({ type: 'CancelExecution', now, reason: 'nothing comes any more' })
  }

  #loseAll(): void {
    this.#agenda = this.#agenda.filter(({ attempt }) => attempt === undefined)
    this.#inFlight.clear()
    this.#wake(this.#now)
  }

  #timerAt(): number {
    const { state } = this
    if (state.status !== 'running') return Number.POSITIVE_INFINITY
    const due = [...state.busy.keys()].flatMap((step) => {
      const current = state.steps.get(step)
      return current?.status === 'running' ? [current.timeoutAt] : []
    })
    return Math.min(nextWakeAt(state) ?? Number.POSITIVE_INFINITY, ...due)
  }

  #wake(at: number): void {
    this.#now = Math.max(this.#now, at)
    const inFlight = [...this.#inFlight].map(([step, attempt]) => ({ step, attempt }))
    this.#handle({ type: 'Wake', now: this.#now, chance: 0.5, inFlight })
  }

  #handle(command: ExecutionCommand): void {
    const before = this.#between(this.state)
    const decision = decide(command, before, readFrom(this.log))
    if (!decision.ok) {
      this.#refuse(command, decision.rejection)
      return
    }
    this.log.push(...decision.events)
    this.state = decision.state
    this.turns.push({ before, command, events: decision.events, after: decision.state })
    for (const event of decision.events) this.#answer(event)
    this.#tell()
  }

  #refuse(command: ExecutionCommand, { reason }: Rejection): void {
    if (reason !== 'not_running') this.refusals.push(`${command.type} ${reason}`)
  }

  /** What the world does because of an event. */
  #answer(event: ExecutionEvent): void {
    if (event.type === 'AttemptStarted') this.#begin(event)
    else if (event.type === 'WaitStarted')
      this.#agenda.push(...answersOf(event, meetsOf(this.#execution, event.step).wait))
    else if (event.type === 'ChildStarted') {
      this.#agenda.push(endOfChild(event, meetsOf(this.#execution, event.step).child))
    } else if (event.type === 'StepUnknown') {
      this.#agenda.push(...verdictOn(event, meetsOf(this.#execution, event.step).verdict))
    } else if (event.type === 'ExecutionFailed') {
      const afterMs = this.#execution.retriesAfterMs[this.#retries]
      this.#retries += 1
      if (afterMs === undefined) return
      const at = event.at + afterMs
      this.#agenda.push({ at, command: { type: 'RetryExecution', now: at } })
    }
  }

  #begin({ step, attempt, at, timeoutAt }: EventOf<'AttemptStarted'>): void {
    const behaviour = behaviourOf(this.#execution, step, attempt)
    this.#inFlight.set(step, attempt)
    if (behaviour.does === 'hang') return
    const answersAt = behaviour.does === 'answer late' ? timeoutAt + 1 : at + behaviour.afterMs
    const command = answerOf(behaviour, { step, attempt, now: answersAt, graph: this.#execution.graph })
    this.#agenda.push({ at: answersAt, command, attempt: { step, attempt } })
  }

  /** Tells the other executions what they have not heard, one after another. They hear it at once. */
  #tell(): void {
    const [first] = this.state.status === 'not_started' ? [] : this.state.notices.entries()
    if (first === undefined) return
    const [to, noted] = first
    this.#handle({ type: 'DeliverNotice', now: this.#now, ...noted, child: Number(to) })
  }
}

export const elapsed = (at: number): number => at - t0
