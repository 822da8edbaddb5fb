import type { EpochMs } from '../../schemas/time.ts'
import { againAt } from './again-at.ts'
import { StorageFault } from './storage-fault.ts'

type Ports = {
  now(): EpochMs
  transaction(body: () => void): void
  after(delayMs: number, work: () => void): void
  reportFault(message: string): void
}

/**
 * A time in which an object's storage does not answer. The object comes again by itself, less and less
 * often: by its alarm, or by a timer while not even that can be set.
 */
export class Outage {
  readonly #ports: Ports
  readonly #setAlarm: (at: EpochMs) => void
  readonly #wake: () => void
  #isInDoubt = false
  #since: EpochMs | null = null
  /** When it comes again. */
  #comesAt: EpochMs = 0
  #isTimed = false

  /** `setAlarm` is called inside a transaction. `wake` goes on, if the storage answers again. */
  constructor(ports: Ports, setAlarm: (at: EpochMs) => void, wake: () => void) {
    this.#ports = ports
    this.#setAlarm = setAlarm
    this.#wake = wake
  }

  /** Whether what is held may not be what the storage holds. */
  get isInDoubt(): boolean {
    return this.#isInDoubt
  }

  /** The storage has not answered, or does not yet. */
  note(fault: StorageFault): void {
    const now = this.#ports.now()
    this.#isInDoubt = true
    if (this.#since === null) this.#ports.reportFault(fault.message)
    this.#since ??= now
    if (this.#comesAt <= now) this.#comesAt = againAt(this.#since, now)
    const at = this.#comesAt
    try {
      this.#ports.transaction(() => this.#setAlarm(at))
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error
      this.#comeBy(at - now)
    }
  }

  /** What is held is what the storage holds. That it can be read does not say yet that it can be written. */
  loaded(): void {
    this.#isInDoubt = false
  }

  /** The storage has done all that it was asked. */
  end(): void {
    this.#since = null
    this.#comesAt = 0
  }

  #comeBy(delayMs: number): void {
    if (this.#isTimed) return
    this.#isTimed = true
    this.#ports.after(delayMs, () => {
      this.#isTimed = false
      this.#wake()
    })
  }
}
