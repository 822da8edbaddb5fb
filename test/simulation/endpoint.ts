import type { Attempt, AttemptOutcome } from '../../runtime/steps/step-runner.ts'
import type { Incarnation } from './incarnation.ts'
import type { Platform } from './platform.ts'

/** Kinds whose attempts reach the world outside. */
export const endpointKinds: ReadonlySet<string> = new Set(['http', 'code'])

/** A request that reached the world outside, and so an effect there. */
export type Effect = {
  readonly id: number
  readonly key: string
  /** The object's life that sent it. */
  readonly from: Incarnation
  /** Whether that life knew, when it sent it, that the step was under way. */
  readonly isUnderWay: boolean
  /** Where its log ended by then. */
  readonly sentAt: number
}

type Answer = { readonly afterMs: number; readonly outcome: AttemptOutcome } | 'never' | 'kills'

/** The world outside: it answers, fails, hangs and dies, and keeps a ledger of every effect. */
export class Endpoint {
  readonly ledger: Effect[] = []
  readonly #platform: Platform
  readonly #kill: (object: string) => void

  constructor(platform: Platform, kill: (object: string) => void) {
    this.#platform = platform
    this.#kill = kill
  }

  /** What `StepRunner` promises: it aborts with the signal, and never throws. */
  receive(
    from: Incarnation,
    { idempotencyKey, timeoutMs }: Attempt,
    sent: Pick<Effect, 'isUnderWay' | 'sentAt'>,
    signal: AbortSignal,
  ): Promise<AttemptOutcome> {
    const platform = this.#platform
    return new Promise((resolve) => {
      if (from.isGone) return
      if (platform.faults.strikes('crash before attempt', from.object)) {
        from.end()
        return
      }
      const effect = { id: this.ledger.length + 1, key: idempotencyKey, from, ...sent }
      this.ledger.push(effect)
      const answer = this.#answer(from.object, effect.id, timeoutMs)
      signal.addEventListener('abort', () =>
        platform.later(from, 1, () => resolve(failure('aborted', true, effect.id))),
      )
      if (answer === 'kills')
        platform.agenda.add(platform.randomOf(from.object).between(0, 50), () => this.#kill(from.object))
      else if (answer !== 'never') platform.later(from, answer.afterMs, () => resolve(answer.outcome))
    })
  }

  #answer(object: string, id: number, timeoutMs: number): Answer {
    const { faults, clock } = this.#platform
    const random = this.#platform.randomOf(object)
    // Some answers come at the same moment.
    const afterMs = random.next() < 0.5 ? random.between(0, 900) : 400 * random.between(0, 2)
    const success = { ok: true, output: { body: { effect: id } } } as const
    if (faults.strikes('runner stuck', object)) return 'never'
    if (faults.strikes('endpoint kills', object)) return 'kills'
    if (faults.strikes('endpoint hangs', object)) return { afterMs: timeoutMs, outcome: failure('timeout', true, id) }
    if (faults.strikes('endpoint answers late', object))
      return { afterMs: timeoutMs + random.between(1, 20_000), outcome: success }
    // The effect is there, and its answer lost.
    if (faults.strikes('endpoint resets', object)) return { afterMs, outcome: failure('connection_reset', true, id) }
    if (faults.strikes('endpoint refuses', object)) return { afterMs, outcome: failure('http_404', false, id) }
    if (!faults.strikes('endpoint fails', object)) return { afterMs, outcome: success }
    const asksLater = random.next() < 0.3 ? { notBefore: clock.now() + random.between(0, 5000) } : {}
    return { afterMs, outcome: { ...failure('http_503', true, id), ...asksLater } }
  }
}

const failure = (code: string, retryable: boolean, effect: number) =>
  ({ ok: false, failure: { code, message: code, details: { effect } }, retryable }) as const
