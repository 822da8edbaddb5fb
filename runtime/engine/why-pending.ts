import type { Reason } from '../../schemas/api/why.ts'
import type { Edge, ScopePath, StepKey } from '../../schemas/graph.ts'
import type { Started } from './state.ts'
import { iterationAt, nodeOf, scopeOf, stepIn } from './step-key.ts'
import { takenAt } from './taken-edges.ts'
import { topologyOf } from './topology.ts'
import { causeOf, causeText } from './why-over.ts'
import { type Asking, deeper, edgesText } from './why-reason.ts'

/** Why a step has not begun; or why it is not known any more. */
export function pendingReasons(asking: Asking, step: StepKey): Reason[] {
  const { state } = asking
  const said = { depth: 0, step } as const
  const at = iterationAt(scopeOf(step))
  if (at !== null && !state.scopes.has(scopeOf(step))) return outsideReasons(asking, step, at)
  const undone = state.graph.nodes.find(({ id }) => topologyOf(state.graph).compensationOf(id) === nodeOf(step))
  if (undone !== undefined) {
    const sentence = `step ${step} undoes ${undone.id}, and begins only when that is undone`
    return [{ ...said, what: 'undoes', sentence }]
  }
  if (state.status !== 'running' || state.compensation !== null) return neverBegan(asking, step)
  return undecided(asking, step)
}

/** A step of an iteration that is not open: it has not begun, or is over. */
function outsideReasons(
  asking: Asking,
  step: StepKey,
  { container, index }: { readonly container: StepKey; readonly index: number },
): Reason[] {
  const current = asking.state.steps.get(container)
  const because = deeper(asking.explain(container))
  if (current !== undefined && (current.status !== 'open' || index < current.iterations.next)) {
    const sentence = `iteration ${index} of ${container} is not under way any more: what its steps did is in the log`
    return [{ depth: 0, step, what: 'iteration_over', sentence }, ...because]
  }
  const sentence = `iteration ${index} of ${container} has not begun`
  return [{ depth: 0, step, what: 'iteration_pending', sentence }, ...because]
}

function neverBegan(asking: Asking, step: StepKey): Reason[] {
  const cause = causeOf(asking)
  // One that works on a part of the items comes to nothing beyond them.
  const because = cause === null ? 'this execution does not lead to it' : causeText(cause)
  const failedStep = cause?.type === 'failed' ? cause.step : undefined
  return [
    { depth: 0, what: 'never_began', step, sentence: `step ${step} never began because ${because}` },
    ...deeper(failedStep === undefined ? [] : asking.explain(failedStep)),
  ]
}

function undecided(asking: Asking, step: StepKey): Reason[] {
  const { state } = asking
  const scope = scopeOf(step)
  const edges = topologyOf(state.graph)
    .edgesTo(nodeOf(step))
    .filter((edge) => isUndecided(state, edge, scope))
  const said = { depth: 0, step, edges: edges.map(({ from, port }) => ({ from, port })) } as const
  if (edges.length === 0) {
    return [{ ...said, what: 'held', sentence: `step ${step} begins when the execution goes on` }]
  }
  const sources = [...new Set(edges.map(({ from }) => stepIn(scope, from)))]
  return [
    {
      ...said,
      what: 'pending',
      sentence: `step ${step} has not begun: ${edgesText(edges)} may still be taken`,
    },
    ...deeper(sources.flatMap(asking.explain)),
  ]
}

function isUndecided(state: Started, edge: Edge, scope: ScopePath): boolean {
  const source = state.steps.get(stepIn(scope, edge.from))
  return takenAt(state, edge, scope) === null && (source === undefined || !('endedAt' in source))
}
