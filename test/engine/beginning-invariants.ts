import { expect } from 'vitest'

import { nodeOf, rootScope, scopeOf, stepIn } from '../../runtime/engine/index.ts'
import { isBatch, iterationOf } from '../../runtime/engine/step-key.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import type { Graph, NodeId, ScopePath, StepKey } from '../../schemas/graph.ts'
import { isOfStep, leftovers } from './step-invariants.ts'

const triggers = new Set(['manual', 'webhook', 'event', 'failure'])

/** S3, S4 and S6: a step begins, or is skipped, only when the log so far decides that, once, and in an open scope. */
export function checkBeginnings(log: readonly ExecutionEvent[], graph: Graph, triggerNode: string): void {
  const [first] = log
  const batch = first?.type === 'ExecutionStarted' ? first.batch : undefined
  const decided = new Map<string, readonly string[]>(
    graph.nodes.filter(({ kind }) => triggers.has(kind)).map(({ id }) => [id, id === triggerNode ? ['out'] : []]),
  )
  const undoing = new Set(graph.edges.filter(({ port }) => port === 'compensate').map(({ to }) => to))
  const scopes = new Set<ScopePath>([rootScope])
  const begun = new Set<StepKey>(batch === undefined ? [] : [batch.container])
  for (const event of log) {
    if (!isOfStep(event) || leftovers.has(event.type)) continue
    const { step } = event
    const isUndoing = undoing.has(nodeOf(step))
    if (!isUndoing && step !== batch?.container)
      expect(scopes, `S4: ${step} is in an open scope`).toContain(scopeOf(step))
    if (!begun.has(step)) {
      begun.add(step)
      const verdict = event.type === 'StepSkipped' ? 'skip' : 'begin'
      if (!isUndoing && !isBatch(step)) expect(verdictOf(step, decided, graph), `S3: ${step} is ready`).toBe(verdict)
    }
    if (event.type === 'IterationStarted') scopes.add(iterationOf(step, event.index))
    if (event.type === 'IterationSucceeded' || event.type === 'IterationFailed') {
      leave(scopes, iterationOf(step, event.index))
    }
    if (event.type === 'StepSucceeded' || event.type === 'StepFailed') decided.set(step, event.ports)
    if (event.type === 'StepSkipped') decided.set(step, [])
    // What ended the execution may begin anew and then leave by any port.
    if (event.type === 'StepFailed' && event.handled === 'fail') decided.delete(step)
  }
}

function leave(scopes: Set<ScopePath>, scope: ScopePath): void {
  for (const open of scopes) if (open === scope || open.startsWith(`${scope}/`)) scopes.delete(open)
}

function verdictOf(step: StepKey, decided: ReadonlyMap<string, readonly string[]>, graph: Graph) {
  const id: NodeId = nodeOf(step)
  const node = graph.nodes.find((one) => one.id === id)
  const ways = graph.edges
    .filter(({ to }) => to === id)
    // Into an iteration leads the container, by beginning it.
    .map(({ from, port }) =>
      (from === node?.parent ? ['body'] : decided.get(stepIn(scopeOf(step), from)))?.includes(port),
    )
  const taken = ways.filter((isTaken) => isTaken === true).length
  const isComplete = ways.every((isTaken) => isTaken !== undefined)
  const join = node?.join ?? 'all'
  if (join === 'all') return isComplete ? (taken > 0 ? 'begin' : 'skip') : 'wait'
  if (taken >= (join === 'any' ? 1 : join)) return 'begin'
  return isComplete ? 'skip' : 'wait'
}
