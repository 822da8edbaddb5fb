import type { OutputSource } from '../../schemas/execution-events.ts'
import type { Started } from './state.ts'
import { stepOf } from './step-key.ts'
import { topologyOf } from './topology.ts'

/** Which steps an execution's output is made of: the one that answered, else the succeeded leaves. */
export function outputSource(state: Started): OutputSource {
  const { graph, steps, respondedAt } = state
  for (const [step, current] of steps.entries()) {
    if (current.status === 'succeeded' && current.outputAt === respondedAt) return { shape: 'step', step }
  }
  const topology = topologyOf(graph)
  const leaves = graph.nodes
    .filter(({ id }) => topology.edgesFrom(id).length === 0)
    .map(({ id }) => stepOf(id))
    .filter((step) => steps.get(step)?.status === 'succeeded')
  const [only] = leaves
  if (only === undefined) return { shape: 'none' }
  return leaves.length === 1 ? { shape: 'step', step: only } : { shape: 'steps', steps: leaves }
}
