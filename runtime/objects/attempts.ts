import type { CommandOf, ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { EventOf } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { assert } from '../engine/index.ts'
import type { AttemptOutcome } from '../steps/step-runner.ts'
import type { ExecutionPorts } from './execution-ports.ts'
import { InFlight } from './in-flight.ts'
import type { Sending } from './sending.ts'
import { StorageFault } from './storage-fault.ts'

type Answer = CommandOf<'SucceedAttempt' | 'FailAttempt'>

/** Carries out attempts. What comes of one is a command of its own. */
export class Attempts {
  readonly #ports: Pick<ExecutionPorts, 'now' | 'chance'>
  readonly #inFlight: InFlight
  readonly #answers: Answer[] = []

  constructor(ports: Pick<ExecutionPorts, 'now' | 'chance'>) {
    this.#ports = ports
    this.#inFlight = new InFlight(() => ports.now())
  }

  /** Those that nobody has answered yet. */
  get inFlight(): CommandOf<'Wake'>['inFlight'] {
    return this.#inFlight.list()
  }

  /** Gives the answers that are there to a turn. What a storage that does not answer cannot record stays: it was done outside, and need not be done twice. */
  giveAnswers(take: (answers: readonly ExecutionCommand[]) => void): void {
    if (this.#answers.length === 0) return
    const answers = this.#answers.splice(0)
    try {
      take(answers)
    } catch (error) {
      if (error instanceof StorageFault) this.#answers.unshift(...answers)
      throw error
    }
  }

  /** Nobody waits for its answer any more. */
  abort(step: StepKey): void {
    this.#inFlight.abort(step)
  }

  /** Gives how many answers wait for a turn with this one; 0 when it was aborted, and has none. */
  async carryOut(
    { step, attempt, at, timeoutAt, idempotencyKey }: EventOf<'AttemptStarted'>,
    { node, request, runner }: Sending,
  ): Promise<number> {
    assert(runner !== undefined, `there is a runner for ${request.kind}`)
    const outcome = await this.#inFlight.carry(step, attempt, (signal) =>
      runner({ node, request, idempotencyKey, timeoutMs: timeoutAt - at }, signal),
    )
    return outcome === null ? 0 : this.#answers.push(this.#answerOf(step, attempt, outcome))
  }

  #answerOf(step: StepKey, attempt: number, outcome: AttemptOutcome): Answer {
    const now = this.#ports.now()
    if (outcome.ok) return { type: 'SucceedAttempt', now, step, attempt, output: outcome.output }
    const { failure, retryable, notBefore } = outcome
    return {
      type: 'FailAttempt',
      now,
      chance: this.#ports.chance(),
      step,
      attempt,
      failure,
      retryable,
      ...(notBefore === undefined ? {} : { notBefore }),
    }
  }
}
