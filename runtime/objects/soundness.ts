import type { ExecutionPorts } from './execution-ports.ts'
import { faultOf } from './fault.ts'
import { Outage } from './outage.ts'
import { StorageFault } from './storage-fault.ts'

type Ports = Pick<ExecutionPorts, 'executionId' | 'now' | 'transaction' | 'setAlarm' | 'after' | 'reportFault'>

type Owner = {
  /** Goes on, if the storage answers again. */
  wake(): void
  /** It is quarantined. */
  halted(): void
}

/**
 * Whether an execution can be trusted to go on. What must not happen quarantines it: what would follow
 * from a broken state is worse than a halt. A storage that does not answer is waited for.
 */
export class Soundness {
  readonly #ports: Ports
  readonly #outage: Outage
  readonly #halted: () => void
  #quarantine: string | null = null
  #isDamaged = false

  constructor(ports: Ports, { wake, halted }: Owner) {
    this.#ports = ports
    this.#halted = halted
    this.#outage = new Outage(ports, (at) => ports.setAlarm(at), wake)
  }

  /** Why nothing is decided or appended any more. */
  get quarantine(): string | null {
    return this.#quarantine
  }

  /** Whether it is for its log: what else is wrong may be well when it is loaded anew. */
  get isDamaged(): boolean {
    return this.#isDamaged
  }

  /** Whether what is held may not be what the storage holds. */
  get isInDoubt(): boolean {
    return this.#outage.isInDoubt && this.#quarantine === null
  }

  /** What is held was loaded anew. */
  loaded(): void {
    this.#outage.loaded()
  }

  /** The storage has done all that it was asked. */
  endOutage(): void {
    this.#outage.end()
  }

  /** Asks the storage for something. */
  asking<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if (error instanceof StorageFault) this.#outage.note(error)
      throw error
    }
  }

  /** Does what nobody waits for. */
  guard(what: string, work: () => void): void {
    try {
      work()
    } catch (error) {
      this.broke(what, error)
    }
  }

  /** A fault of the storage passes; anything else must not happen. */
  broke(what: string, error: unknown): void {
    if (!(error instanceof StorageFault)) this.#isolate(`${what}: ${faultOf(error)}`)
  }

  damaged(damage: string): void {
    this.#isDamaged = true
    this.#isolate(damage)
  }

  #isolate(message: string): void {
    if (this.#quarantine !== null) return
    this.#quarantine = message
    this.#ports.reportFault(`execution ${this.#ports.executionId} is quarantined: ${message}`)
    this.#halted()
  }
}
