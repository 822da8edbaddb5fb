import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import { rootScope } from '../../runtime/engine/index.ts'
import type { NodeId, StepKey } from '../../schemas/graph.ts'
import { type ExecutionStore, lookAt, type OpenExecution, shownPosition, shownStepOf } from '../live/execution-store.ts'
import { newLog } from '../model/execution-log.ts'
import { type CanvasEdge, type EdgeFate, edgeFate } from '../model/graph-canvas.ts'
import { attemptAt, portsLeft, type ShownStatus, stepStatusAt } from '../model/step-status.ts'

/** The execution that the parts below it show; null where a graph is drawn without one. */
export const ExecutionContext = createContext<ExecutionStore | null>(null)

/** What a part asks for that changes more than the moment: another step, another iteration. */
export type Navigation = {
  readonly select: (node: NodeId | null) => void
  readonly selectStep: (step: StepKey) => void
  /** Shows an iteration of a container; null for the one that matters most. */
  readonly showIteration: (container: StepKey, index: number | null) => void
}
export const NavigationContext = createContext<Navigation>({
  select: () => undefined,
  selectStep: () => undefined,
  showIteration: () => undefined,
})
export const useNavigation = (): Navigation => useContext(NavigationContext)

/** Subscribes to one part of the open execution: only what changed is drawn again. */
export function useExecution<Part>(select: (open: OpenExecution) => Part): Part {
  const store = useContext(ExecutionContext)
  if (store === null) throw new Error('useExecution needs an ExecutionContext above it')
  return useStore(store, select)
}

/** Moves the moment that all parts show. */
export function useLookAt(): (position: number) => void {
  const store = useContext(ExecutionContext)
  return (position) => {
    if (store !== null) lookAt(store, position)
  }
}

const still: Pick<ExecutionStore, 'subscribe' | 'getState' | 'getInitialState'> = {
  subscribe: () => () => undefined,
  getState: () => stillState,
  getInitialState: () => stillState,
}
const stillState: OpenExecution = {
  log: newLog(),
  feed: 'ended',
  isWhole: true,
  error: null,
  cursor: null,
  iteration: rootScope,
}

/** The status of a step at the shown moment. */
export const useStepStatus = (step: StepKey): ShownStatus =>
  useExecution((open) => stepStatusAt(open.log, shownPosition(open), step))

/** The status of what a node shows; null outside an execution. */
export function useNodeStatus(id: NodeId): ShownStatus | null {
  const store = useContext(ExecutionContext)
  const status = useStore(store ?? still, (open) => statusOf(open, id))
  return store === null ? null : status
}

/** The attempt a node is at, counted from 1; 0 for steps without attempts. */
export function useAttempt(id: NodeId): number {
  return useStore(useContext(ExecutionContext) ?? still, (open) =>
    attemptAt(open.log, shownPosition(open), shownStepOf(open, id)),
  )
}

export function useEdgeFate(edge: CanvasEdge): EdgeFate | null {
  const store = useContext(ExecutionContext)
  const fate = useStore(store ?? still, (open) =>
    edgeFate(edge, portsLeft(open.log, shownPosition(open), shownStepOf(open, edge.from)), statusOf(open, edge.to)),
  )
  return store === null ? null : fate
}

const statusOf = (open: OpenExecution, id: NodeId): ShownStatus =>
  stepStatusAt(open.log, shownPosition(open), shownStepOf(open, id))
