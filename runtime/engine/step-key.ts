import type { NodeId, ScopePath, StepKey } from '../../schemas/graph.ts'

/** Where the nodes outside all containers are. */
export const rootScope = '' as ScopePath

/** The key of a node's run in a scope: outside containers the node's id, inside them with the path behind an `@`. */
export const stepIn = (scope: ScopePath, node: NodeId): StepKey =>
  (scope === rootScope ? node : `${node}@${scope}`) as string as StepKey

/** The node that a step runs: what stands before the path to its iteration. */
export function nodeOf(step: StepKey): NodeId {
  const at = step.indexOf('@')
  return (at === -1 ? step : step.slice(0, at)) as string as NodeId
}

/** The scope that a step runs in. */
export function scopeOf(step: StepKey): ScopePath {
  const at = step.indexOf('@')
  return (at === -1 ? rootScope : step.slice(at + 1)) as ScopePath
}

/** The scope of one iteration of a container. */
export function iterationOf(container: StepKey, index: number): ScopePath {
  const outer = scopeOf(container)
  const own = `${nodeOf(container)}[${index}]`
  return (outer === rootScope ? own : `${outer}/${own}`) as ScopePath
}

/** The container and the index of an iteration; null outside containers. */
export function iterationAt(scope: ScopePath): { readonly container: StepKey; readonly index: number } | null {
  if (scope === rootScope) return null
  const slash = scope.lastIndexOf('/')
  const bracket = scope.indexOf('[', slash)
  return {
    container: stepIn(scope.slice(0, Math.max(slash, 0)) as ScopePath, scope.slice(slash + 1, bracket) as NodeId),
    index: Number(scope.slice(bracket + 1, -1)),
  }
}

/** Whether the step is a whole iteration of its container, carried out by a child execution. */
export const isBatch = (step: StepKey): boolean => {
  const at = iterationAt(scopeOf(step))
  return at !== null && nodeOf(at.container) === nodeOf(step)
}

/** What undoes a batch: a run of its container inside it, which no edge ever leads to. */
export const undoingBatch = (batch: StepKey): StepKey => stepIn(iterationOf(batch, 0), nodeOf(batch))

/** The batch that a step undoes; null for any other step. */
export function undoneBatch(step: StepKey): StepKey | null {
  const at = iterationAt(scopeOf(step))
  return at !== null && isBatch(step) && isBatch(at.container) ? at.container : null
}

/** Whether a step runs in an iteration of the container, at any depth. */
export function isWithin(step: StepKey, container: StepKey): boolean {
  const outer = scopeOf(container)
  const own = `${nodeOf(container)}[`
  return scopeOf(step).startsWith(outer === rootScope ? own : `${outer}/${own}`)
}

/** Whether a step runs in this very iteration, at any depth. */
export function isInScope(step: StepKey, scope: ScopePath): boolean {
  const own = scopeOf(step)
  return own === scope || own.startsWith(`${scope}/`)
}
