import type { Graph, GraphProblem, Node, NodeId } from '../../../schemas/graph.ts'
import { containersRound } from '../containers.ts'
import type { Judged } from './validate.ts'

/** Links to what nobody can answer, or to an iteration that nobody can name from where the link stands. */
export function linkProblems({ graph, compiled }: Judged): GraphProblem[] {
  return compiled.flatMap(({ node, links }) =>
    links.flatMap(({ field, to }): GraphProblem[] => {
      const fault = faultOf(to, node, graph)
      return fault === null ? [] : [{ nodeId: node.id, field, code: 'unknown_reference', ...fault }]
    }),
  )
}

type Fault = Pick<GraphProblem, 'message' | 'mend'>

function faultOf(to: NodeId, from: Node, graph: Graph): Fault | null {
  const target = graph.nodes.find(({ id }) => id === to)
  if (target === undefined || !isAnswerable(target)) {
    const known = graph.nodes.filter((node) => isAnswerable(node) && isInSight(node, from, graph))
    return {
      message: `links.${to}: there is no wait ${to} for an approval or a callback`,
      mend:
        known.length === 0
          ? 'add a wait for an approval or a callback, and write its id'
          : `use one of ${known.map(({ id }) => id).join(', ')}`,
    }
  }
  if (isInSight(target, from, graph)) return null
  return {
    message: `links.${to}: ${to} is in the container ${target.parent}, and ${from.id} is not`,
    mend: `move ${from.id} into ${target.parent}, where each iteration has a link of its own`,
  }
}

const isAnswerable = ({ kind, config }: Node): boolean =>
  kind === 'wait' && (config['for'] === 'approval' || config['for'] === 'callback')

/** Whether one step of the wait is meant from there: it is in the same scope, or in one round it. */
const isInSight = ({ parent }: Node, from: Node, graph: Graph): boolean =>
  parent === undefined || containersRound(from, graph).some(({ id }) => id === parent)
