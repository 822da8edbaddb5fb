import { Graph } from '../../schemas/graph.ts'

const KEPT = 100
const graphs = new Map<string, Graph>()

/**
 * The one object for a graph's content in this isolate. A graph is parsed, and its texts compiled
 * (`programOf` keeps them by object), once for all executions of a version. The least used is dropped.
 */
export function internedGraph(contentHash: string, graph: unknown): Graph {
  const known = graphs.get(contentHash) ?? Graph.parse(graph)
  graphs.delete(contentHash)
  graphs.set(contentHash, known)
  const [oldest] = graphs.keys()
  if (graphs.size > KEPT && oldest !== undefined) graphs.delete(oldest)
  return known
}
