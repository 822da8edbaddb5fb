import { http, make, type NodeText, start } from '../support/graphs.ts'
import { problem, type RefusedGraph } from './refused-graph.ts'

const approval = (id: string, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'wait',
  config: { for: 'approval' },
  ...more,
})
const mailing = (text: string, more: Partial<NodeText> = {}): NodeText =>
  http('mail', { config: { method: 'POST', url: 'https://mail.example', body: { text } }, ...more })
const each = (id: string, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'each',
  config: { items: 'trigger.body' },
  ...more,
})
const unknown = (message: string, mend: string) =>
  problem('mail', 'config.body.text', 'unknown_reference', message, mend)

const add = 'add a wait for an approval or a callback, and write its id'

/** Links that nobody could answer, or that stand where they would be shown. */
export const graphsWithBadLinks: readonly RefusedGraph[] = [
  {
    name: '[LNK4] a link to a node that does not exist',
    nodes: [start, mailing('{{ links.approve }}')],
    edges: ['start -> mail'],
    problems: [unknown('links.approve: there is no wait approve for an approval or a callback', add)],
  },
  {
    name: '[LNK4] a link to a step that is no wait',
    nodes: [start, mailing('{{ links.start }}'), approval('approve')],
    edges: ['start -> mail', 'mail -> approve'],
    problems: [unknown('links.start: there is no wait start for an approval or a callback', 'use one of approve')],
  },
  {
    name: '[LNK4] a link to a wait for a signal',
    nodes: [start, mailing('{{ links.paid }}'), { id: 'paid', kind: 'wait', config: { for: 'signal', name: 'paid' } }],
    edges: ['start -> mail', 'mail -> paid'],
    problems: [unknown('links.paid: there is no wait paid for an approval or a callback', add)],
  },
  {
    name: '[LNK4] a link to a wait in a container that the text is not in',
    nodes: [start, mailing('{{ links.approve }}'), each('orders'), approval('approve', { parent: 'orders' as never })],
    edges: ['start -> mail', 'mail -> orders', 'orders.body -> approve'],
    problems: [
      unknown(
        'links.approve: approve is in the container orders, and mail is not',
        'move mail into orders, where each iteration has a link of its own',
      ),
    ],
  },
  {
    name: '[LNK5] a link in an expression',
    nodes: [start, mailing('{{ "see " + links.approve }}'), approval('approve')],
    edges: ['start -> mail', 'mail -> approve'],
    problems: [{ nodeId: 'mail', field: 'config.body.text', code: 'link_not_allowed' }],
  },
  {
    name: '[LNK5] a link where no secret may stand',
    nodes: [start, make('it', '{{ links.approve }}'), approval('approve')],
    edges: ['start -> it', 'it -> approve'],
    problems: [{ nodeId: 'it', field: 'config.fields.value', code: 'link_not_allowed' }],
  },
]
