import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Graph } from '../../schemas/graph.ts'
import { frameHead, layoutGraph, readingOrder } from '../../studio/model/graph-frames.ts'
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

describe('frames', () => {
  const nested = (positions: Readonly<Record<string, { x: number; y: number }>> = {}): Graph =>
    Graph.parse({
      name: 'g',
      nodes: [
        { id: 'start', kind: 'manual' },
        { id: 'orders', kind: 'each', config: { items: '[1]' } },
        { id: 'lines', kind: 'each', parent: 'orders', config: { items: '[1]' } },
        { id: 'pack', kind: 'log', parent: 'lines', config: { message: 'x' } },
        { id: 'label', kind: 'log', parent: 'lines', config: { message: 'x' } },
        { id: 'end', kind: 'log', config: { message: 'x' } },
      ].map((node) => ({ ...node, ...(positions[node.id] === undefined ? {} : { position: positions[node.id] }) })),
      edges: [
        { from: 'start', to: 'orders' },
        { from: 'orders', port: 'body', to: 'lines' },
        { from: 'lines', port: 'body', to: 'pack' },
        { from: 'pack', to: 'label' },
        { from: 'orders', to: 'end' },
      ],
    })
  const boxOf = (graph: Graph, name: string) => {
    const box = layoutGraph(graph).get(name)
    if (box === undefined) throw new Error(`${name} has a box`)
    return box
  }

  it('hold the nodes of their container under their head, and are placed as one node', () => {
    const graph = nested()
    for (const [name, parent] of [
      ['lines', 'orders'],
      ['pack', 'lines'],
      ['label', 'lines'],
    ] as const) {
      const [box, frame] = [boxOf(graph, name), boxOf(graph, parent)]
      expect(box.parent).toBe(parent)
      expect(box.y).toBeGreaterThanOrEqual(frameHead)
      expect(box.x).toBeGreaterThan(0)
      expect(box.x + box.width).toBeLessThan(frame.width)
      expect(box.y + box.height).toBeLessThan(frame.height)
    }
    const orders = boxOf(graph, 'orders')
    expect(boxOf(graph, 'end').x).toBeGreaterThan(orders.x + orders.width)
    expect([...layoutGraph(graph).keys()].indexOf('orders')).toBeLessThan(
      [...layoutGraph(graph).keys()].indexOf('lines'),
    )
  })

  it('keep stored positions, measured from the corner of the frame, as far as the head leaves room', () => {
    const placed = nested({ pack: { x: 80, y: 200 }, label: { x: 400, y: 150 } })
    expect(boxOf(placed, 'pack')).toMatchObject({ x: 80, y: 200 })
    expect(boxOf(placed, 'label')).toMatchObject({ x: 400, y: 150 })
    const tight = nested({ pack: { x: 80, y: 10 }, label: { x: 400, y: 0 } })
    expect(boxOf(tight, 'label').y).toBeGreaterThanOrEqual(frameHead)
    expect(boxOf(tight, 'pack').y - boxOf(tight, 'label').y).toBe(10)
  })

  it('leave a draft flat whose parents make no sense', () => {
    const graph = Graph.parse({
      name: 'g',
      nodes: [
        { id: 'a', kind: 'each', parent: 'b', config: {} },
        { id: 'b', kind: 'each', parent: 'a', config: {} },
        { id: 'c', kind: 'log', parent: 'gone', config: {} },
        { id: 'd', kind: 'log', parent: 'c', config: {} },
      ],
      edges: [],
    })
    expect([...layoutGraph(graph).values()].map(({ parent }) => parent)).toEqual([null, null, null, null])
  })

  it('are read after what leads to them and before what is in them', () => {
    const order = readingOrder(nested()).map(({ id }) => id)
    expect(order).toEqual(['start', 'orders', 'lines', 'pack', 'label', 'end'])
  })
})
