import type { RecordedEvent } from '../../schemas/execution-events.ts'

export type FeedStatus =
  /** The events so far are being fetched. */
  | 'loading'
  /** Events arrive as they happen. */
  | 'live'
  /** The connection was lost; another try follows by itself. */
  | 'reconnecting'
  /** The browser has no network. */
  | 'offline'
  /** Nothing will happen any more: the execution is over. */
  | 'ended'
  /** The server refused; asking again would not help. */
  | 'refused'

export type FeedFrame =
  | { readonly type: 'events'; readonly events: readonly RecordedEvent[] }
  | { readonly type: 'live' }
  /** The server begins with a summary because it could not go on from where we were. */
  | { readonly type: 'snapshot' }

/** What the feed needs of the world. */
export type FeedWorld = {
  /** One page of events after a position; `next` when there are more. Throws when there is no answer. */
  readonly fetchPage: (
    after: number,
    signal: AbortSignal,
  ) => Promise<{ readonly events: readonly RecordedEvent[]; readonly next?: number | undefined }>
  /** Opens the stream after a position. `onClose` is called once, however it ends. */
  readonly openStream: (
    after: number,
    on: { frame: (frame: FeedFrame) => void; close: () => void },
  ) => { close: () => void }
  /** Whether asking again is pointless: after 404, or when the events cannot be read or folded. */
  readonly isFinal: (error: unknown) => boolean
  readonly isOnline: () => boolean
  readonly schedule: (run: () => void, ms: number) => () => void
  readonly chance: () => number
}

/** What the feed tells its owner. */
export type FeedOwner = {
  /** Takes events and says from where to ask again when some are missing; null when all is well. Throws when they contradict each other. */
  readonly receive: (events: readonly RecordedEvent[]) => { readonly missingAfter: number } | null
  readonly position: () => number
  readonly hasEnded: () => boolean
  /** Everything that was recorded when it was asked for has been received. */
  readonly onCaughtUp: () => void
  readonly onStatus: (status: FeedStatus, error: unknown) => void
}

const firstDelayMs = 400
const longestDelayMs = 15_000

/** Doubles with every failure, with chance taking up to a half, so that many pages do not come back together. */
export const reconnectDelayMs = (failures: number, chance: number): number =>
  Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures, 10)) * (1 - chance / 2)

/**
 * Keeps one execution's events complete: pages over HTTP first, then the stream from where they end. Whatever goes
 * wrong, it fetches what is missing and opens the stream again, until the execution is over.
 */
export class ExecutionFeed {
  readonly #world: FeedWorld
  readonly #owner: FeedOwner
  #stream: { close: () => void } | null = null
  #cancelRetry: (() => void) | null = null
  #abort = new AbortController()
  #failures = 0
  #isCatchingUp = false
  #isStopped = false

  constructor(world: FeedWorld, owner: FeedOwner) {
    this.#world = world
    this.#owner = owner
  }

  start(): void {
    this.#owner.onStatus('loading', null)
    void this.#catchUp()
  }

  stop(): void {
    this.#isStopped = true
    this.#abort.abort()
    this.#cancelRetry?.()
    this.#closeStream()
  }

  /** The network is back, or a person asks: try at once instead of at the next turn. */
  retryNow(): void {
    if (!this.#owner.hasEnded()) this.goOn()
  }

  /** An execution that had ended goes on, or may: asks for what happened since. */
  goOn(): void {
    if (this.#isStopped || this.#stream !== null) return
    this.#cancelRetry?.()
    this.#failures = 0
    void this.#catchUp()
  }

  /** The network is gone, or a sleeping computer woke: an open stream may be dead without knowing. Begins anew. */
  reconnect(): void {
    if (this.#isStopped || this.#owner.hasEnded()) return
    this.#closeStream()
    if (!this.#world.isOnline()) {
      this.#cancelRetry?.()
      this.#failed(null)
    } else this.retryNow()
  }

  async #catchUp(): Promise<void> {
    if (this.#isCatchingUp) return
    this.#isCatchingUp = true
    try {
      await this.#fetchAll()
    } catch (error) {
      this.#isCatchingUp = false
      this.#failed(error)
      return
    }
    this.#isCatchingUp = false
    if (this.#isStopped) return
    this.#owner.onCaughtUp()
    if (this.#owner.hasEnded()) this.#finish()
    else if (this.#stream === null) this.#listen()
  }

  async #fetchAll(): Promise<void> {
    for (let after: number | undefined = this.#owner.position(); after !== undefined && !this.#isStopped; ) {
      const page = await this.#world.fetchPage(after, this.#abort.signal)
      if (this.#isStopped) return
      this.#owner.receive(page.events)
      after = page.next
    }
  }

  #listen(): void {
    let isOver = false
    this.#stream = this.#world.openStream(this.#owner.position(), {
      frame: (frame) => {
        if (isOver || this.#isStopped) return
        try {
          this.#take(frame)
        } catch (error) {
          isOver = true
          this.#closeStream()
          this.#failed(error)
        }
      },
      close: () => {
        if (isOver) return
        isOver = true
        this.#stream = null
        if (!this.#isStopped && !this.#owner.hasEnded()) this.#failed(null)
      },
    })
  }

  #take(frame: FeedFrame): void {
    if (frame.type === 'live') {
      this.#failures = 0
      this.#owner.onStatus('live', null)
    } else if (frame.type === 'snapshot') {
      void this.#catchUp()
    } else if (this.#owner.receive(frame.events) !== null) {
      void this.#catchUp()
    }
    if (this.#owner.hasEnded()) this.#finish()
  }

  #finish(): void {
    this.#closeStream()
    this.#owner.onStatus('ended', null)
  }

  #closeStream(): void {
    const stream = this.#stream
    this.#stream = null
    stream?.close()
  }

  #failed(error: unknown): void {
    if (this.#isStopped) return
    if (error !== null && this.#world.isFinal(error)) {
      this.#closeStream()
      this.#owner.onStatus('refused', error)
      return
    }
    this.#owner.onStatus(this.#world.isOnline() ? 'reconnecting' : 'offline', error)
    const delay = reconnectDelayMs(this.#failures, this.#world.chance())
    this.#failures += 1
    this.#cancelRetry = this.#world.schedule(() => void this.#catchUp(), delay)
  }
}
