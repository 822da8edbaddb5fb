import { createHash } from 'node:crypto'

import type { DeliveryAnswer } from '../../runtime/objects/deliver.ts'
import type { StartOutcome } from '../../runtime/objects/execute.ts'
import type { Outcome } from '../../runtime/objects/start.ts'
import type { Bus } from './bus.ts'
import type { SimulatedObject } from './simulated-object.ts'
import type { WorkflowServer } from './workflow-server.ts'

/** One thing that a client wants started, and asks for until it is told that it was. */
export type Wish = {
  readonly door: 'execute' | 'hook'
  readonly workflow: SimulatedObject<WorkflowServer>
  /** Null: whatever arrives is started. */
  readonly key: string | null
  readonly body: Readonly<Record<string, unknown>>
  /** For `execute`; a hook has its own. */
  readonly waitMs: number
  readonly hookId: string
  isAnswered: boolean
}

/** What a client was told: an acknowledgement of one execution. */
export type Acknowledged = { readonly wish: Wish; readonly executionId: string; readonly outcome: Outcome | null }

/** Whoever calls from outside. */
export class Client {
  readonly wishes: Wish[] = []
  readonly #bus: Bus
  readonly #onAcknowledged: (acknowledged: Acknowledged) => void
  readonly #note: (line: string) => void

  constructor(bus: Bus, onAcknowledged: (acknowledged: Acknowledged) => void, note: (line: string) => void) {
    this.#bus = bus
    this.#onAcknowledged = onAcknowledged
    this.#note = note
  }

  wish(wish: Wish): void {
    this.wishes.push(wish)
    this.send(wish)
  }

  /** The same again, as who does not know whether it arrived. */
  send(wish: Wish): void {
    this.#ask(wish).catch((error) => this.#note(`a client was told of an error: ${String(error)}`))
  }

  async #ask(wish: Wish): Promise<void> {
    const { door, workflow, key, body, waitMs, hookId } = wish
    const text = JSON.stringify(body)
    if (door === 'execute') {
      const fingerprint = createHash('sha256').update(text).digest('hex')
      const request = { input: body, idempotencyKey: key, fingerprint, waitMs }
      this.#told(wish, await this.#bus.call(null, workflow, 'execute', request))
      return
    }
    const bytes = new TextEncoder().encode(text).buffer as ArrayBuffer
    const headers = [['content-type', 'application/json']] as const
    const request = { hookId, method: 'POST', path: '', query: '', headers, body: bytes }
    this.#told(wish, await this.#bus.call(null, workflow, 'deliver', request))
  }

  #told(wish: Wish, answer: StartOutcome | DeliveryAnswer | null): void {
    wish.isAnswered = true
    if (answer === null || !('outcome' in answer)) return
    this.#onAcknowledged({ wish, executionId: answer.executionId, outcome: answer.outcome })
  }
}
