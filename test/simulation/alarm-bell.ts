import { limits } from '../../schemas/limits.ts'
import type { Disk } from './disk.ts'
import { ObjectReset } from './incarnation.ts'
import type { Platform } from './platform.ts'
import type { Served } from './simulated-object.ts'

/** The object whose alarm it is. */
type Owner = {
  readonly name: string
  readonly disk: Disk
  deliver(work: (server: Served) => Promise<void>): Promise<void>
  kill(): void
}

/** Cloudflare calls a handler that throws six times more, and then never again. */
const RETRIES = 6
const RETRY_AFTER_MS = 2000
/** How often the scheduler looks at a clock that does not move. */
const LOOK_AGAIN_MS = 1000

/** Brings an object's alarm: at its time, or early, late, twice, or not at all. */
export class AlarmBell {
  readonly #platform: Platform
  readonly #owner: Owner
  /** Each setting of the alarm has a number; an old one's time comes without effect. */
  #setting = 0
  #throws = 0
  #isRinging = false
  /** The platform has lost it: nobody can tell from here. */
  isLost = false

  constructor(platform: Platform, owner: Owner) {
    this.#platform = platform
    this.#owner = owner
  }

  get isRinging(): boolean {
    return this.#isRinging
  }

  /** The alarm was set, moved or removed. */
  changed(): void {
    const { faults, clock } = this.#platform
    const { name, disk } = this.#owner
    const random = this.#platform.randomOf(name)
    this.#setting += 1
    this.#throws = 0
    this.isLost = false
    if (disk.alarm === null) return
    if (faults.strikes('alarm forgotten', name)) {
      // It stands in the storage, and never comes.
      this.isLost = true
      return
    }
    const dueMs = disk.alarm - clock.now()
    if (faults.strikes('alarm early', name)) this.#ringAfter(dueMs - random.between(1, 5000), true)
    else if (faults.strikes('alarm late', name)) this.#ringAfter(dueMs + random.between(1000, limits.sweepMaxMs * 5))
    else this.#ringAfter(dueMs)
  }

  #ringAfter(ms: number, isEarly = false): void {
    const setting = this.#setting
    this.#platform.agenda.add(ms, () => {
      if (setting === this.#setting) this.#due(isEarly)
    })
  }

  #due(isEarly: boolean): void {
    const { faults, clock } = this.#platform
    const { name, disk } = this.#owner
    const leftMs = (disk.alarm ?? 0) - clock.now()
    // It waits by a clock that does not jump, and then looks at the one that does.
    if (!isEarly && leftMs > 0) this.#ringAfter(Math.max(leftMs, LOOK_AGAIN_MS))
    else if (this.#isRinging) this.#ringAfter(LOOK_AGAIN_MS)
    else if (faults.strikes('alarm lost', name)) this.#lose()
    else void this.#ring()
  }

  async #ring(): Promise<void> {
    const { faults, agenda } = this.#platform
    const { name, disk } = this.#owner
    const random = this.#platform.randomOf(name)
    this.#isRinging = true
    if (faults.strikes('alarm twice', name)) agenda.add(LOOK_AGAIN_MS, () => void this.#ringTwice())
    if (faults.strikes('alarm handler killed', name)) agenda.add(random.between(0, 20), () => this.#owner.kill())
    const failuresBefore = disk.failures
    try {
      // Whether the constructor of an object that it wakes still sees the alarm is not said anywhere.
      if (random.next() < 0.5) disk.isAlarmTaken = true
      await this.#owner.deliver((server) => {
        disk.isAlarmTaken = true
        if (faults.strikes('crash before alarm', name)) return this.#crash()
        return server.alarm()
      })
      if (faults.strikes('crash after alarm', name)) this.#crash()
      if (disk.isAlarmTaken) disk.setAlarm(null)
    } catch (error) {
      this.#failed(error, disk.failures > failuresBefore)
    } finally {
      this.#isRinging = false
    }
  }

  #crash(): never {
    this.#owner.kill()
    throw new ObjectReset()
  }

  /** An alarm that was handled comes once more. */
  async #ringTwice(): Promise<void> {
    try {
      await this.#owner.deliver((server) => server.alarm())
    } catch (error) {
      this.#platform.note(`the second alarm of ${this.#owner.name} was not handled: ${String(error)}`)
    }
  }

  /** A handler that was killed is called again; one that threw, a few times. What it set in the meantime comes instead. */
  #failed(error: unknown, hasDiskFailed: boolean): void {
    const { disk, name } = this.#owner
    const isKilled = error instanceof ObjectReset
    if (!isKilled && !hasDiskFailed)
      this.#platform.violated('T4', `the alarm handler of ${name} threw: ${String(error)}`)
    if (!disk.isAlarmTaken) return
    disk.isAlarmTaken = false
    if (!isKilled) this.#throws += 1
    if (this.#throws > RETRIES) this.#lose()
    else this.#ringAfter(RETRY_AFTER_MS * 2 ** this.#throws)
  }

  #lose(): void {
    this.#owner.disk.setAlarm(null)
    this.isLost = true
  }
}
