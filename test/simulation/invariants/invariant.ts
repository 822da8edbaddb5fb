/** Sentences that begin with the name of an invariant, each with what it claims of a subject. */
export type Invariants<Subject> = Readonly<Record<string, (subject: Subject) => boolean>>

/** The first that does not hold; null when all do. */
export function firstBroken<Subject>(invariants: Invariants<Subject>, subject: Subject): string | null {
  for (const sentence in invariants) if (invariants[sentence]?.(subject) === false) return sentence
  return null
}
