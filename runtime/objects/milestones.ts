/** Callers that are held until something has come to be so. */
export class Milestones {
  readonly #waiting = new Map<() => void, () => boolean>()

  /** Resolves when it is so, or when the caller's patience ends by the signal; then nothing is kept of the caller. */
  reached(isReached: () => boolean, isOver: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const release = (): void => {
        this.#waiting.delete(release)
        resolve()
      }
      this.#waiting.set(release, isReached)
      isOver.addEventListener('abort', release, { once: true })
    })
  }

  /** Something has happened. */
  pass(): void {
    for (const [release, isReached] of [...this.#waiting]) if (isReached()) release()
  }
}
