import type { NodeId, StepKey } from '../../schemas/graph.ts'

/** The key of a node's run outside containers is the node's id. */
export const stepOf = (node: NodeId): StepKey => node as string as StepKey

/** The node that a step runs: what stands before the path to its iteration. */
export function nodeOf(step: StepKey): NodeId {
  const at = step.indexOf('@')
  return (at === -1 ? step : step.slice(0, at)) as string as NodeId
}
