import { kinds } from '../../schemas/kinds/index.ts'
import { condition, http, make, start } from '../support/graphs.ts'
import { after, node, problem, type RefusedGraph } from './refused-graph.ts'

/** Nodes and edges that do not fit together. */
export const graphsOfBadShape: readonly RefusedGraph[] = [
  {
    name: '[VAL4] no trigger',
    nodes: [make('alone')],
    edges: [],
    problems: [
      problem(
        null,
        null,
        'no_trigger',
        'the workflow has no trigger, so nothing can start it',
        'add a manual start or a webhook',
      ),
    ],
  },
  after(
    '[VAL5] a kind that does not exist',
    node('teleport', {}),
    problem(
      'it',
      'kind',
      'unknown_kind',
      'there is no step kind teleport',
      `use one of ${Object.keys(kinds).join(', ')}`,
    ),
  ),
  {
    name: '[VAL9] two nodes with one id',
    nodes: [start, make('it'), make('it', 'other')],
    edges: ['start -> it'],
    problems: [problem('it', 'id', 'duplicate_node', 'two nodes have the id it', 'give one of them another id')],
  },
  {
    name: '[VAL10] an edge that is there twice',
    nodes: [start, make('it')],
    edges: ['start -> it', 'start -> it'],
    problems: [
      problem('start', 'edges[1]', 'duplicate_edge', 'the edge start.out → it is there twice', 'remove one of them'),
    ],
  },
  {
    name: '[VAL11] an edge from nowhere',
    nodes: [start, make('it')],
    edges: ['start -> it', 'nowhere -> it'],
    problems: [
      problem(
        'nowhere',
        'edges[1]',
        'missing_node',
        'the edge nowhere.out → it begins at a node that does not exist',
        'add the node or remove the edge',
      ),
    ],
  },
  {
    name: '[VAL11] an edge to nowhere',
    nodes: [start],
    edges: ['start -> nowhere'],
    problems: [
      problem(
        'start',
        'edges[0]',
        'missing_node',
        'the edge start.out → nowhere leads to a node that does not exist',
        'add the node or remove the edge',
      ),
    ],
  },
  {
    name: '[VAL12] an edge from a port that the node does not have',
    nodes: [start, condition('it', { big: 'true' }), make('next')],
    edges: ['start -> it', 'it.huge -> next'],
    problems: [problem('it', 'edges[1]', 'missing_port', 'it has no port huge', 'use one of big, else')],
  },
  {
    name: '[VAL12] an edge from a node that ends the execution',
    nodes: [start, node('fail', { message: 'no' }), make('next')],
    edges: ['start -> it', 'it -> next'],
    problems: [problem('it', 'edges[1]', 'missing_port', 'it has no port out', 'it ends here: remove the edge')],
  },
  {
    name: '[VAL12] an edge from the error port of a step that does not leave by it',
    nodes: [start, make('it'), make('next')],
    edges: ['start -> it', 'it.error -> next'],
    problems: [problem('it', 'edges[1]', 'missing_port', 'it has no port error', 'use one of out')],
  },
  ...(['fail', 'continue'] as const).map((onError) => ({
    name: `[VAL12] an edge from error of a step that never leaves by it: onError ${onError}`,
    nodes: [start, http('it', { onError }), make('next')],
    edges: ['start -> it', 'it.error -> next'],
    problems: [problem('it', 'edges[1]', 'missing_port', 'it has no port error', 'use one of out, compensate')],
  })),
  {
    name: '[VAL12] nothing about the ports of a node that is broken anyway',
    nodes: [start, node('condition', {}), make('next')],
    edges: ['start -> it', 'it.big -> next'],
    problems: [problem('it', 'config.rules', 'missing_field', 'rules is missing', 'fill it in')],
  },
  {
    name: '[VAL13] an edge into a trigger',
    nodes: [start, make('it'), { id: 'hook', kind: 'webhook' }],
    edges: ['start -> it', 'it -> hook'],
    problems: [
      problem(
        'it',
        'edges[1]',
        'edge_into_trigger',
        'the edge it.out → hook leads into a trigger',
        'lead it to the step after the trigger',
      ),
    ],
  },
  {
    name: '[VAL14] a way that leads back',
    nodes: [start, make('a'), make('b'), make('c')],
    edges: ['start -> a', 'a -> b', 'b -> c', 'c -> b'],
    problems: [
      problem(
        'b',
        null,
        'cycle',
        'the steps b → c → b lead back to themselves',
        'remove one of these edges: a loop is a container, never an edge back',
      ),
    ],
  },
  {
    name: '[VAL15] a node that nothing leads to',
    nodes: [start, make('it')],
    edges: [],
    problems: [
      problem('it', null, 'unreachable_node', 'no trigger leads to it', 'connect it to a step that runs, or remove it'),
    ],
  },
  {
    name: '[VAL22] a join of more edges than there are',
    nodes: [start, make('it', 'it', { join: 2 })],
    edges: ['start -> it'],
    problems: [problem('it', 'join', 'join_too_many', 'it waits for 2 edges and has 1', 'use at most 1, all or any')],
  },
  {
    name: '[VAL22] a join where no edge leads',
    nodes: [start, make('it', 'it', { join: 1 })],
    edges: [],
    problems: [
      problem('it', 'join', 'join_too_many', 'it waits for 1 edges and has 0', 'use all or any'),
      problem('it', null, 'unreachable_node', 'no trigger leads to it', 'connect it to a step that runs, or remove it'),
    ],
  },
]
