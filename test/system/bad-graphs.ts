type GraphText = { readonly name: string; readonly nodes: readonly object[]; readonly edges: readonly object[] }
export type BadGraph = {
  readonly why: string
  readonly nodeId: string | null
  readonly field: string | null
  readonly code: string
} & {
  readonly graph: GraphText
}

const start = { id: 'start', kind: 'manual' }
const make = (id: string, value: unknown = id) => ({ id, kind: 'transform', config: { fields: { value } } })
const edge = (from: string, to: string, port = 'out') => ({ from, port, to })

/** `start -> it`, and what is wrong with `it`. */
const after = (
  why: string,
  it: { readonly kind: string; readonly config?: object },
  field: string,
  code: string,
): BadGraph => ({
  why,
  nodeId: 'it',
  field,
  code,
  graph: { name: why, nodes: [start, { id: 'it', ...it }], edges: [edge('start', 'it')] },
})

const shaped = (
  why: string,
  [nodeId, field, code]: readonly [string | null, string | null, string],
  nodes: readonly object[],
  edges: readonly object[],
): BadGraph => ({ why, nodeId, field, code, graph: { name: why, nodes, edges } })

const http = (config: object) => ({ kind: 'http', config })
const secretly = (name: string) => http({ url: 'https://api.example/', headers: { 'x-key': `{{ secrets.${name} }}` } })

/** One graph for each reason that design.md section 3 names, as far as its kinds exist. */
export const badGraphs: readonly BadGraph[] = [
  after('an unknown kind', { kind: 'teleport' }, 'kind', 'unknown_kind'),
  after('a kind that is a name of objects', { kind: 'constructor' }, 'kind', 'unknown_kind'),
  after('a missing field', http({}), 'config.url', 'missing_field'),
  after('a value that does not fit', { kind: 'respond', config: { status: 99 } }, 'config.status', 'invalid_field'),
  after('an unknown field', { kind: 'log', config: { message: 'a', mesage: 'b' } }, 'config.mesage', 'unknown_field'),
  after('a URL of a file', http({ url: 'file:///etc/passwd' }), 'config.url', 'invalid_field'),
  after('a URL that is its data', http({ url: 'data:text/plain,hello' }), 'config.url', 'invalid_field'),
  after(
    'an expression that does not compile',
    { kind: 'condition', config: { rules: [{ port: 'big', when: 'trigger.body.total >' }] } },
    'config.rules[0].when',
    'expression_invalid',
  ),
  after(
    'an expression of the wrong type',
    { kind: 'condition', config: { rules: [{ port: 'big', when: "1 + 'a'" }] } },
    'config.rules[0].when',
    'expression_invalid',
  ),
  after('a missing secret', secretly('nobody_put_this'), 'config.headers.x-key', 'missing_secret'),
  after(
    'a secret where none may stand',
    { kind: 'log', config: { message: '{{ secrets.nobody_put_this }}' } },
    'config.message',
    'secret_not_allowed',
  ),
  after(
    'a reference to a step that is not there',
    make('it', '{{ steps.nothing.output }}'),
    'config.fields.value',
    'unknown_reference',
  ),
  shaped(
    'a reference to a step that cannot have run',
    ['it', 'config.fields.value', 'reference_cannot_have_run'],
    [start, make('it', '{{ steps.later.output.value }}'), make('later')],
    [edge('start', 'it'), edge('it', 'later')],
  ),
  shaped('no trigger', [null, null, 'no_trigger'], [make('it')], []),
  shaped(
    'a cycle',
    ['a', null, 'cycle'],
    [start, make('a'), make('b')],
    [edge('start', 'a'), edge('a', 'b'), edge('b', 'a')],
  ),
  shaped('an unreachable node', ['it', null, 'unreachable_node'], [start, make('it')], []),
  shaped('an edge to a missing node', ['start', 'edges[0]', 'missing_node'], [start], [edge('start', 'gone')]),
  shaped(
    'an edge from a missing node',
    ['gone', 'edges[1]', 'missing_node'],
    [start, make('it')],
    [edge('start', 'it'), edge('gone', 'it')],
  ),
  shaped(
    'an edge from a missing port',
    ['it', 'edges[1]', 'missing_port'],
    [start, make('it'), make('next')],
    [edge('start', 'it'), edge('it', 'next', '__proto__')],
  ),
  shaped(
    'two nodes with one id',
    ['it', 'id', 'duplicate_node'],
    [start, make('it'), make('it')],
    [edge('start', 'it')],
  ),
]

/** A chain of `count` nodes. */
export const chainOf = (count: number): GraphText => ({
  name: `${count} nodes`,
  nodes: [start, ...Array.from({ length: count - 1 }, (_, at) => make(`step_${at}`, at))],
  edges: Array.from({ length: count - 1 }, (_, at) => edge(at === 0 ? 'start' : `step_${at - 1}`, `step_${at}`)),
})
