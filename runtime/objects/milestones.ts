export type Milestone = 'end' | 'response'

/** Callers that are held until an execution answers or ends. */
export class Milestones {
  readonly #waiting = new Map<() => void, Milestone>()

  /** Resolves when it is passed, or when the caller's patience ends by the signal; then nothing is kept of the caller. */
  reached(milestone: Milestone, isOver: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const release = (): void => {
        this.#waiting.delete(release)
        resolve()
      }
      this.#waiting.set(release, milestone)
      isOver.addEventListener('abort', release, { once: true })
    })
  }

  pass(passed: Readonly<Record<Milestone, boolean>>): void {
    for (const [release, milestone] of [...this.#waiting]) if (passed[milestone]) release()
  }
}
