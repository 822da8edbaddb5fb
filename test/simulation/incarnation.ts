/** What callers of an object are told whose process ended, or whose place another has taken. */
export class ObjectReset extends Error {
  override readonly name = 'ObjectReset'
  constructor() {
    super('the object was reset')
  }
}

/**
 * One life of an object in memory. It ends with its process, or goes on for a while after another
 * has taken its place: until it touches the storage.
 */
export class Incarnation {
  readonly object: string
  #state: 'live' | 'replaced' | 'gone' = 'live'
  readonly #callers = new Set<(error: Error) => void>()

  constructor(object: string) {
    this.object = object
  }

  get isLive(): boolean {
    return this.#state === 'live'
  }

  get isGone(): boolean {
    return this.#state === 'gone'
  }

  /** To be called before the storage is touched. */
  access(): void {
    if (this.isLive) return
    this.crash()
  }

  crash(): never {
    this.end()
    throw new ObjectReset()
  }

  replace(): void {
    if (this.isLive) this.#state = 'replaced'
  }

  end(): void {
    this.#state = 'gone'
    for (const hangUp of this.#callers) hangUp(new ObjectReset())
    this.#callers.clear()
  }

  /** Carries out a call. Who called hears of the end of this life, too. */
  carryOut<Result>(work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#callers.add(reject)
      const done = (): void => void this.#callers.delete(reject)
      work().then(resolve, reject).finally(done)
    })
  }
}
