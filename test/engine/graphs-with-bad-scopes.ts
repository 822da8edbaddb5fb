import { http, make, type NodeText, start } from '../support/graphs.ts'
import { after, list, node, problem, type RefusedGraph, thrice } from './refused-graph.ts'

const reads = (text: string, more: Partial<NodeText> = {}): NodeText => make('it', `{{ ${text} }}`, more)
const inText = (code: 'expression_invalid' | 'unknown_reference' | 'reference_cannot_have_run') => ({
  nodeId: 'it',
  field: 'config.fields.value',
  code,
})
const notHere = (name: string, mend: string, field = 'config.fields.value') =>
  problem('it', field, 'expression_invalid', `\`${name}\` is not a name that can be used here`, mend)

const noItem = 'only the steps inside an each, and its collect, have an item: put this step into one'
const noIndex = 'only the steps inside an each or a repeat have an index: put this step into one'
const noPrevious =
  'only the steps inside a repeat have it, but not what undoes one: name the step that is meant, as in steps.<id>.output'
const noSignal = 'only the match of a wait reads the signal: afterwards it is the output of the wait'

/** A start, a container, `it` as the only step inside, and what else is said. */
const within = (
  name: string,
  container: NodeText,
  it: NodeText,
  problems: RefusedGraph['problems'],
  nodes: readonly NodeText[] = [],
  edges: readonly string[] = [],
): RefusedGraph => ({
  name,
  nodes: [start, container, { ...it, parent: container.id }, ...nodes],
  edges: [`start -> ${container.id}`, `${container.id}.body -> it`, ...edges],
  problems,
})

const roots: readonly RefusedGraph[] = [
  after('[VAL32] an item outside a container', reads('item.id'), notHere('item', noItem)),
  after('[VAL32] an index outside a container', reads('index'), notHere('index', noIndex)),
  after('[VAL32] what came before outside a container', reads('previous'), notHere('previous', noPrevious)),
  after('[VAL32] a signal outside a match', reads('signal'), notHere('signal', noSignal)),
  within('[VAL32] an item in a repeat', thrice('again'), reads('item'), [notHere('item', noItem)]),
  within('[VAL32] what came before in an each', list('orders'), reads('previous'), [notHere('previous', noPrevious)]),
  after(
    '[VAL32] what came before in the rule of a repeat',
    node('repeat', { while: 'previous == null', maxIterations: 3 }),
    notHere('previous', noPrevious, 'config.while'),
    { nodeId: 'it', code: 'empty_container' },
  ),
  within(
    '[VAL32] what came before in the rule of a repeat that is in another',
    thrice('outer'),
    node('repeat', { while: 'previous == null', maxIterations: 3 }),
    [notHere('previous', noPrevious, 'config.while')],
    [make('work', 'x', { parent: 'it' })],
    ['it.body -> work'],
  ),
  {
    name: '[VAL32] what came before in what undoes a step',
    nodes: [start, thrice('again'), http('charge', { parent: 'again' }), reads('previous', { parent: 'again' })],
    edges: ['start -> again', 'again.body -> charge', 'charge.compensate -> it'],
    problems: [notHere('previous', noPrevious)],
  },
]

const containers: readonly RefusedGraph[] = [
  ...(['output', 'error'] as const).map((part) =>
    within(`[VAL33] the ${part} of the each that a step is in`, list('orders'), reads(`steps.orders.${part}`), [
      {
        ...inText('reference_cannot_have_run'),
        message: `steps.orders.${part}: orders is not over while this runs inside it`,
        mend: 'inside orders write steps.orders.item or steps.orders.index',
      },
    ]),
  ),
  within('[VAL33] the item of the repeat that a step is in', thrice('again'), reads('steps.again.item'), [
    {
      ...inText('unknown_reference'),
      message: 'steps.again.item: a container has index inside it',
      mend: 'inside again write steps.again.index',
    },
  ]),
  within('[VAL33] the container that a step is in, and no part of it', list('orders'), reads('size(steps.orders)'), [
    { ...inText('unknown_reference'), message: 'steps.orders: a container has item and index inside it' },
  ]),
  within(
    '[VAL33] the item of an each that is over',
    list('orders'),
    reads('item'),
    [
      {
        nodeId: 'after',
        code: 'unknown_reference',
        message: 'steps.orders.item: a step has output and error',
        mend: 'write steps.orders.output',
      },
    ],
    [make('after', '{{ steps.orders.item }}')],
    ['orders -> after'],
  ),
  within(
    '[VAL33] a step inside from outside',
    list('orders'),
    reads('item'),
    [
      {
        nodeId: 'after',
        code: 'reference_cannot_have_run',
        message: 'steps.it.output: it runs inside orders, once in every iteration',
        mend: 'read steps.orders.output, which is made of what they came to',
      },
    ],
    [make('after', '{{ steps.it.output }}')],
    ['orders -> after'],
  ),
  {
    name: '[VAL33] a step inside a container inside, by collect',
    nodes: [
      start,
      { ...list('orders'), config: { items: '[1]', collect: 'steps.it.output' } },
      list('lines', { parent: 'orders' }),
      reads('item', { parent: 'lines' }),
    ],
    edges: ['start -> orders', 'orders.body -> lines', 'lines.body -> it'],
    problems: [
      {
        nodeId: 'orders',
        field: 'config.collect',
        code: 'reference_cannot_have_run',
        message: 'steps.it.output: it runs inside lines, once in every iteration',
        mend: 'read steps.lines.output, which is made of what they came to',
      },
    ],
  },
  {
    name: '[VAL33] a step after the container, and the container itself, by the rule of a repeat',
    nodes: [
      start,
      {
        ...thrice('again'),
        config: { while: 'steps.after.output.value == 1 && steps.again.index == 1', maxIterations: 2 },
      },
      make('work', 'x', { parent: 'again' }),
      make('after'),
    ],
    edges: ['start -> again', 'again.body -> work', 'again -> after'],
    problems: [
      {
        nodeId: 'again',
        code: 'reference_cannot_have_run',
        message: 'steps.after.output.value: after does not come before again',
      },
      { nodeId: 'again', code: 'reference_cannot_have_run', message: 'steps.again.index: a step cannot read itself' },
    ],
  },
]

const undoing: readonly RefusedGraph[] = [
  {
    name: '[VAL34] a step that runs only to undo another',
    nodes: [start, http('charge'), http('refund'), reads('steps.refund.output')],
    edges: ['start -> charge', 'charge.compensate -> refund', 'charge -> it'],
    problems: [
      {
        ...inText('reference_cannot_have_run'),
        message: 'steps.refund.output: refund runs only to undo a step',
        mend: 'read another step',
      },
    ],
  },
  {
    name: '[VAL34] what comes after the step that is undone',
    nodes: [start, http('charge'), make('after'), reads('steps.after.output')],
    edges: ['start -> charge', 'charge -> after', 'charge.compensate -> it'],
    problems: [inText('reference_cannot_have_run')],
  },
]

/** A node after the start, the work that a container needs, and a text that reads what the node's output never has. */
const strayOutput = (of: NodeText, path: string, message: string, mend: string): RefusedGraph => {
  const isContainer = of.kind === 'each' || of.kind === 'repeat'
  return {
    name: `[VAL16] a field that what ${of.kind} gives never has: ${path}`,
    nodes: [start, of, ...(isContainer ? [make('work', 'x', { parent: of.id })] : []), reads(`steps.${of.id}.${path}`)],
    edges: [
      `start -> ${of.id}`,
      ...(isContainer ? [`${of.id}.body -> work`] : []),
      `${of.id}.${of.kind === 'wait' ? 'approved' : 'out'} -> it`,
    ],
    problems: [{ ...inText('unknown_reference'), message: `steps.${of.id}.${path}: ${message}`, mend }],
  }
}

const outputs: readonly RefusedGraph[] = [
  strayOutput(list('orders'), 'output.total', 'a list has no total', 'write [0] for its first element'),
  strayOutput(thrice('again'), 'output.value', 'there is no value', 'use one of iterations, isExhausted, last'),
  strayOutput(http('fetch'), 'error.status', 'there is no status', 'use one of code, message, details'),
  strayOutput(
    { ...node('wait', { for: 'approval' }), id: 'approve' },
    'output.comment',
    'there is no comment',
    'use one of decision, data',
  ),
  strayOutput(
    { ...node('workflow', { workflowId: 'other', wait: false }), id: 'child' },
    'output.status',
    'there is no status',
    'use one of workflowId, executionId, version',
  ),
]

/** Texts that read what is not there in their container, or not yet, or not any more. */
export const graphsWithBadScopes: readonly RefusedGraph[] = [...roots, ...containers, ...undoing, ...outputs]
