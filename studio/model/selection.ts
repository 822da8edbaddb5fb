import { rootScope, scopeOf, stepIn } from '../../runtime/engine/index.ts'
import { iterationOf } from '../../runtime/engine/step-key.ts'
import type { Graph, NodeId, ScopePath, StepKey } from '../../schemas/graph.ts'
import type { ExecutionLog } from './execution-log.ts'

/** The node that is looked at, and the iteration in which everything inside containers is. */
export type Selection = {
  readonly node: NodeId | null
  /** Empty where nobody chose one; then each container shows the iteration that matters most. */
  readonly iteration: ScopePath
}
/** As it stands in the URL: `step=charge@each_order[3]`; `in` where the step itself is further out. */
export type SelectionSearch = { readonly step?: string | undefined; readonly in?: string | undefined }

export const nothingSelected: Selection = { node: null, iteration: rootScope }

/** What a URL means for this graph. What the graph does not have is dropped, so that an old link still opens. */
export function readSelection(search: SelectionSearch, graph: Pick<Graph, 'nodes'>): Selection {
  const step = (search.step ?? '') as StepKey
  const node = graph.nodes.find(({ id }) => id === step.replace(/@.*$/s, ''))
  const iteration = search.in ?? scopeOf(step)
  return { node: node?.id ?? null, iteration: isIteration(iteration, graph) ? (iteration as ScopePath) : rootScope }
}

/** A selection as a URL, the shortest that means the same. */
export function selectionSearch({ node, iteration }: Selection, graph: Pick<Graph, 'nodes'>): SelectionSearch {
  if (node === null) return { step: undefined, in: iteration === rootScope ? undefined : iteration }
  const scope = coveredScope(node, iteration, graph)
  return { step: stepIn(scope, node), in: iteration === scope ? undefined : iteration }
}

/** The step that a node shows: in the chosen iteration of each container round it, or in the one that matters most. */
export function shownStep(
  log: ExecutionLog,
  position: number,
  iteration: ScopePath,
  node: NodeId,
  graph: Pick<Graph, 'nodes'>,
): StepKey {
  return containersOf(node, graph).reduce<(inner: NodeId) => StepKey>(
    (keyOf, container) => {
      const step = keyOf(container)
      const index = shownIndex(log, position, iteration, step)
      return (inner) => stepIn(iterationOf(step, index), inner)
    },
    (outer) => stepIn(rootScope, outer),
  )(node)
}

/** The iteration in which a container is looked at. */
export const shownIndex = (log: ExecutionLog, position: number, iteration: ScopePath, container: StepKey): number =>
  chosenIndex(iteration, container) ?? foremost(log, position, container)

/** The index that was chosen for a container, if it lies on the chosen path. */
function chosenIndex(iteration: ScopePath, container: StepKey): number | null {
  const [prefix = ''] = iterationOf(container, 0).split(/0\]$/)
  if (!iteration.startsWith(prefix)) return null
  return Number.parseInt(iteration.slice(prefix.length), 10)
}

/** The iteration that a person looks for first: that which failed first, else the newest. */
function foremost(log: ExecutionLog, position: number, container: StepKey): number {
  const trace = log.index.container(container)
  if (trace === null) return 0
  const { firstFailed, begun } = trace.countsAt(position)
  return firstFailed ?? trace.first + Math.max(0, begun - 1)
}

/** The containers round a node, the outermost first. */
export function containersOf(node: NodeId, { nodes }: Pick<Graph, 'nodes'>): readonly NodeId[] {
  const containers: NodeId[] = []
  const parentOf = (id: NodeId): NodeId | undefined => nodes.find((candidate) => candidate.id === id)?.parent
  for (let id = parentOf(node); id !== undefined && !containers.includes(id); id = parentOf(id)) containers.unshift(id)
  return containers
}

/** The part of the chosen path that leads to a node's own scope; empty when the choice is about other containers. */
function coveredScope(node: NodeId, iteration: ScopePath, graph: Pick<Graph, 'nodes'>): ScopePath {
  const containers = containersOf(node, graph)
  const parts = iteration.split('/').slice(0, containers.length)
  const covers = containers.every((id, depth) => parts[depth]?.startsWith(`${id}[`) === true)
  return (covers ? parts.join('/') : rootScope) as ScopePath
}

/** Whether a path names containers of the graph, each inside the one before it. */
function isIteration(path: string, { nodes }: Pick<Graph, 'nodes'>): boolean {
  if (path === '') return true
  const parts = path.split('/').map((part) => /^([a-z][a-z0-9_]*)\[(?:0|[1-9]\d{0,6})\]$/.exec(part)?.[1])
  return parts.every((id, depth) => nodes.some((node) => node.id === id && node.parent === parts[depth - 1]))
}
