import { limits } from '../../schemas/limits.ts'
import { WorkflowMessage } from '../../schemas/project-messages.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { eventTopic, everyFailure, failureTopic } from '../engine/topics.ts'
import { FanOut } from './fan-out.ts'
import type { ProjectPorts } from './project-ports.ts'

/** `fingerprint` identifies the content, so that an id that is used again for another event is found out. */
export type EventRequest = {
  readonly name: string
  readonly data: unknown
  readonly id: string | null
  readonly fingerprint: string
}

export type EventOutcome =
  | { readonly type: 'taken' | 'repeated'; readonly eventId: string; readonly deliveredTo: readonly string[] }
  /** The id was used for another event. */
  | { readonly type: 'conflict'; readonly eventId: string }
  /** So much waits already that nothing more is taken. */
  | { readonly type: 'too_many' }

/** A message with its place among those of its workflow. */
export type Numbered = { readonly sequence: number; readonly message: WorkflowMessage }

/**
 * What workflows have to do with each other: who wants to hear of what, and what is on its way to
 * them. What is taken is in the tables before anybody is told so, and leaves them when it has arrived.
 */
export class Project {
  readonly #ports: ProjectPorts
  readonly #fanOut: FanOut

  constructor(ports: ProjectPorts) {
    this.#ports = ports
    this.#fanOut = new FanOut(ports)
  }

  /** Takes an event, once for an id as long as that is kept. */
  send({ name, data, id, fingerprint }: EventRequest): EventOutcome {
    const { store } = this.#ports
    const now = this.#ports.now()
    const known = id === null ? null : store.takenEvent(id, now)
    if (known !== null) {
      const { id: eventId, deliveredTo } = known
      return known.fingerprint === fingerprint
        ? { type: 'repeated', eventId, deliveredTo }
        : { type: 'conflict', eventId }
    }
    const deliveredTo = store.subscribers(eventTopic(name))
    if (!this.#hasRoomFor(deliveredTo)) return { type: 'too_many' }
    const eventId = id ?? this.#ports.randomId()
    this.#ports.transaction(() => {
      const trigger = { name, data, id: eventId, at: now }
      if (id !== null) store.takeEvent({ id, fingerprint, deliveredTo, expiresAt: now + limits.dedupeMs }, now)
      if (deliveredTo.length === 0) return
      store.addMessage({ type: 'event', key: `event ${eventId}`, trigger }, deliveredTo, now)
      this.#ports.wakeBy(now + limits.againMinMs)
    })
    this.#fanOut.add(deliveredTo)
    return { type: 'taken', eventId, deliveredTo }
  }

  /** Takes what a workflow tells, in its order. Gives how many of the messages it took: fewer when too much waits. */
  hear(workflowId: string, messages: readonly Numbered[]): number {
    const now = this.#ports.now()
    const told = new Set<string>()
    const taken = this.#ports.transaction(() => {
      let count = 0
      for (const { sequence, message } of messages) {
        const subscribers = this.#take(workflowId, sequence, WorkflowMessage.parse(message), now)
        if (subscribers === null) break
        for (const id of subscribers) told.add(id)
        count += 1
      }
      if (told.size > 0) this.#ports.wakeBy(now + limits.againMinMs)
      return count
    })
    this.#fanOut.add([...told])
    return taken
  }

  /** The alarm has come: goes on with what a crash, or a workflow that did not answer, has left. */
  wake(): void {
    this.#fanOut.go()
    const at = this.nextAt()
    if (at !== null) this.#ports.transaction(() => this.#ports.wakeBy(at))
  }

  /** When the alarm must come; null for none. */
  nextAt(): EpochMs | null {
    return this.#fanOut.nextAt()
  }

  /** Who is told of it; null when it cannot be taken now. */
  #take(workflowId: string, sequence: number, message: WorkflowMessage, now: EpochMs): readonly string[] | null {
    const { store } = this.#ports
    if (message.type === 'subscribed') {
      store.subscribe(workflowId, sequence, message.topics)
      return []
    }
    const { key, trigger } = message
    const topics = [failureTopic(workflowId), everyFailure]
    const subscribers = store.subscribers(...topics).filter((id) => id !== workflowId)
    if (!this.#hasRoomFor(subscribers)) return null
    if (subscribers.length > 0) store.addMessage({ type: 'failure', key, trigger }, subscribers, now)
    return subscribers
  }

  #hasRoomFor({ length }: readonly string[]): boolean {
    return length === 0 || this.#ports.store.waiting + length <= limits.deliveriesWaiting
  }
}
