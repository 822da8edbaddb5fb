import { limits } from '../../schemas/limits.ts'
import type { EpochMs } from '../../schemas/time.ts'
import type { Waiting } from '../storage/project-store.ts'
import { againAt } from './again-at.ts'
import { faultOf } from './fault.ts'
import type { ProjectPorts } from './project-ports.ts'

/**
 * Brings messages to the workflows that they are for: to a few workflows at once, to each by one call
 * at a time, with all that waits for it. A workflow that does not answer in time gives up its place and
 * waits for as long as its oldest message has waited, so that no slow one holds the others.
 */
export class FanOut {
  readonly #ports: ProjectPorts
  /** Workflows for which something may wait, in the order of their turns, and when each may be told again. */
  readonly #lanes = new Map<string, EpochMs>()
  readonly #busy = new Set<string>()

  constructor(ports: ProjectPorts) {
    this.#ports = ports
    for (const id of ports.store.waitingFor()) this.#lanes.set(id, 0)
  }

  /** Something new waits for these. */
  add(workflowIds: readonly string[]): void {
    for (const id of workflowIds) if (!this.#lanes.has(id)) this.#lanes.set(id, 0)
    this.go()
  }

  /** Begins the calls whose turn it is. */
  go(): void {
    const now = this.#ports.now()
    for (const [id, notBefore] of [...this.#lanes]) {
      if (this.#busy.size >= limits.fanOutAtOnce) return
      if (notBefore <= now && !this.#busy.has(id)) this.#ports.keepAlive(this.#serve(id))
    }
  }

  /** When the alarm must come for what is not done by then; null when nothing waits. */
  nextAt(): EpochMs | null {
    if (this.#lanes.size === 0) return null
    return Math.max(Math.min(...this.#lanes.values()), this.#ports.now() + limits.againMinMs)
  }

  async #serve(workflowId: string): Promise<void> {
    this.#busy.add(workflowId)
    const notBefore = await this.#tell(workflowId)
    this.#busy.delete(workflowId)
    // Whoever has had its turn is last from now on.
    this.#lanes.delete(workflowId)
    if (notBefore !== null) this.#lanes.set(workflowId, notBefore)
    this.go()
  }

  /** Tells a workflow what waits for it. Gives when it may be told the rest; null when nothing is left. */
  async #tell(workflowId: string): Promise<EpochMs | null> {
    const { store } = this.#ports
    try {
      const waiting = store.messagesFor(workflowId, limits.fanOutMessages)
      const taken = waiting.length === 0 ? [] : await this.#taken(workflowId, waiting)
      return this.#ports.transaction(() => {
        store.delivered(workflowId, taken)
        const [oldest] = store.messagesFor(workflowId, 1)
        const now = this.#ports.now()
        if (oldest === undefined) return null
        if (taken.length === waiting.length) return now
        const notBefore = againAt(oldest.at, now)
        this.#ports.wakeBy(notBefore)
        return notBefore
      })
    } catch (error) {
      this.#ports.reportFault(`what waits for ${workflowId} will be told again: ${faultOf(error)}`)
      return this.#ports.now() + limits.againMaxMs
    }
  }

  /** The messages that the workflow took before its time was over. */
  async #taken(workflowId: string, waiting: readonly Waiting[]): Promise<number[]> {
    const isOver = new AbortController()
    const late = this.#ports.sleep(limits.fanOutMs, isOver.signal).then(() => [])
    const messages = waiting.map(({ message }) => message)
    try {
      const taken = await Promise.race([this.#ports.tell(workflowId, messages), late])
      return waiting.flatMap(({ sequence }, index) => (taken[index] === true ? [sequence] : []))
    } catch (error) {
      this.#ports.reportFault(`workflow ${workflowId} was not told and will be told again: ${faultOf(error)}`)
      return []
    } finally {
      isOver.abort()
    }
  }
}
