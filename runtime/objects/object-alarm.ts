import type { EpochMs } from '../../schemas/time.ts'
import type { ObjectStorage } from './object-storage.ts'

type AlarmStorage = Pick<ObjectStorage, 'getAlarm' | 'setAlarm' | 'deleteAlarm'>

/** An object's one alarm. Remembers what it was set to, so that a turn that changes nothing writes nothing. */
export class ObjectAlarm {
  readonly #storage: AlarmStorage
  /** Undefined: not known. */
  #at: EpochMs | null | undefined

  constructor(storage: AlarmStorage) {
    this.#storage = storage
  }

  /** Whether it will come by all that is known here. */
  isTrusted(now: EpochMs): boolean {
    return this.#at === null || (this.#at !== undefined && !isLost(this.#at, now))
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
    // By the instant at which it really comes, or what is long overdue would look lost again at once.
    if (at !== null && !isSoonEnough(this.#at ?? null, at, now)) this.set(Math.max(at, now + 1), now)
  }

  /** A transaction was rolled back, and the alarm that was set in it too. */
  forget(): void {
    this.#at = undefined
  }

  /** The handler runs: the alarm is spent. Not known, because waking for it may have repaired it to come again. */
  fired(): void {
    this.#at = undefined
  }

  /** A new object has none. */
  isUnset(): void {
    this.#at = null
  }

  /** The same by what the platform says, for an object that wakes. */
  async repair(at: EpochMs, now: EpochMs): Promise<void> {
    if (!isSoonEnough(await this.#storage.getAlarm(), at, now)) this.set(at, now)
  }
}

/** An alarm may be late; one that is this late was lost. */
const LOST_AFTER_MS = 60_000

const isLost = (alarm: EpochMs, now: EpochMs): boolean => alarm <= now - LOST_AFTER_MS

const isSoonEnough = (alarm: EpochMs | null, at: EpochMs, now: EpochMs): boolean =>
  alarm !== null && alarm <= at && !isLost(alarm, now)
