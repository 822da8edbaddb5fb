import type { Graph, Node, StepKey } from '../../schemas/graph.ts'
import type { Started } from './state.ts'
import { iterationAt, nodeOf, scopeOf } from './step-key.ts'

/** Whether the graph has such a step: who asks may have made up any text. */
export function isPossible(state: Started, step: StepKey): boolean {
  if (state.steps.has(step)) return true
  const node = nodeNamed(state.graph, nodeOf(step))
  if (node === undefined || step.endsWith('@') || !scopePattern.test(scopeOf(step))) return false
  let inner: Node | undefined = node
  for (let at = iterationAt(scopeOf(step)); at !== null; at = iterationAt(scopeOf(at.container))) {
    if (inner?.parent !== nodeOf(at.container)) return false
    inner = nodeNamed(state.graph, inner.parent)
  }
  return inner?.parent === undefined
}

const scopePattern = /^(?:[a-z][a-z0-9_]*\[(?:0|[1-9]\d{0,8})\](?:\/(?=[a-z])|$))*$/

const nodeNamed = ({ nodes }: Graph, id: string): Node | undefined => nodes.find((node) => node.id === id)
