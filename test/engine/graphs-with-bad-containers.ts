import { make, type NodeText, start } from '../support/graphs.ts'
import { aroundList, crossing, list, node, problem, type RefusedGraph, thrice } from './refused-graph.ts'

const hook: NodeText = { id: 'hook', kind: 'webhook' }

const reads = (id: string, text: string, parent: string): NodeText => make(id, `{{ ${text} }}`, { parent })

const misplaced = (id: string, message: string, mend: string) => problem(id, 'parent', 'parent_invalid', message, mend)
const noContainer = 'name an each or a repeat, or remove parent'

const parents: readonly RefusedGraph[] = [
  aroundList(
    '[VAL27] a node in a container that does not exist',
    [make('it', 'x', { parent: 'nowhere' })],
    ['start -> it'],
    misplaced('it', 'there is no node nowhere', noContainer),
  ),
  aroundList(
    '[VAL27] a node in what is no container',
    [make('it', 'x', { parent: 'work' })],
    ['start -> it'],
    misplaced('it', 'nothing can be inside work, which is no container', noContainer),
  ),
  {
    name: '[VAL27] nothing about a parent whose kind does not exist',
    nodes: [start, node('teleport', {}), make('work', 'x', { parent: 'it' })],
    edges: ['start -> it', 'start -> work'],
    problems: [
      { nodeId: 'it', code: 'unknown_kind' },
      { nodeId: 'start', code: 'edge_crosses_container' },
    ],
  },
  aroundList(
    '[VAL27] a trigger in a container',
    [{ ...hook, parent: 'orders' }],
    ['hook -> work'],
    misplaced('hook', 'a trigger is inside no container', 'remove parent'),
  ),
  {
    name: '[VAL27] a container in itself',
    nodes: [start, list('orders', { parent: 'orders' }), make('work', 'x', { parent: 'orders' })],
    edges: ['start -> orders', 'orders.body -> work'],
    problems: [
      misplaced('orders', 'orders in orders: a container cannot be in itself', 'remove the parent of one of them'),
    ],
  },
  {
    name: '[VAL27] containers in each other, and not what is in one of them',
    nodes: [
      start,
      list('lines', { parent: 'orders' }),
      thrice('orders', { parent: 'lines' }),
      reads('work', 'item', 'lines'),
    ],
    edges: ['start -> lines', 'lines.body -> work', 'work -> orders', 'orders.body -> lines'],
    problems: [
      misplaced(
        'lines',
        'lines in orders in lines: a container cannot be in itself',
        'remove the parent of one of them',
      ),
      problem(
        'lines',
        null,
        'cycle',
        'the steps lines → work → orders → lines lead back to themselves',
        'remove one of these edges: a loop is a container, never an edge back',
      ),
    ],
  },
  {
    name: '[VAL28] containers too deep inside each other',
    nodes: [
      start,
      ...[1, 2, 3, 4, 5, 6, 7].map((depth) => list(`c${depth}`, depth === 1 ? {} : { parent: `c${depth - 1}` })),
      make('work', 'x', { parent: 'c7' }),
    ],
    edges: ['start -> c1', ...[1, 2, 3, 4, 5, 6].map((depth) => `c${depth}.body -> c${depth + 1}`), 'c7.body -> work'],
    problems: [
      problem(
        'c6',
        'parent',
        'container_too_deep',
        'it is the container number 6 of those inside each other, and 5 are allowed',
        'move what is inside to a workflow of its own, and start that',
      ),
    ],
  },
]

const bodies: readonly RefusedGraph[] = [
  {
    name: '[VAL29] a container with nothing inside',
    nodes: [start, list('orders')],
    edges: ['start -> orders'],
    problems: [
      problem(
        'orders',
        null,
        'empty_container',
        'nothing is inside it',
        'give a step the parent orders, and lead orders.body to it',
      ),
    ],
  },
  {
    name: '[VAL29] a container in which nothing begins',
    nodes: [start, thrice('again'), make('work', 'x', { parent: 'again' }), make('after')],
    edges: ['start -> again', 'again -> after'],
    problems: [
      problem(
        'again',
        null,
        'empty_container',
        'nothing inside it begins',
        'lead again.body to the first step inside it',
      ),
    ],
  },
  aroundList(
    '[VAL15] a step that the body of its container does not lead to',
    [make('it', 'x', { parent: 'orders' })],
    [],
    problem(
      'it',
      null,
      'unreachable_node',
      'orders.body does not lead to it',
      'connect it to a step that runs, or remove it',
    ),
  ),
  {
    name: '[VAL15] a container that nothing leads to, and what is in it',
    nodes: [start, thrice('again'), make('work', 'x', { parent: 'again' })],
    edges: ['again.body -> work'],
    problems: ['again', 'work'].map((id) =>
      problem(id, null, 'unreachable_node', 'no trigger leads to it', 'connect it to a step that runs, or remove it'),
    ),
  },
]

const inLines = [list('lines', { parent: 'orders' }), make('line', 'x', { parent: 'lines' })] as const
const toLines = ['work -> lines', 'lines.body -> line'] as const

const borders: readonly RefusedGraph[] = [
  aroundList(
    '[VAL30] an edge into a container',
    [],
    ['start -> work'],
    crossing('start', 2, 'start.out → work', 'lead it from start to orders'),
  ),
  aroundList(
    '[VAL30] an edge out of a container',
    [make('after')],
    ['work -> after'],
    crossing('work', 2, 'work.out → after', 'lead it from orders to after'),
  ),
  aroundList(
    '[VAL30] an edge out of two containers into another',
    [...inLines, thrice('again'), make('other', 'x', { parent: 'again' })],
    [...toLines, 'start -> again', 'again.body -> other', 'line -> other'],
    crossing('line', 6, 'line.out → other', 'lead it from orders to again'),
  ),
  aroundList(
    '[VAL30] an edge back to the container',
    [],
    ['work -> orders'],
    crossing(
      'work',
      2,
      'work.out → orders',
      'remove it: an iteration of orders is over when its steps are, and the next one begins by itself',
    ),
  ),
  aroundList(
    '[VAL30] an edge into a container from another port than body',
    [],
    ['orders.error -> work'],
    crossing('orders', 2, 'orders.error → work', 'lead it from orders.body to a step directly inside orders'),
  ),
  aroundList(
    '[VAL30] a body that leads to what is inside a container inside it',
    [...inLines],
    [...toLines, 'orders.body -> line'],
    problem(
      'orders',
      'edges[4]',
      'edge_crosses_container',
      'the edge orders.body → line leads to what is not directly inside orders',
      'give line the parent orders, or lead the edge from another port',
    ),
  ),
  aroundList(
    '[VAL30] a body that leads outside',
    [make('after')],
    ['orders.body -> after'],
    problem(
      'orders',
      'edges[2]',
      'edge_crosses_container',
      'the edge orders.body → after leads to what is not directly inside orders',
      'give after the parent orders, or lead the edge from another port',
    ),
  ),
]

/** Containers that cannot be, and edges through their borders. */
export const graphsWithBadContainers: readonly RefusedGraph[] = [...parents, ...bodies, ...borders]
