import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Graph } from '../../schemas/graph.ts'
import { layoutGraph } from '../../studio/model/graph-frames.ts'
import { sizeOf } from '../../studio/model/graph-layout.ts'
import { triage } from './support/triage-log.ts'

type Pair = readonly [from: number, to: number]
const graphOf = (count: number, pairs: readonly Pair[]): Graph =>
  Graph.parse({
    name: 'g',
    nodes: Array.from({ length: count }, (_, index) => ({ id: `n${index}`, kind: 'log', config: { message: 'x' } })),
    edges: pairs.map(([from, to]) => ({ from: `n${from}`, to: `n${to}` })),
  })

const arbitraryGraph = fc.integer({ min: 1, max: 18 }).chain((count) =>
  fc
    .uniqueArray(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), {
      maxLength: 40,
      selector: ([from, to]) => `${from}-${to}`,
    })
    .map((pairs) => graphOf(count, pairs)),
)

describe('layout', () => {
  it('keeps stored positions', () => {
    const placed = Graph.parse({
      ...triage,
      nodes: triage.nodes.map((node, index) => ({ ...node, position: { x: index * 10, y: 7 } })),
    })
    expect(layoutGraph(placed).get('reply')).toMatchObject({ x: 40, y: 7, parent: null })
  })

  it('lets a node with many ports grow around its middle, so that its row stays level', () => {
    const ports = ['a', 'b', 'c', 'd']
    const wide = Graph.parse({
      name: 'g',
      nodes: [
        {
          id: 'route',
          kind: 'condition',
          config: { rules: ports.map((port) => ({ port, when: 'true' })) },
          position: { x: 0, y: 100 },
        },
        { id: 'next', kind: 'log', config: { message: 'x' }, position: { x: 300, y: 100 } },
      ],
      edges: ports.map((port) => ({ from: 'route', port, to: 'next' })),
    })
    const positions = layoutGraph(wide)
    const middle = (index: 0 | 1): number =>
      (positions.get(wide.nodes[index]?.id ?? '')?.y ?? 0) +
      sizeOf(wide.nodes[index] as Graph['nodes'][number], wide.edges).height / 2
    expect(middle(0)).toBe(middle(1))
  })

  it('places every node right of those before it', () => {
    fc.assert(
      fc.property(arbitraryGraph, (graph) => {
        const forward = {
          ...graph,
          edges: graph.edges.filter((edge) => Number(edge.from.slice(1)) < Number(edge.to.slice(1))),
        }
        const positions = layoutGraph(forward)
        for (const { from, to } of forward.edges) {
          expect(positions.get(to)?.x ?? 0).toBeGreaterThan(positions.get(from)?.x ?? 0)
        }
      }),
    )
  })

  it('never lets two nodes overlap, whatever circles a draft has', () => {
    fc.assert(
      fc.property(arbitraryGraph, (graph) => {
        const positions = layoutGraph(graph)
        const boxes = graph.nodes.map((node) => ({
          ...(positions.get(node.id) ?? { x: Number.NaN, y: Number.NaN }),
          ...sizeOf(node, graph.edges),
        }))
        for (const [index, box] of boxes.entries()) {
          expect(Number.isFinite(box.x) && Number.isFinite(box.y)).toBe(true)
          for (const other of boxes.slice(index + 1)) {
            const isApart =
              Math.abs(box.x - other.x) >= box.width || box.y + box.height <= other.y || other.y + other.height <= box.y
            expect(isApart).toBe(true)
          }
        }
      }),
    )
  })

  it('keeps the branches of a condition in the order of its ports', () => {
    const branches = Graph.parse({
      name: 'g',
      nodes: [
        { id: 'start', kind: 'manual' },
        {
          id: 'route',
          kind: 'condition',
          config: {
            rules: [
              { port: 'first', when: 'true' },
              { port: 'second', when: 'true' },
            ],
          },
        },
        { id: 'c', kind: 'log', config: { message: 'else' } },
        { id: 'b', kind: 'log', config: { message: 'second' } },
        { id: 'a', kind: 'log', config: { message: 'first' } },
      ],
      edges: [
        { from: 'start', to: 'route' },
        { from: 'route', port: 'else', to: 'c' },
        { from: 'route', port: 'second', to: 'b' },
        { from: 'route', port: 'first', to: 'a' },
      ],
    })
    const positions = layoutGraph(branches)
    const heights = ['a', 'b', 'c'].map((name) => positions.get(name)?.y ?? 0)
    expect(heights).toEqual(heights.toSorted((left, right) => left - right))
    expect(new Set(heights).size).toBe(3)
  })

  it('draws a chain as a straight line', () => {
    const positions = layoutGraph(
      graphOf(4, [
        [0, 1],
        [1, 2],
        [2, 3],
      ]),
    )
    expect(new Set([...positions.values()].map((point) => point.y)).size).toBe(1)
  })
})
