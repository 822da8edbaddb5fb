/** Sentences that begin with the name of an invariant, each with what it claims of a subject. */
export type Invariants<Subject> = Readonly<Record<string, (subject: Subject) => boolean>>

export class InvariantBroken extends Error {
  override readonly name = 'InvariantBroken'
  /** The sentence that does not hold. */
  readonly invariant: string
  constructor(invariant: string, about: string) {
    super(`${invariant} (${about})`)
    this.invariant = invariant
  }
}

/** Throws the first that does not hold. */
export function check<Subject>(invariants: Invariants<Subject>, subject: Subject, about: string): void {
  for (const sentence in invariants) {
    if (invariants[sentence]?.(subject) === false) throw new InvariantBroken(sentence, about)
  }
}
