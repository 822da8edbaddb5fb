import { decide, type ExecutionState, initialState, nextWakeAt } from '../../runtime/engine/index.ts'
import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { startExecution, t0 } from '../support/events.ts'
import { readFrom } from '../support/given.ts'
import type { Behaviour, GeneratedWorkflow } from './generated-workflow.ts'

type Answer = {
  readonly at: number
  readonly command: ExecutionCommand | 'crash'
  readonly step: StepKey
  readonly attempt: number
}

/** One decision: the state it was made in, what was asked, and what was recorded. */
export type Turn = {
  readonly before: ExecutionState
  readonly command: ExecutionCommand
  readonly events: readonly ExecutionEvent[]
  readonly after: ExecutionState
}

/** Carries an execution out against the script of a generated workflow, in virtual time, until it ends. */
export class SimulatedWorld {
  readonly log: ExecutionEvent[] = []
  readonly turns: Turn[] = []
  state: ExecutionState = initialState()
  readonly #workflow: GeneratedWorkflow
  #answers: Answer[] = []
  #inFlight = new Map<StepKey, number>()

  constructor(workflow: GeneratedWorkflow) {
    this.#workflow = workflow
  }

  run(): this {
    const { graph, triggerNode, flags } = this.#workflow
    this.#handle(startExecution(graph, { triggerNode, trigger: { body: flags } }))
    for (let count = 0; this.state.status === 'running'; count += 1) {
      if (count > 10_000) throw new Error('the execution does not end')
      this.#next()
    }
    return this
  }

  /** What comes first: a timer, or an answer. At the same moment the timer. */
  #next(): void {
    const timer = this.#timerAt()
    const answer = this.#answers.toSorted((left, right) => left.at - right.at)[0]
    if (answer === undefined || timer <= answer.at) {
      if (timer === Number.POSITIVE_INFINITY) throw new Error('a running execution waits for nothing')
      this.#wake(timer)
      return
    }
    this.#answers = this.#answers.filter((other) => other !== answer)
    if (this.#inFlight.get(answer.step) === answer.attempt) this.#inFlight.delete(answer.step)
    if (answer.command === 'crash') this.#wake(answer.at)
    else this.#handle(answer.command)
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

  #wake(now: number): void {
    const inFlight = [...this.#inFlight].map(([step, attempt]) => ({ step, attempt }))
    this.#handle({ type: 'Wake', now, chance: 0.5, inFlight })
  }

  #handle(command: ExecutionCommand): void {
    const before = this.state
    const decision = decide(command, before, readFrom(this.log))
    if (!decision.ok) throw new Error(`${command.type} was rejected: ${decision.rejection.reason}`)
    this.log.push(...decision.events)
    this.state = decision.state
    this.turns.push({ before, command, events: decision.events, after: decision.state })
    for (const event of decision.events) if (event.type === 'AttemptStarted') this.#begin(event)
  }

  #begin({ step, attempt, at, timeoutAt }: EventOf<'AttemptStarted'>): void {
    const script = this.#workflow.scripts[step] ?? []
    const behaviour = script[Math.min(attempt, script.length) - 1]
    if (behaviour === undefined) throw new Error(`there is no script for ${step}`)
    this.#inFlight.set(step, attempt)
    if (behaviour.does === 'hang') return
    const answersAt = behaviour.does === 'answer late' ? timeoutAt + 1 : at + behaviour.afterMs
    this.#answers.push({ at: answersAt, step, attempt, command: answerOf(behaviour, step, attempt, answersAt) })
  }
}

function answerOf({ does, retryAfterMs }: Behaviour, step: StepKey, attempt: number, now: number): Answer['command'] {
  if (does === 'crash') return 'crash'
  if (does === 'succeed' || does === 'answer late') {
    return { type: 'SucceedAttempt', now, step, attempt, output: { body: `${step} ${attempt}` } }
  }
  const failure = { code: 'http_503', message: 'busy', details: { status: 503 } }
  const notBefore = retryAfterMs === 0 ? {} : { notBefore: now + retryAfterMs }
  return { type: 'FailAttempt', now, chance: 0.5, step, attempt, failure, retryable: does === 'fail', ...notBefore }
}

export const elapsed = (at: number): number => at - t0
