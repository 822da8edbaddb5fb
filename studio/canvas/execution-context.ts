import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { NodeStatus } from '../../runtime/engine/index.ts'
import type { NodeId } from '../../schemas/graph.ts'
import { type ExecutionStore, lookAt, type OpenExecution, shownState } from '../live/execution-store.ts'
import { attemptAt, type CanvasEdge, type EdgeFate, edgeFate, nodeStatusAt } from '../model/graph-canvas.ts'

/** The execution that the parts below it show; null where a graph is drawn without one. */
export const ExecutionContext = createContext<ExecutionStore | null>(null)

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
const stillState: OpenExecution = { log: { events: [], states: [] }, feed: 'ended', error: null, cursor: null }

/** The status of one node at the shown moment; null outside an execution. */
export function useNodeStatus(id: NodeId): NodeStatus | null {
  const store = useContext(ExecutionContext)
  const status = useStore(store ?? still, (open) => nodeStatusAt(shownState(open), id))
  return store === null ? null : status
}

/** The attempt a node is at, counted from 1; 0 for steps without attempts. */
export function useAttempt(id: NodeId): number {
  return useStore(useContext(ExecutionContext) ?? still, (open) => attemptAt(shownState(open), id))
}

export function useEdgeFate(edge: Pick<CanvasEdge, 'from' | 'port'>): EdgeFate | null {
  const store = useContext(ExecutionContext)
  const fate = useStore(store ?? still, (open) => edgeFate(shownState(open), edge))
  return store === null ? null : fate
}
