import type { GraphProblem, Node, NodeId } from '../../../schemas/graph.ts'
import type { Judged } from './validate.ts'

/** Links to what nobody can answer, or to an iteration that nobody can name from where the link stands. */
export function linkProblems({ graph, compiled }: Judged): GraphProblem[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  return compiled.flatMap(({ node, links }) =>
    links.flatMap(({ field, to }): GraphProblem[] => {
      const fault = faultOf(to, node, nodes)
      return fault === null ? [] : [{ nodeId: node.id, field, code: 'unknown_reference', ...fault }]
    }),
  )
}

type Fault = Pick<GraphProblem, 'message' | 'mend'>
type Nodes = ReadonlyMap<NodeId, Node>

function faultOf(to: NodeId, from: Node, nodes: Nodes): Fault | null {
  const target = nodes.get(to)
  if (target === undefined || !isAnswerable(target)) {
    const known = [...nodes.values()].filter((node) => isAnswerable(node) && isInSight(node, from, nodes))
    return {
      message: `links.${to}: there is no wait ${to} for an approval or a callback`,
      mend:
        known.length === 0
          ? 'add a wait for an approval or a callback, and write its id'
          : `use one of ${known.map(({ id }) => id).join(', ')}`,
    }
  }
  if (isInSight(target, from, nodes)) return null
  return {
    message: `links.${to}: ${to} is in the container ${target.parent}, and ${from.id} is not`,
    mend: `move ${from.id} into ${target.parent}, where each iteration has a link of its own`,
  }
}

const isAnswerable = ({ kind, config }: Node): boolean =>
  kind === 'wait' && (config['for'] === 'approval' || config['for'] === 'callback')

/** Whether one step of the wait is meant from there: it is in the same scope, or in one round it. */
function isInSight({ parent }: Node, from: Node, nodes: Nodes): boolean {
  if (parent === undefined) return true
  const seen = new Set<NodeId>()
  for (let id = from.parent; id !== undefined && !seen.has(id); id = nodes.get(id)?.parent) {
    if (id === parent) return true
    seen.add(id)
  }
  return false
}
