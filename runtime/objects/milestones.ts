type Milestone = 'end' | 'response'
type Passed = { readonly [Name in Milestone]: boolean }

/** Callers that are held until an execution answers or ends. */
export class Milestones {
  readonly #waiting: { readonly milestone: Milestone; readonly resolve: () => void }[] = []

  reached(milestone: Milestone, passed: Passed): Promise<void> {
    if (passed[milestone]) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ milestone, resolve }))
  }

  pass(passed: Passed): void {
    const waiting = this.#waiting.splice(0)
    for (const waiter of waiting) {
      if (passed[waiter.milestone]) waiter.resolve()
      else this.#waiting.push(waiter)
    }
  }
}
