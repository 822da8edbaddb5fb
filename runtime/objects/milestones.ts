/** Callers that are held until something has come to be so. */
export class Milestones {
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly #waiting = new Map<() => void, () => boolean>()

  constructor(sleep: (ms: number, signal: AbortSignal) => Promise<void>) {
    this.#sleep = sleep
  }

  /** Whether it has come to be so before `ms` were over. */
  async within(isSo: () => boolean, ms: number): Promise<boolean> {
    if (isSo()) return true
    const isOver = new AbortController()
    await Promise.race([this.#reached(isSo, isOver.signal), this.#sleep(ms, isOver.signal)])
    isOver.abort()
    return isSo()
  }

  /** Something has happened. */
  pass(): void {
    for (const [release, isReached] of [...this.#waiting]) if (isReached()) release()
  }

  /** Resolves when it is so, or when the caller's patience ends by the signal; then nothing is kept of the caller. */
  #reached(isReached: () => boolean, isOver: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const release = (): void => {
        this.#waiting.delete(release)
        resolve()
      }
      this.#waiting.set(release, isReached)
      isOver.addEventListener('abort', release, { once: true })
    })
  }
}
