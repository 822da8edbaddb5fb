import type { GraphProblem, Node } from '../../../schemas/graph.ts'
import { type Kind, kindNamed } from '../../../schemas/kinds/index.ts'
import { undoingNodes } from './compensation-problems.ts'
import type { Judged } from './validate.ts'

/** Settings of nodes that nothing would ever read. Whoever wrote them believes that something is retried, or caught, which is not. */
export function settingProblems({ graph }: Judged): GraphProblem[] {
  const undoing = undoingNodes(graph.edges)
  return graph.nodes.flatMap((node) => {
    const kind = kindNamed(node.kind)
    if (kind === undefined) return []
    const reasons = { ...reasonsOfRole(kind.role), ...reasonsOf(node), ...(undoing.has(node.id) ? ofUndoing : {}) }
    return [
      ...settings.flatMap((field) => strayProblem(node, field, reasons[field])),
      ...(node.kind === 'wait' ? continueProblem(node) : []),
    ]
  })
}

const settings = ['retry', 'timeoutMs', 'once', 'onError', 'join'] as const
/** Why a setting of a node has no effect. */
type Reasons = { readonly [Setting in (typeof settings)[number]]?: string }

function reasonsOfRole(role: Kind['role']): Reasons {
  if (role === 'act') return {}
  const ofAttempts = { retry: onlyActs, timeoutMs: onlyActs, once: onlyActs }
  if (role !== 'trigger') return ofAttempts
  return { ...ofAttempts, onError: 'a trigger does not fail', join: 'no edge leads into a trigger' }
}

function reasonsOf({ kind, once }: Node): Reasons {
  if (kind === 'fail') return { onError: 'it ends the execution' }
  if (kind === 'wait') return { timeoutMs: 'the time limit of a wait is in its config' }
  if (kind === 'workflow') {
    return {
      timeoutMs: 'the time limit of the workflow that it starts is in the settings of that one',
      once: 'started again, the same child goes on',
    }
  }
  return once === true ? { retry: 'with once nothing is tried again' } : {}
}

const ofUndoing: Reasons = {
  onError: 'after a step that undoes another the next one is undone, whatever it came to',
  join: 'one edge leads to a step that undoes another',
}

const onlyActs = 'only steps that act on the world make attempts'

function strayProblem(node: Node, field: keyof Reasons, reason: string | undefined): GraphProblem[] {
  if (node[field] === undefined || reason === undefined) return []
  const message = `${field} has no effect on ${node.kind}: ${reason}`
  return [{ nodeId: node.id, field, code: 'unknown_field', message, mend: 'remove it' }]
}

/** An approval has no port by which it could go on without a decision. */
function continueProblem({ id, config, onError }: Node): GraphProblem[] {
  if (config['for'] !== 'approval' || onError !== 'continue') return []
  const message = 'an approval without a decision goes on neither by approved nor by rejected'
  return [
    { nodeId: id, field: 'onError', code: 'invalid_field', message, mend: 'use port, and lead an edge from error' },
  ]
}
