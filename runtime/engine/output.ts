import type { IterationOutput, OutputSource } from '../../schemas/execution-events.ts'
import type { NodeId, ScopePath, StepKey } from '../../schemas/graph.ts'
import type { Started } from './state.ts'
import { rootScope, stepIn } from './step-key.ts'
import { topologyOf } from './topology.ts'

/** Which steps an execution's output is made of: the one that answered, else the succeeded leaves. */
export function outputSource(state: Started): OutputSource {
  if (state.batch !== null) return { shape: 'step', step: state.batch }
  if (state.respondedAt > 0) return { shape: 'answer', position: state.respondedAt }
  const leaves = succeededLeaves(state, undefined, rootScope).map(({ step }) => step)
  const [only] = leaves
  if (only === undefined) return { shape: 'none' }
  return leaves.length === 1 ? { shape: 'step', step: only } : { shape: 'steps', steps: leaves }
}

/** The same of an iteration, by the places of the outputs: its steps are forgotten when it is over. */
export function iterationOutput(state: Started, container: NodeId, scope: ScopePath): IterationOutput {
  const batch = stepIn(scope, container)
  const carried = state.steps.get(batch)
  if (carried?.status === 'succeeded') return { shape: 'step', step: batch, position: carried.outputAt }
  const leaves = succeededLeaves(state, container, scope)
  const [only] = leaves
  if (only === undefined) return { shape: 'none' }
  return leaves.length === 1 ? { shape: 'step', ...only } : { shape: 'steps', steps: leaves }
}

/** A leaf has no edges out of it. */
function succeededLeaves(
  state: Started,
  container: NodeId | undefined,
  scope: ScopePath,
): { step: StepKey; position: number }[] {
  const topology = topologyOf(state.graph)
  return topology.nodesIn(container).flatMap(({ id }) => {
    const step = stepIn(scope, id)
    const current = state.steps.get(step)
    const isLeaf = topology.edgesFrom(id).length === 0 && current?.status === 'succeeded'
    return isLeaf ? [{ step, position: current.outputAt }] : []
  })
}
