import type { ExecutionServer } from '../execution-server.ts'
import type { Invariants } from './invariant.ts'

/** An execution whose log was damaged, after something was written at its object. */
export type Damaged = {
  readonly stored: readonly string[]
  /** What the log held when it was damaged. */
  readonly damaged: readonly string[]
  readonly server: ExecutionServer | null
}

export const damageInvariants: Invariants<Damaged> = {
  'R1 nothing is appended to a log that does not verify, and nothing of it is changed': ({ stored, damaged }) =>
    stored.length === damaged.length && stored.every((body, index) => body === damaged[index]),
  'R1 an execution whose log does not verify is quarantined': ({ server }) =>
    server === null || server.execution.quarantine !== null,
}
