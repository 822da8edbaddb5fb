import type { NodeId, ScopePath, StepKey } from '../../schemas/graph.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { assert } from './assert.ts'
import type { PersistentMap } from './persistent-map.ts'
import type { Arrivals, Iterations, Started, StepState } from './state.ts'
import { isBatch, iterationAt, nodeOf, rootScope, scopeOf, stepIn } from './step-key.ts'
import { type Topology, topologyOf } from './topology.ts'

/** The next state while an event is applied to it. Nobody else has it yet, so its fields may be set; its maps are never changed. */
export type Draft = { -readonly [Field in keyof Started]: Started[Field] }

/** Sets a step's state, and everything that follows from it. */
export function putStep(draft: Draft, step: StepKey, next: StepState): void {
  const before = draft.steps.get(step)
  draft.steps = draft.steps.set(step, next)
  index(draft, step, before, next)
}

/** Forgets a step. What it left behind is in the log. */
function dropStep(draft: Draft, step: StepKey): void {
  draft.steps = draft.steps.delete(step)
  draft.arrivals = draft.arrivals.delete(step)
}

/** Keeps what follows from the steps in step with them. */
export function index(draft: Draft, step: StepKey, before: StepState | undefined, next: StepState): void {
  const wasActive = before !== undefined && isActive(before)
  const active = isActive(next)
  if (active !== wasActive) {
    draft.active = marked(draft.active, step, active)
    countActive(draft, scopeOf(step), active ? 1 : -1)
  }
  if (active || wasActive) {
    draft.busy = marked(draft.busy, step, isBusy(next))
    draft.unknown = marked(draft.unknown, step, next.status === 'unknown')
    draft.pending = marked(draft.pending, step, next.status === 'open' && isPending(next.iterations))
    setTimer(draft, step, timerOf(before), timerOf(next))
  }
}

/** Decides the edges out of a step that is over: taken from the ports it leaves by, dead from the others. */
export function leave(draft: Draft, step: StepKey, ports: readonly string[]): void {
  // What follows a container that a child works on belongs to its parent; so does what follows a batch.
  if (step === draft.batch || isBatch(step)) return
  const scope = scopeOf(step)
  for (const { to, port } of topologyOf(draft.graph).edgesFrom(nodeOf(step))) {
    arrive(draft, stepIn(scope, to), ports.includes(port))
  }
}

/** An edge to the step is decided. */
export function arrive(draft: Draft, step: StepKey, isTaken: boolean): void {
  const { taken, dead } = draft.arrivals.get(step) ?? noArrivals
  draft.arrivals = draft.arrivals.set(step, isTaken ? { taken: taken + 1, dead } : { taken, dead: dead + 1 })
}

/** Opens an iteration. */
export function openScope(draft: Draft, scope: ScopePath): void {
  draft.scopes = draft.scopes.set(scope, { startedAt: draft.position, active: 0, keeps: false })
  draft.idle = draft.idle.set(scope, true)
}

/** Leads into an iteration: its first nodes begin by the edges from the container. */
export function enter(draft: Draft, scope: ScopePath, container: NodeId): void {
  for (const { to } of topologyOf(draft.graph).bodyEdges(container)) arrive(draft, stepIn(scope, to), true)
}

/** Forgets an iteration that is over, so that the state grows with what is open and not with what has been. */
export function closeScope(draft: Draft, scope: ScopePath, container: NodeId): void {
  const keeps = draft.scopes.get(scope)?.keeps === true
  draft.scopes = draft.scopes.delete(scope)
  draft.idle = draft.idle.delete(scope)
  const topology = topologyOf(draft.graph)
  for (const { id } of topology.nodesIn(container)) {
    const step = stepIn(scope, id)
    const current = draft.steps.get(step)
    // An iteration that fails can have containers inside it that were still open.
    if (current !== undefined && 'iterations' in current) closeIterations(draft, step, current.iterations)
    draft.callbacks = draft.callbacks.delete(step)
    if (keeps) draft.arrivals = draft.arrivals.delete(step)
    else dropStep(draft, step)
  }
  dropStep(draft, stepIn(scope, container))
}

export function closeIterations(draft: Draft, container: StepKey, { open }: Iterations): void {
  const path = scopeOf(container)
  const node = nodeOf(container)
  for (const index of open.keys()) {
    const own = `${node}[${index}]`
    closeScope(draft, (path === rootScope ? own : `${path}/${own}`) as ScopePath, node)
  }
}

/** Notes that a step can be undone, when something undoes it. The iterations that it is in are kept for that. */
export function noteUndoable(draft: Draft, topology: Topology, step: StepKey): void {
  if (topology.compensationOf(nodeOf(step)) === null) return
  draft.undoable = { step, older: draft.undoable }
  for (let at = iterationAt(scopeOf(step)), scope = scopeOf(step); at !== null; at = iterationAt(scope)) {
    const current = draft.scopes.get(scope)
    assert(current !== undefined, 'a step ends in an open iteration')
    draft.scopes = draft.scopes.set(scope, { ...current, keeps: true })
    scope = scopeOf(at.container)
  }
}

/** Notes a batch of which something can be undone. Its child keeps what that reads. */
export function noteBatch(draft: Draft, step: StepKey, before: StepState | undefined, undoable: number | null): void {
  assert(before !== undefined && 'requestAt' in before, 'a batch is asked for')
  const executionId = before.status === 'child' ? before.executionId : null
  draft.undoable = { step, batch: { requestAt: before.requestAt, executionId, undoable }, older: draft.undoable }
}

/** Whether the container can begin an iteration, or end, without anything else happening first. */
export const isPending = ({ open, concurrency, size, next }: Iterations): boolean =>
  open.size === 0 || (size !== null && open.size < concurrency && next < size)

const isActive = (step: StepState): boolean => !('endedAt' in step)

const isBusy = ({ status }: StepState): boolean =>
  status === 'running' || status === 'failing' || status === 'interrupted' || status === 'ready'

/** When a step goes on by itself; null when it does not. Between turns it is in flight, waits, or is open. */
export function timerOf(step: StepState | undefined): EpochMs | null {
  if (step?.status === 'retrying') return step.retryAt
  return step?.status === 'delayed' || step?.status === 'waiting' ? step.until : null
}

function setTimer(draft: Draft, step: StepKey, before: EpochMs | null, next: EpochMs | null): void {
  if (before === next) return
  if (before !== null) draft.timers = draft.timers.without({ at: before, step })
  if (next !== null) draft.timers = draft.timers.with({ at: next, step })
}

function countActive(draft: Draft, scope: ScopePath, change: 1 | -1): void {
  const current = draft.scopes.get(scope)
  if (current === undefined) return
  const active = current.active + change
  draft.scopes = draft.scopes.set(scope, { ...current, active })
  draft.idle = marked(draft.idle, scope, active === 0)
}

const marked = <Key extends string>(map: PersistentMap<Key, true>, key: Key, isMarked: boolean) =>
  isMarked ? (map.has(key) ? map : map.set(key, true)) : map.delete(key)

const noArrivals: Arrivals = { taken: 0, dead: 0 }
