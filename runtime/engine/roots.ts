import type { Graph, Node } from '../../schemas/graph.ts'
import { containersRound } from './containers.ts'
import { topologyOf } from './topology.ts'

/** What every expression may name. */
const outerRoots: readonly string[] = ['trigger', 'steps', 'execution', 'workflow']

/** What joins them inside a container: the item of an `each`, what the iteration of a `repeat` before came to. */
export const bodyRoots = (roots: readonly string[], container: string): readonly string[] => [
  ...new Set([...roots, 'index', container === 'each' ? 'item' : 'previous']),
]

/** What a node's texts may name: more with every container round it. */
export function rootsOf(node: Node, graph: Graph): readonly string[] {
  const roots = containersRound(node, graph).reduce((names, { kind }) => bodyRoots(names, kind), outerRoots)
  return topologyOf(graph).isCompensation(node.id) ? withoutPrevious(roots) : roots
}

/** Of what undoes a step, and of the rule of a `repeat`: what they would read is that of another iteration than theirs. */
export const withoutPrevious = (roots: readonly string[]): readonly string[] =>
  roots.filter((name) => name !== 'previous')

/** The names that only some texts have, each with what to do where it is not there. */
export const rootsElsewhere: ReadonlyMap<string, string> = new Map([
  ['item', 'only the steps inside an each, and its collect, have an item: put this step into one'],
  ['index', 'only the steps inside an each or a repeat have an index: put this step into one'],
  [
    'previous',
    'only the steps inside a repeat have it, but not what undoes one: name the step that is meant, as in steps.<id>.output',
  ],
  ['signal', 'only the match of a wait reads the signal: afterwards it is the output of the wait'],
])
