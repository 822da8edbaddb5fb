import type { GraphProblem, Node } from '../../../schemas/graph.ts'
import { kindNamed } from '../../../schemas/kinds/index.ts'
import type { Judged } from './validate.ts'

/** Settings of nodes that nothing would ever read. Whoever wrote them believes that something is retried, or caught, which is not. */
export function settingProblems({ graph }: Judged): GraphProblem[] {
  return graph.nodes.flatMap((node) => {
    const role = kindNamed(node.kind)?.role
    if (role === undefined) return []
    return [
      ...(role === 'act'
        ? []
        : [...strayProblem(node, 'retry', onlyActs), ...strayProblem(node, 'timeoutMs', onlyActs)]),
      ...(role === 'trigger' ? strayProblem(node, 'onError', 'a trigger does not fail') : []),
    ]
  })
}

const onlyActs = 'only steps that act on the world make attempts'

function strayProblem(node: Node, field: 'retry' | 'timeoutMs' | 'onError', reason: string): GraphProblem[] {
  if (node[field] === undefined) return []
  const message = `${field} has no effect on ${node.kind}: ${reason}`
  return [{ nodeId: node.id, field, code: 'unknown_field', message, mend: 'remove it' }]
}
