import { after, node, problem, type RefusedGraph } from './refused-graph.ts'

/** Transforms that are not what their operation takes. */
export const graphsWithBadTransforms: readonly RefusedGraph[] = [
  after(
    '[KND6] a transform without fields or operation',
    node('transform', {}),
    problem('it', 'config', 'missing_field', 'a transform has either fields or an operation', 'set one of the two'),
  ),
  after(
    '[KND6] a transform with both',
    node('transform', { fields: {}, operation: 'keep', paths: ['a'] }),
    problem('it', 'config', 'invalid_field', 'a transform has either fields or an operation', 'set one of the two'),
  ),
  after(
    '[KND6] an operation without what it needs',
    node('transform', { operation: 'rename' }),
    problem('it', 'config.names', 'missing_field', 'rename needs names', 'set names'),
  ),
  after(
    '[KND6] a field that the operation does not use',
    node('transform', { operation: 'keep', paths: ['a'], values: { b: 1 } }),
    problem(
      'it',
      'config.values',
      'unknown_field',
      'values has no effect here',
      'remove it, or choose an operation that uses it',
    ),
  ),
  after(
    '[KND6] an input where fields are made',
    node('transform', { fields: { a: 1 }, from: 'trigger.body' }),
    problem(
      'it',
      'config.from',
      'unknown_field',
      'from has no effect here',
      'remove it, or choose an operation that uses it',
    ),
  ),
  ...[
    { operation: 'set', values: { 'a.__proto__.b': 1 } },
    { operation: 'keep', paths: ['a.__proto__.b'] },
    { operation: 'rename', names: { x: 'a.__proto__.b' } },
  ].map((config) =>
    after(
      `[KND6] a path to a prototype: ${config.operation}`,
      node('transform', config),
      problem('it', 'config', 'invalid_field', 'the path a.__proto__.b is not allowed', 'use another name'),
    ),
  ),
  after('[VAL18] an input that does not compile', node('transform', { operation: 'keep', paths: ['a'], from: '1 +' }), {
    field: 'config.from',
    code: 'expression_invalid',
  }),
  after('[VAL18] values that do not compile', node('transform', { operation: 'set', values: { a: '{{ 1 + }}' } }), {
    field: 'config.values.a',
    code: 'expression_invalid',
  }),
  after(
    '[KND6] a path to a prototype through a list',
    node('transform', { operation: 'extract', path: 'a[0].constructor[1]' }),
    problem('it', 'config', 'invalid_field', 'the path a[0].constructor[1] is not allowed', 'use another name'),
  ),
  after(
    '[KND10] nothing to extract',
    node('transform', { operation: 'extract' }),
    problem('it', 'config.path', 'missing_field', 'extract needs path or from', 'set one of them, or both'),
  ),
  after(
    '[KND10] a path that is none',
    node('transform', { operation: 'extract', path: 'a..b' }),
    problem(
      'it',
      'config.path',
      'invalid_field',
      'path: must be a path of fields and elements such as items[0].name',
      'correct the value',
    ),
  ),
  ...(['filter', 'sort', 'group', 'set', 'keep', 'remove'] as const).map((operation) => {
    const field = { filter: 'where', sort: 'by', group: 'key', set: 'values', keep: 'paths', remove: 'paths' }[
      operation
    ]
    return after(
      `[KND6] an operation without what it needs: ${operation}`,
      node('transform', { operation }),
      problem('it', `config.${field}`, 'missing_field', `${operation} needs ${field}`, `set ${field}`),
    )
  }),
  after(
    '[KND6] fields of another operation',
    node('transform', { operation: 'filter', where: 'true', offset: 1 }),
    problem(
      'it',
      'config.offset',
      'unknown_field',
      'offset has no effect here',
      'remove it, or choose an operation that uses it',
    ),
  ),
  after(
    '[KND14] a limit of nothing',
    node('transform', { operation: 'limit', offset: 1 }),
    problem('it', 'config', 'missing_field', 'limit has either first or last', 'set one of the two'),
  ),
  after(
    '[KND14] a limit at both ends',
    node('transform', { operation: 'limit', first: 1, last: 1 }),
    problem('it', 'config', 'invalid_field', 'limit has either first or last', 'set one of the two'),
  ),
  after(
    '[KND13] an order that there is not',
    node('transform', { operation: 'sort', by: [{ key: 'item', order: 'up' }] }),
    { field: 'config.by[0].order', code: 'invalid_field' },
  ),
  ...[
    { field: 'config.where', config: { operation: 'filter', where: 'item.total >' } },
    { field: 'config.by[1].key', config: { operation: 'sort', by: [{ key: 'item' }, { key: 'items' }] } },
    { field: 'config.key', config: { operation: 'group', key: 'this.kind' } },
    { field: 'config.first', config: { operation: 'limit', first: '{{ item }}' } },
  ].map(({ field, config }) =>
    after(`[VAL18] an expression of ${config.operation} that does not compile`, node('transform', config), {
      field,
      code: 'expression_invalid',
    }),
  ),
  after(
    '[VAL18] a test of elements that cannot be true or false',
    node('transform', { operation: 'filter', where: "'yes'" }),
    { field: 'config.where', code: 'expression_invalid' },
  ),
  after(
    '[KND11] the element of a list where there is none',
    node('transform', { operation: 'extract', from: 'item' }),
    {
      field: 'config.from',
      code: 'expression_invalid',
    },
  ),
  after(
    '[VAL16] a test of elements that reads a step that is not there',
    node('transform', { operation: 'filter', where: 'item.total == steps.x.output.total && index > 0' }),
    { field: 'config.where', code: 'unknown_reference' },
  ),
]
