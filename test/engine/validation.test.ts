import { describe, expect, it } from 'vitest'

import { graphProblems } from '../../runtime/engine/validate/validate.ts'
import { Graph, GraphProblem } from '../../schemas/graph.ts'
import { condition, delay, graphOf, http, make, start } from '../support/graphs.ts'
import { graphsOfBadShape } from './graphs-of-bad-shape.ts'
import { graphsWithBadContainers } from './graphs-with-bad-containers.ts'
import { graphsWithBadFields } from './graphs-with-bad-fields.ts'
import { graphsWithBadLinks } from './graphs-with-bad-links.ts'
import { graphsWithBadReferences } from './graphs-with-bad-references.ts'
import { graphsWithBadScopes } from './graphs-with-bad-scopes.ts'
import { graphsWithBadTransforms } from './graphs-with-bad-transforms.ts'
import { graphsWithBadUndoings } from './graphs-with-bad-undoings.ts'
import { graphsWithBadWaits } from './graphs-with-bad-waits.ts'
import { graphsWithStraySettings } from './graphs-with-stray-settings.ts'
import { bearer, hook, problem, type Secrets } from './refused-graph.ts'

const cases = [
  ...graphsOfBadShape,
  ...graphsWithBadContainers,
  ...graphsWithBadUndoings,
  ...graphsWithBadScopes,
  ...graphsWithBadWaits,
  ...graphsWithStraySettings,
  ...graphsWithBadReferences,
  ...graphsWithBadLinks,
  ...graphsWithBadFields,
  ...graphsWithBadTransforms,
]

const problemsOf = (graph: Graph, secrets: Secrets = {}) =>
  graphProblems(graph, new Map(Object.entries(secrets).map(([name, hosts]) => [name, { hosts }])))

describe('a graph is refused for', () => {
  it.each(cases.map((one) => ({ ...one })))('$name', ({ nodes, edges, problems, secrets }) => {
    const found = problemsOf(graphOf(nodes, edges), secrets)
    expect(found).toEqual(problems.map((one) => expect.objectContaining(one) as unknown))
    for (const one of found) expect(GraphProblem.parse(one)).toEqual(one)
  })

  it('[VAL2] its size', () => {
    const graph = Graph.parse({ name: 'Large', nodes: [{ ...start, notes: 'é'.repeat(10_000) }], edges: [] })
    const ids = Array.from({ length: 14 }, (_, index) => make(`n${index}`, 'é'.repeat(10_000)))
    const large = graphOf(
      [start, ...ids],
      ids.map(({ id }) => `start -> ${id}`),
    )
    expect(problemsOf(graph)).toEqual([])
    const bytes = new TextEncoder().encode(JSON.stringify(large)).length
    expect(bytes).toBeGreaterThan(262_144)
    expect(problemsOf(large)).toEqual([
      problem(
        null,
        null,
        'too_large',
        `the graph has ${bytes} bytes of JSON, and 262144 are allowed`,
        'split it into several workflows',
      ),
    ])
  })

  it('[VAL1] every problem that there is a code for', () => {
    const codes = new Set(cases.flatMap(({ problems }) => problems.map(({ code }) => code)))
    expect([...codes, 'too_large'].sort()).toEqual([...GraphProblem.shape.code.options].sort())
  })

  it('[VAL1] all its problems at once', () => {
    const graph = graphOf(
      [start, http('a', { config: {} }), make('b'), make('c', '{{ steps.x.output }}')],
      ['start -> a', 'a.no -> b'],
    )
    expect(problemsOf(graph).map(({ nodeId, code }) => [nodeId, code])).toEqual([
      ['a', 'missing_field'],
      ['c', 'unreachable_node'],
      ['c', 'unknown_reference'],
    ])
  })
})

describe('a graph is accepted', () => {
  it('[VAL16] that reads what may be there', () => {
    const graph = graphOf(
      [
        start,
        { id: 'hook', kind: 'webhook' },
        http('fetch'),
        condition('size', { big: 'steps.fetch.output.status == 200' }),
        delay('pause'),
        { id: 'note', kind: 'log', config: { message: 'hello', data: 1 } },
        make('last', [
          '{{ steps.fetch.output.body.anything }} {{ steps.fetch.?error.?code.orValue("none") }}',
          '{{ steps.size.output.ports }} {{ steps.pause.output.until }} {{ steps.note.output.data }}',
          '{{ trigger.?headers.?host.orValue("none") }} {{ trigger.method }}',
        ]),
        make('leaf', '{{ steps.last.output.value }} {{ steps.part.output.whatever }}'),
        { id: 'part', kind: 'transform', config: { operation: 'keep', paths: ['a'] } },
      ],
      [
        'start -> fetch',
        'hook -> fetch',
        'fetch -> size',
        'size.big -> pause',
        'pause -> note',
        'note -> last',
        'last -> part',
        'part -> leaf',
      ],
    )
    expect(problemsOf(graph)).toEqual([])
  })

  it('[VAL16] but not when it reads what one of its steps never puts out', () => {
    const graph = graphOf(
      [start, { id: 'note', kind: 'log', config: { message: 'x' } }, make('last', '{{ steps.note.output.data }}')],
      ['start -> note', 'note -> last'],
    )
    expect(problemsOf(graph)).toMatchObject([{ mend: 'use one of level, message' }])
  })

  it.each([
    { url: 'https://chat.example', hosts: [] },
    { url: 'https://chat.example/{{ trigger.body.room }}', hosts: [] },
    { url: '{{ trigger.body.url }}', hosts: ['chat.example'] },
  ])('[VAL21] that sends a secret to a known host: $url', ({ url, hosts }) => {
    expect(problemsOf(graphOf([start, bearer('chat', url)], ['start -> it']), { chat: hosts })).toEqual([])
  })

  it('[VAL19] with the secret that a webhook verifies with', () => {
    expect(problemsOf(graphOf([hook({ verify: { scheme: 'token', secret: 'known' } })], []), { known: [] })).toEqual([])
  })

  it('[VAL12] with an edge from the error port of a step that is told to leave by it', () => {
    const graph = graphOf(
      [start, make('it', 'it', { onError: 'port' }), make('next')],
      ['start -> it', 'it.error -> next'],
    )
    expect(problemsOf(graph)).toEqual([])
  })

  it('[VAL24] with a policy and a time limit on a step that acts', () => {
    const it = http('it', { retry: { maxAttempts: 2 }, timeoutMs: 10, once: false, onError: 'fail' })
    expect(
      problemsOf(graphOf([start, it, make('next', 'x', { onError: 'continue' })], ['start -> it', 'it -> next'])),
    ).toEqual([])
  })

  it('[VAL23] with 500 nodes and 2,000 edges', () => {
    const ids = Array.from({ length: 499 }, (_, index) => `n${index}`)
    const nodes = ids.map((id, index) =>
      index < 4 ? make(id) : make(id, `{{ steps.n${index - 1}.output.value }} of {{ trigger.body.total }}`),
    )
    const edges = ids.flatMap((id, index) => [
      ...(index === 0 ? ['start -> n0'] : []),
      ...[1, 2, 3, 4].flatMap((back) => (index >= back ? [`n${index - back} -> ${id}`] : [])),
    ])
    const graph = graphOf([start, ...nodes], edges)
    expect([graph.nodes.length, graph.edges.length]).toEqual([500, 1987])
    expect(problemsOf(graph)).toEqual([])
  })
})
