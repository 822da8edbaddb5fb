import type { Reason } from '../../schemas/api/why.ts'
import type { Failure } from '../../schemas/execution-events.ts'
import type { Edge, StepKey } from '../../schemas/graph.ts'
import type { Started } from './state.ts'
import type { Read } from './turn.ts'

/** What is asked about, and how one step's reasons lead to another's. */
export type Asking = {
  readonly state: Started
  readonly read: Read
  /** Active steps by the container whose iterations they run in, each in the order of the keys; by null those outside containers. */
  readonly active: ReadonlyMap<StepKey | null, readonly StepKey[]>
  /** Nothing for a step that has been explained before. */
  explain(step: StepKey): Reason[]
}

/** Reasons as an explanation of what stands before them. */
export const deeper = (reasons: readonly Reason[]): Reason[] =>
  reasons.map((reason) => ({ ...reason, depth: reason.depth + 1 }))

export const failureText = ({ code, message }: Failure): string => `${code}: ${message}`

/** `a`, `a and b`, `a, b and c`. */
export const listText = (items: readonly string[]): string => items.join(', ').replace(/, ([^,]*)$/, ' and $1')

export const edgesText = (edges: readonly Edge[]): string =>
  `the ${edges.length === 1 ? 'edge' : 'edges'} ${listText(edges.map(({ from, port }) => `${from}.${port}`))}`
