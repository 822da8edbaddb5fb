import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'
import type { Started } from '../engine/index.ts'
import type { Noted } from '../engine/notices.ts'
import { againAt } from './again-at.ts'
import { faultOf } from './fault.ts'
import type { Hearing } from './relatives.ts'

type NoticePorts = {
  /** By whom it is for, as in `Started.notices`. */
  tell(to: string, noted: Noted): Promise<Hearing>
  heard(to: string, noted: Noted): void
  /** A call is over, whatever came of it. */
  isFree(): void
  keepAlive(work: Promise<void>): void
  reportFault(message: string): void
}

/**
 * Tells other executions what the state says they have not heard yet: one call at a time to each of
 * them, a few at once, and those that did not hear again in the next round. All of this is in memory;
 * after a crash the alarm begins the first round anew, and hearing twice changes nothing.
 */
export class Notices {
  readonly #ports: NoticePorts
  readonly #underWay = new Set<string>()
  /** What each was told last in this round, by its position. */
  readonly #told = new Map<string, number>()
  /** When the next round begins. */
  #roundAt: EpochMs = 0

  constructor(ports: NoticePorts) {
    this.#ports = ports
  }

  /** When the alarm must come for what is not heard by then; null when there is nothing to tell. */
  nextAt({ notices, lastAt }: Started): EpochMs | null {
    if (notices.size === 0) return null
    return this.#roundAt > lastAt ? this.#roundAt : againAt(lastAt, lastAt)
  }

  /** Begins the calls whose turn it is. */
  attend({ notices, lastAt }: Started, now: EpochMs): void {
    if (notices.size === 0) return
    if (this.#roundAt <= now) {
      this.#roundAt = againAt(lastAt, now)
      this.#told.clear()
    }
    for (const [to, noted] of notices.entries()) {
      if (this.#underWay.size >= limits.noticesAtOnce) return
      if (!this.#underWay.has(to) && this.#told.get(to) !== noted.notedAt) this.#ports.keepAlive(this.#tell(to, noted))
    }
  }

  async #tell(to: string, noted: Noted): Promise<void> {
    this.#underWay.add(to)
    this.#told.set(to, noted.notedAt)
    try {
      if ((await this.#ports.tell(to, noted)) === 'heard') {
        this.#ports.heard(to, noted)
        this.#told.delete(to)
      }
    } catch (error) {
      this.#ports.reportFault(`${noted.notice} is not known to be heard and will be told again: ${faultOf(error)}`)
    }
    this.#underWay.delete(to)
    this.#ports.isFree()
  }
}
