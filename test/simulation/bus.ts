import { type Incarnation, ObjectReset } from './incarnation.ts'
import type { Platform } from './platform.ts'
import type { Served, SimulatedObject } from './simulated-object.ts'

export class CallFailed extends Error {
  override readonly name = 'CallFailed'
}

export type Methods<Server> = {
  [Name in keyof Server]: Server[Name] extends (...parameters: never[]) => unknown ? Name : never
}[keyof Server]
export type ParametersOf<Method> = Method extends (...parameters: infer Parameters) => unknown ? Parameters : never
type ResultOf<Method> = Method extends (...parameters: never[]) => infer Result ? Awaited<Result> : never

/** How long a call may be on its way that its caller has perhaps given up. */
export const LATE_MS = 90_000

/** Carries calls to objects, each of which may be lost, late, doubled or refused, and its reply too. */
export class Bus {
  readonly #platform: Platform

  constructor(platform: Platform) {
    this.#platform = platform
  }

  /** `from`: null for a caller outside. The promise of one whose life is over never settles. */
  call<Server extends Served, Name extends Methods<Server>>(
    from: Incarnation | null,
    to: SimulatedObject<Server>,
    name: Name,
    ...parameters: ParametersOf<Server[Name]>
  ): Promise<ResultOf<Server[Name]>> {
    const { faults } = this.#platform
    const deliver = async (sent: readonly unknown[]): Promise<unknown> => {
      if (faults.strikes('callee crashes before call', to.name)) crash(to)
      const value = await to.deliver((server) =>
        (server[name] as (...parameters: unknown[]) => unknown).apply(server, [...sent]),
      )
      if (faults.strikes('callee crashes before reply', to.name)) crash(to)
      return value
    }
    return new Promise((resolve, reject) => {
      if (from?.isGone) return
      if (from !== null && faults.strikes('caller crashes before call', from.object)) {
        from.end()
        return
      }
      const { agenda } = this.#platform
      const settle = (afterMs: number, how: () => void): void =>
        from === null ? agenda.add(afterMs, how) : this.#platform.later(from, afterMs, how)
      const failAfter = (afterMs: number, message: string): void =>
        settle(afterMs, () => reject(new CallFailed(message)))
      const route = this.#route(to.name)
      if (route.failsAfterMs !== null) failAfter(route.failsAfterMs, `${to.name} did not answer`)
      for (const deliverAfterMs of route.deliveriesAfterMs) {
        const sent = structuredClone(parameters)
        agenda.add(deliverAfterMs, () => {
          deliver(sent).then(
            (value) => {
              if (from !== null && !from.isGone && faults.strikes('caller crashes before reply', from.object))
                from.end()
              this.#reply(
                to,
                () => settle(this.#latency(to.name), () => resolve(structuredClone(value) as never)),
                failAfter,
              )
            },
            (error: unknown) => settle(this.#latency(to.name), () => reject(error)),
          )
        })
      }
    })
  }

  /** When the request arrives, perhaps more than once or never, and whether the caller hears of an error first. */
  #route(to: string): { readonly deliveriesAfterMs: readonly number[]; readonly failsAfterMs: number | null } {
    const { faults } = this.#platform
    const random = this.#platform.randomOf(to)
    if (faults.strikes('object overloaded', to)) return { deliveriesAfterMs: [], failsAfterMs: this.#latency(to) }
    if (faults.strikes('request lost', to)) return { deliveriesAfterMs: [], failsAfterMs: random.between(1, 30_000) }
    if (faults.strikes('request outlives its caller', to))
      return { deliveriesAfterMs: [random.between(1, LATE_MS)], failsAfterMs: this.#latency(to) }
    if (faults.strikes('request late', to))
      return { deliveriesAfterMs: [random.between(100, LATE_MS)], failsAfterMs: null }
    if (faults.strikes('request twice', to))
      return { deliveriesAfterMs: [this.#latency(to), random.between(1, 3000)], failsAfterMs: null }
    return { deliveriesAfterMs: [this.#latency(to)], failsAfterMs: null }
  }

  #reply<Server extends Served>(
    to: SimulatedObject<Server>,
    answer: () => void,
    failAfter: (afterMs: number, message: string) => void,
  ): void {
    const { faults } = this.#platform
    if (faults.strikes('reply lost', to.name)) failAfter(this.#latency(to.name), `the reply of ${to.name} was lost`)
    else answer()
    if (faults.strikes('crash after reply', to.name)) to.kill()
  }

  #latency(to: string): number {
    const { faults } = this.#platform
    const random = this.#platform.randomOf(to)
    return faults.strikes('network slow', to) ? random.between(100, 5000) : random.between(0, 8)
  }
}

function crash(object: { kill(): void }): never {
  object.kill()
  throw new ObjectReset()
}
