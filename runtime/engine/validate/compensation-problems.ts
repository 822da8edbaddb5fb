import type { Edge, GraphProblem, Node, NodeId } from '../../../schemas/graph.ts'
import { compensatePort, kindNamed } from '../../../schemas/kinds/index.ts'
import type { Judged } from './validate.ts'

/** Steps that are undone by more than one, and what undoes a step but could not do it when it must. */
export function compensationProblems({ graph }: Judged): GraphProblem[] {
  const { nodes, edges } = graph
  const acting = new Set(nodes.filter(isActing).map(({ id }) => id))
  const undoing = edges.filter(({ from, port }) => port === compensatePort && acting.has(from))
  const doubled = [...Map.groupBy(undoing, ({ from }) => from)].filter(([, ways]) => ways.length > 1)
  return [
    ...doubled.map(([id, ways]) => ({
      nodeId: id,
      field: null,
      code: 'compensation_invalid' as const,
      message: `${ways.map(({ to }) => to).join(' and ')} both undo it`,
      mend: 'keep one of these edges; a workflow that is started can undo more',
    })),
    ...[...new Map(undoing.map(({ from, to }) => [to, from]))].flatMap(([id, undone]) => {
      const node = nodes.find((candidate) => candidate.id === id)
      // An edge to nowhere, or into a trigger, is a problem of its own.
      if (node === undefined || kindNamed(node.kind)?.role === 'trigger') return []
      return undoingProblems(node, undone, edges)
    }),
  ]
}

/** The nodes that an edge from the port `compensate` leads to. */
export const undoingNodes = (edges: readonly Edge[]): ReadonlySet<NodeId> =>
  new Set(edges.filter(({ port }) => port === compensatePort).map(({ to }) => to))

const isActing = ({ kind }: Node): boolean => kindNamed(kind)?.role === 'act'

/** Kinds that only compute and still can undo something, or tell of it. The others would wait, or lead somewhere. */
const computing = ['transform', 'log']

function undoingProblems({ id, kind }: Node, undone: NodeId, edges: readonly Edge[]): GraphProblem[] {
  const problem = (message: string, mend: string): GraphProblem => ({
    nodeId: id,
    field: null,
    code: 'compensation_invalid',
    message,
    mend,
  })
  const incoming = edges.filter(({ to }) => to === id)
  const out = edges.filter(({ from }) => from === id)
  const { role } = kindNamed(kind) ?? {}
  const canUndo = role === undefined || role === 'act' || computing.includes(kind)
  return [
    ...(incoming.length === 1
      ? []
      : [
          problem(
            `it undoes ${undone}, and other edges lead to it`,
            'let no other edge lead to it, and use a step of their own for those',
          ),
        ]),
    ...(out.length === 0
      ? []
      : [problem('it undoes a step, and nothing follows that', `remove the edges out of ${id}`)]),
    ...(canUndo ? [] : [problem(`${kind} cannot undo a step`, `use http, code, workflow, ${computing.join(' or ')}`)]),
  ]
}
