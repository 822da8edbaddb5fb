import type { RandomSource } from '../support/random-source.ts'
import type { Agenda } from './agenda.ts'
import type { Clock } from './clock.ts'
import type { FaultSource } from './faults.ts'
import type { Incarnation } from './incarnation.ts'

/** What all parts of the simulated platform share. */
export interface Platform {
  readonly agenda: Agenda
  readonly clock: Clock
  readonly faults: FaultSource
  /** How long things take at an object, and which of two. */
  randomOf(object: string): RandomSource
  /** Goes on later, unless that life of the object is over then. */
  later(incarnation: Incarnation, afterMs: number, happen: () => void): void
  /** Something that is not wrong, for the story of a seed. */
  note(line: string): void
  /** Something that must not happen, under the name of the invariant. */
  violated(invariant: string, what: string): void
}
