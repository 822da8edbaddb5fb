import type { Edge, Graph, GraphProblem, Node, NodeId } from '../../../schemas/graph.ts'
import { compensatePort, kindNamed } from '../../../schemas/kinds/index.ts'
import { limits } from '../../../schemas/limits.ts'
import { containersRound } from '../containers.ts'
import { bodyPort } from '../topology.ts'
import { arrow } from './edge-problems.ts'
import type { Judged } from './validate.ts'

/** Nodes that are in what holds none, edges through the border of a container, containers in which nothing begins. */
export function containerProblems({ graph }: Judged): GraphProblem[] {
  const parents = graph.nodes.flatMap((node) => {
    const fault = parentFault(node, graph)
    return fault === null ? [] : [{ nodeId: node.id, field: 'parent', ...fault }]
  })
  const misplaced = new Set<string>(parents.map(({ nodeId }) => nodeId))
  const edges = graph.edges.flatMap((edge, index): GraphProblem[] => {
    // Of a node that is nowhere nobody can say what is round it.
    const fault = misplaced.has(edge.from) || misplaced.has(edge.to) ? null : crossingFault(edge, graph)
    return fault === null ? [] : [{ nodeId: edge.from, field: `edges[${index}]`, ...fault }]
  })
  return [...parents, ...edges, ...graph.nodes.filter(isContainer).flatMap((node) => emptyProblems(node, graph))]
}

/** Whether the edge leads through the border of a container otherwise than by its `body`. */
export const crosses = (edge: Edge, graph: Graph): boolean => crossingFault(edge, graph) !== null

type Fault = Pick<GraphProblem, 'code' | 'message' | 'mend'>

const isContainer = ({ kind }: Node): boolean => kindNamed(kind)?.role === 'container'

function parentFault(node: Node, graph: Graph): Fault | null {
  if (node.parent === undefined) return null
  const code = 'parent_invalid'
  const container = graph.nodes.find(({ id }) => id === node.parent)
  if (container === undefined) {
    return { code, message: `there is no node ${node.parent}`, mend: 'name an each or a repeat, or remove parent' }
  }
  const { role } = kindNamed(container.kind) ?? {}
  if (role !== undefined && role !== 'container') {
    const message = `nothing can be inside ${node.parent}, which is no container`
    return { code, message, mend: 'name an each or a repeat, or remove parent' }
  }
  if (kindNamed(node.kind)?.role === 'trigger') {
    return { code, message: 'a trigger is inside no container', mend: 'remove parent' }
  }
  const round = containersRound(node, graph)
  const circle = round.slice(0, round.findIndex(({ id }) => id === node.id) + 1).map(({ id }) => id)
  // Said once, of the first of those in the circle.
  if (circle.length > 0 && circle.every((id) => id >= node.id)) {
    const message = `${[node.id, ...circle].join(' in ')}: a container cannot be in itself`
    return { code, message, mend: 'remove the parent of one of them' }
  }
  if (!isContainer(node) || round.length !== limits.containerDepth) return null
  return {
    code: 'container_too_deep',
    message: `it is the container number ${round.length + 1} of those inside each other, and ${limits.containerDepth} are allowed`,
    mend: 'move what is inside to a workflow of its own, and start that',
  }
}

function crossingFault(edge: Edge, graph: Graph): Fault | null {
  const from = graph.nodes.find(({ id }) => id === edge.from)
  const to = graph.nodes.find(({ id }) => id === edge.to)
  if (from === undefined || to === undefined || kindNamed(to.kind)?.role === 'trigger') return null
  const code = 'edge_crosses_container'
  if (isContainer(from) && edge.port === bodyPort) {
    if (to.parent === from.id) return null
    const message = `the edge ${arrow(edge)} leads to what is not directly inside ${from.id}`
    return { code, message, mend: `give ${to.id} the parent ${from.id}, or lead the edge from another port` }
  }
  if (from.parent === to.parent) return null
  const message = `the edge ${arrow(edge)} crosses the border of a container`
  if (edge.port === compensatePort) {
    const mend = from.parent === undefined ? `remove the parent of ${to.id}` : `give ${to.id} the parent ${from.parent}`
    return { code, message, mend }
  }
  const begin = outermostOf(from, to, graph)
  const end = outermostOf(to, from, graph)
  if (begin === to.id) {
    const mend = `remove it: an iteration of ${to.id} is over when its steps are, and the next one begins by itself`
    return { code, message, mend }
  }
  if (end === from.id) {
    const mend = `lead it from ${from.id}.${bodyPort} to a step directly inside ${from.id}`
    return { code, message, mend }
  }
  return { code, message, mend: `lead it from ${begin} to ${end}` }
}

/** The outermost container round the node that is not round the other one too; without one the node itself. */
function outermostOf(node: Node, other: Node, graph: Graph): NodeId {
  const around = new Set(containersRound(other, graph))
  const own = containersRound(node, graph).filter((container) => !around.has(container))
  return (own.at(-1) ?? node).id
}

function emptyProblems({ id }: Node, { nodes, edges }: Graph): GraphProblem[] {
  if (edges.some(({ from, port }) => from === id && port === bodyPort)) return []
  const isEmpty = nodes.every(({ parent }) => parent !== id)
  return [
    {
      nodeId: id,
      field: null,
      code: 'empty_container',
      message: isEmpty ? 'nothing is inside it' : 'nothing inside it begins',
      mend: isEmpty
        ? `give a step the parent ${id}, and lead ${id}.${bodyPort} to it`
        : `lead ${id}.${bodyPort} to the first step inside it`,
    },
  ]
}
