import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import type { Edge, ScopePath, StepKey } from '../../schemas/graph.ts'
import type { Started } from './state.ts'
import { isBatch, iterationOf, nodeOf, rootScope, scopeOf, stepIn } from './step-key.ts'
import { topologyOf } from './topology.ts'

/** The steps that the edges lead to which an event decides: they may begin, or be skipped, because of it. */
export function reachedBy(state: Started, event: ExecutionEvent): StepKey[] {
  switch (event.type) {
    case 'ExecutionStarted':
      return state.batch === null ? fromTriggers(state) : []
    case 'StepSucceeded':
    case 'StepSkipped':
      return fromStep(state, event.step)
    case 'StepFailed':
      return event.handled === 'fail' ? [] : fromStep(state, event.step)
    case 'IterationStarted':
      return fromContainer(state, event.step, event.index)
    default:
      return []
  }
}

const fromTriggers = (state: Started): StepKey[] =>
  topologyOf(state.graph).triggers.flatMap(({ id }) => fromStep(state, stepIn(rootScope, id)))

/** What follows a container that a child works on belongs to its parent; so does what follows a batch. */
function fromStep(state: Started, step: StepKey): StepKey[] {
  if (step === state.batch || isBatch(step)) return []
  return ends(scopeOf(step), topologyOf(state.graph).edgesFrom(nodeOf(step)))
}

function fromContainer(state: Started, container: StepKey, index: number): StepKey[] {
  const scope = iterationOf(container, index)
  const current = state.steps.get(container)
  const isBatched = current?.status === 'open' && current.iterations.batchSize !== null
  if (isBatched) return [stepIn(scope, nodeOf(container))]
  return ends(scope, topologyOf(state.graph).bodyEdges(nodeOf(container)))
}

const ends = (scope: ScopePath, edges: readonly Edge[]): StepKey[] => [
  ...new Set(edges.map(({ to }) => stepIn(scope, to))),
]
