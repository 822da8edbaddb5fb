import type { Graph, StepKey } from '../../schemas/graph.ts'
import { assert } from './assert.ts'
import type { Started, Undoable } from './state.ts'
import { isBatch, nodeOf, scopeOf, stepIn, undoingBatch, undoneBatch } from './step-key.ts'
import { topologyOf } from './topology.ts'

/** Whether a step only undoes another. */
export const isUndoing = (graph: Graph, step: StepKey): boolean =>
  topologyOf(graph).isCompensation(nodeOf(step)) || undoneBatch(step) !== null

/** The step that undoes a step: in the same scope, so that it reads the same item. */
export function undoingOf({ graph }: Pick<Started, 'graph'>, step: StepKey): StepKey {
  if (isBatch(step)) return undoingBatch(step)
  const node = topologyOf(graph).compensationOf(nodeOf(step))
  assert(node !== null, `something undoes ${step}`)
  return stepIn(scopeOf(step), node)
}

/** Newest first. */
export function undoableSteps(newest: Undoable): StepKey[] {
  const steps: StepKey[] = []
  for (let at = newest; at !== null; at = at.older) steps.push(at.step)
  return steps
}
