import { http, make, type NodeText, start } from '../support/graphs.ts'
import { aroundList, crossing, node, problem, type RefusedGraph } from './refused-graph.ts'

const hook: NodeText = { id: 'hook', kind: 'webhook' }

const invalid = (id: string, message: string, mend: string) => problem(id, null, 'compensation_invalid', message, mend)

/** Steps that undo others and could not. */
export const graphsWithBadUndoings: readonly RefusedGraph[] = [
  {
    name: '[VAL31] a step that two steps undo',
    nodes: [start, http('charge'), http('refund'), make('note')],
    edges: ['start -> charge', 'charge.compensate -> refund', 'charge.compensate -> note'],
    problems: [
      invalid(
        'charge',
        'refund and note both undo it',
        'keep one of these edges; a workflow that is started can undo more',
      ),
    ],
  },
  {
    name: '[VAL31] a step that undoes two steps',
    nodes: [start, http('charge'), http('book'), http('undo')],
    edges: ['start -> charge', 'charge -> book', 'charge.compensate -> undo', 'book.compensate -> undo'],
    problems: [
      invalid(
        'undo',
        'it undoes book, and other edges lead to it',
        'let no other edge lead to it, and use a step of their own for those',
      ),
    ],
  },
  {
    name: '[VAL31] a step that something follows, and that can itself be undone',
    nodes: [start, http('charge'), http('refund'), make('after'), make('again')],
    edges: ['start -> charge', 'charge.compensate -> refund', 'refund -> after', 'refund.compensate -> again'],
    problems: [invalid('refund', 'it undoes a step, and nothing follows that', 'remove the edges out of refund')],
  },
  ...[
    node('delay', { ms: 1 }),
    node('respond', {}),
    node('fail', { message: 'no' }),
    node('condition', { rules: [{ port: 'a', when: 'true' }] }),
    node('wait', { for: 'callback' }),
  ].map((undoing) => ({
    name: `[VAL31] a step that ${undoing.kind} would undo`,
    nodes: [start, http('charge'), undoing],
    edges: ['start -> charge', 'charge.compensate -> it'],
    problems: [invalid('it', `${undoing.kind} cannot undo a step`, 'use http, code, workflow, transform or log')],
  })),
  {
    name: '[VAL31] only the edge, when what would undo a step is no such step at all',
    nodes: [start, http('charge'), http('book'), http('pay'), make('work'), node('teleport', {}), hook],
    edges: [
      'start -> charge',
      'start -> book',
      'start -> pay',
      'start -> work',
      'charge.compensate -> hook',
      'book.compensate -> nobody',
      'pay.compensate -> it',
      'work.compensate -> charge',
    ],
    problems: [
      { nodeId: 'it', code: 'unknown_kind' },
      { nodeId: 'charge', code: 'edge_into_trigger' },
      { nodeId: 'book', code: 'missing_node' },
      { nodeId: 'work', code: 'missing_port', mend: 'use one of out' },
    ],
  },
  aroundList(
    '[VAL31] a step in a container that would be undone outside',
    [http('charge', { parent: 'orders' }), http('refund')],
    ['work -> charge', 'charge.compensate -> refund'],
    crossing('charge', 3, 'charge.compensate → refund', 'give refund the parent orders'),
  ),
  aroundList(
    '[VAL31] a step outside a container that would be undone in it',
    [http('charge'), http('refund', { parent: 'orders' })],
    ['start -> charge', 'charge.compensate -> refund'],
    crossing('charge', 3, 'charge.compensate → refund', 'remove the parent of refund'),
  ),
]
