import type { EpochMs } from '../../schemas/time.ts'

/** An object's one alarm. Remembers what it was set to, so that a turn that changes nothing writes nothing. */
export class ObjectAlarm {
  readonly #storage: DurableObjectStorage
  /** Undefined: not known. */
  #at: EpochMs | null | undefined

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /** Sets or removes the alarm, inside the caller's transaction. An instant that has passed becomes the next millisecond. */
  set(at: EpochMs | null, now: EpochMs): void {
    if (at === this.#at) return
    // Both return promises that settle with the transaction they are part of; the output gate waits for it.
    if (at === null) void this.#storage.deleteAlarm()
    else void this.#storage.setAlarm(Math.max(at, now + 1))
    this.#at = at
  }

  /** Makes sure that the alarm comes no later than `at`. One that comes early finds nothing to do, and costs less than moving it with every commit. */
  comeBy(at: EpochMs | null, now: EpochMs): void {
    const isSoonEnough = this.#at !== undefined && this.#at !== null && at !== null && this.#at <= at
    if (at !== null && !isSoonEnough) this.set(at, now)
  }

  /** A transaction was rolled back, and the alarm that was set in it too. */
  forget(): void {
    this.#at = undefined
  }

  /** The handler runs: the alarm is spent. */
  fired(): void {
    this.#at = null
  }

  /** A new object has none. */
  isUnset(): void {
    this.#at = null
  }

  /** Makes sure that an alarm comes no later than `at`. */
  async repair(at: EpochMs): Promise<void> {
    const current = await this.#storage.getAlarm()
    if (current === null || current > at) this.set(at, Date.now())
  }
}
