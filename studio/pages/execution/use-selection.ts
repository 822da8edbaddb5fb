import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { nodeOf, scopeOf } from '../../../runtime/engine/index.ts'
import { iterationOf } from '../../../runtime/engine/step-key.ts'
import type { Graph } from '../../../schemas/graph.ts'
import type { Navigation } from '../../canvas/execution-context.ts'
import type { ExecutionStore } from '../../live/execution-store.ts'
import { nothingSelected, readSelection, type Selection, selectionSearch } from '../../model/selection.ts'

/** The selected node and the chosen iteration live in the URL; the store has the iteration too, for all that shows it. */
export function useSelection(store: ExecutionStore, graph: Graph | null): readonly [Selection, Navigation] {
  const search = useSearch({ from: '/app/executions/$executionId' })
  const navigate = useNavigate({ from: '/executions/$executionId' })
  const { step, in: within } = search
  const selection = useMemo(
    () => (graph === null ? nothingSelected : readSelection({ step, in: within }, graph)),
    [graph, step, within],
  )
  const { iteration } = selection
  useEffect(() => {
    if (store.getState().iteration !== iteration) store.setState({ iteration })
  }, [store, iteration])

  const navigation = useMemo((): Navigation => {
    const go = (next: Partial<Selection>): void =>
      void navigate({
        search: (previous) => {
          if (graph === null) return previous
          return { ...previous, ...selectionSearch({ ...readSelection(previous, graph), ...next }, graph) }
        },
        replace: true,
      })
    return {
      select: (node) => go({ node }),
      selectStep: (key) => go({ node: nodeOf(key), iteration: scopeOf(key) }),
      showIteration: (container, index) =>
        go({ iteration: index === null ? scopeOf(container) : iterationOf(container, index) }),
    }
  }, [navigate, graph])
  return [graph === null ? nothingSelected : selection, navigation]
}
