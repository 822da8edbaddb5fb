import type { Graph, GraphProblem, Node } from '../../../schemas/graph.ts'
import { limits } from '../../../schemas/limits.ts'
import { jsonBytes } from '../output-size.ts'
import { type CompiledNode, compileNode } from '../program.ts'
import { compensationProblems } from './compensation-problems.ts'
import { containerProblems } from './container-problems.ts'
import { edgeProblems } from './edge-problems.ts'
import { flowProblems } from './flow-problems.ts'
import { linkProblems } from './link-problems.ts'
import { referenceProblems } from './reference-problems.ts'
import { type KnownSecrets, secretProblems } from './secret-problems.ts'
import { settingProblems } from './setting-problems.ts'

/** A graph with each node's compilation, as the checks of this folder read it. */
export type Judged = { readonly graph: Graph; readonly compiled: readonly (CompiledNode & { readonly node: Node })[] }

/**
 * Everything that keeps a graph from being published, each with the node and field at fault and how
 * to mend it; none when it can be. The graph is already of the right shape (`schemas/graph.ts`).
 */
export function graphProblems(graph: Graph, secrets: KnownSecrets): GraphProblem[] {
  const bytes = jsonBytes(graph)
  if (bytes > limits.graphBytes) {
    return [
      graphProblem(
        'too_large',
        `the graph has ${bytes} bytes of JSON, and ${limits.graphBytes} are allowed`,
        'split it into several workflows',
      ),
    ]
  }
  const judged: Judged = { graph, compiled: graph.nodes.map((node) => ({ node, ...compileNode(node, graph) })) }
  return [
    ...judged.compiled.flatMap(({ problems }) => problems),
    ...settingProblems(judged),
    ...edgeProblems(judged),
    ...containerProblems(judged),
    ...compensationProblems(judged),
    ...flowProblems(judged),
    ...referenceProblems(judged),
    ...secretProblems(judged, secrets),
    ...linkProblems(judged),
  ]
}

/** A problem of the graph as a whole. */
export const graphProblem = (code: GraphProblem['code'], message: string, mend: string): GraphProblem => ({
  nodeId: null,
  field: null,
  code,
  message,
  mend,
})
