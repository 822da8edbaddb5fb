import type { CommandOf } from '../../schemas/execution-commands.ts'
import type { EventOf, StepRequest } from '../../schemas/execution-events.ts'
import type { Node, StepKey } from '../../schemas/graph.ts'
import { assert } from '../engine/index.ts'
import type { StepRunner } from '../steps/step-runner.ts'
import type { ExecutionPorts } from './execution-ports.ts'
import { InFlight } from './in-flight.ts'

/** Carries out attempts. What comes of one is a command of its own. */
export class Attempts {
  readonly #ports: Pick<ExecutionPorts, 'now' | 'chance'>
  readonly #inFlight: InFlight

  constructor(ports: Pick<ExecutionPorts, 'now' | 'chance'>) {
    this.#ports = ports
    this.#inFlight = new InFlight(() => ports.now())
  }

  /** Those that nobody has answered yet. */
  get inFlight(): CommandOf<'Wake'>['inFlight'] {
    return this.#inFlight.list()
  }

  /** Nobody waits for its answer any more. */
  abort(step: StepKey): void {
    this.#inFlight.abort(step)
  }

  /** Null when it was aborted. */
  async carryOut(
    { step, attempt, at, timeoutAt, idempotencyKey }: EventOf<'AttemptStarted'>,
    node: Node,
    request: StepRequest,
    runner: StepRunner | undefined,
  ): Promise<CommandOf<'SucceedAttempt' | 'FailAttempt'> | null> {
    assert(runner !== undefined, `there is a runner for ${request.kind}`)
    const outcome = await this.#inFlight.carry(step, attempt, (signal) =>
      runner({ node, request, idempotencyKey, timeoutMs: timeoutAt - at }, signal),
    )
    if (outcome === null) return null
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
