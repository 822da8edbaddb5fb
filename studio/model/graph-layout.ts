import type { Graph } from '../../schemas/graph.ts'
import { compensatePort, kindNamed, portsOf } from '../../schemas/kinds/index.ts'

export type Point = { readonly x: number; readonly y: number }
export type Size = { readonly width: number; readonly height: number }
/** Nodes of one frame, or of the graph outside all frames, and the edges between them. */
type Level = Pick<Graph, 'nodes' | 'edges'> & { readonly sizeOf: (node: GraphNode) => Size }
type GraphNode = Graph['nodes'][number]

const nodeWidth = 216
export const nodeHeight = 58
const portPitch = 24
/** The port that leads into a container; its edges begin inside the frame. */
export const bodyPort = 'body'
/** The port that needs no name. */
export const plainPort = 'out'
/** Between layers: room for an edge, and for the name of a port where one is shown. */
const layerGap = 58
const labelledGap = 100
const rowGap = 30

/** Ports of a node that edges leave by to its right, in the order of its kind: that order is the order of the branches. */
export function usedPorts(node: GraphNode, edges: Graph['edges']): readonly string[] {
  const isContainer = isFrame(node)
  const leaving = edges.filter(
    (edge) => edge.from === node.id && edge.port !== compensatePort && !(isContainer && edge.port === bodyPort),
  )
  const used = new Set(leaving.map((edge) => edge.port))
  const known = portsOf(node).filter((port) => used.has(port))
  return [...known, ...[...used].filter((port) => !known.includes(port))]
}

/** What a container is drawn as, with the nodes inside it. */
export const isFrame = (node: Pick<GraphNode, 'kind'>): boolean => kindNamed(node.kind)?.role === 'container'

/** Of a node that is no frame. */
export const sizeOf = (node: GraphNode, edges: Graph['edges']): Size => ({
  width: nodeWidth,
  height: Math.max(nodeHeight, usedPorts(node, edges).length * portPitch + 10),
})

/**
 * Where each node of a level stands, top left corner. Nodes that all carry a position keep it; any others are laid
 * out in layers from left to right, every node right of those before it, branches in the order of their ports.
 */
export function layoutLevel(graph: Level): ReadonlyMap<string, Point> {
  // A node with many ports is taller than others: it grows around its middle, so that a row of nodes stays level.
  const placed = graph.nodes.flatMap((node) => {
    if (node.position === undefined) return []
    const grownBy = isFrame(node) ? 0 : graph.sizeOf(node).height - nodeHeight
    return [[node.id, { x: node.position.x, y: node.position.y - grownBy / 2 }] as const]
  })
  if (placed.length === graph.nodes.length) return new Map(placed)

  const links = acyclicLinks(graph)
  const ranks = longestPaths(graph, links)
  const layers = orderedLayers(graph, links, ranks)
  const centres = placeRows(layers)
  const lefts = layerLefts(graph, layers.length, links, ranks)
  return new Map(
    layers.flat().flatMap((slot) => {
      if (slot.node === null) return []
      return [
        [slot.node, { x: lefts[slot.rank] ?? 0, y: Math.round((centres.get(slot) ?? 0) - slot.height / 2) }] as const,
      ]
    }),
  )
}

type Link = {
  readonly from: string
  readonly to: string
  readonly port: number
  readonly ports: number
  readonly isLabelled: boolean
}
/** A place in a layer: a node, or the point where a long edge passes between the nodes of a layer. */
type Slot = { readonly node: string | null; readonly rank: number; readonly height: number; readonly before: Entry[] }
type Entry = { readonly slot: Slot; readonly offset: number }

/** Edges between existing nodes, without those that would close a circle: a draft may be broken and is drawn all the same. */
function acyclicLinks(graph: Level): readonly Link[] {
  const ids = new Set<string>(graph.nodes.map((node) => node.id))
  const bySource = new Map<string, Link[]>(graph.nodes.map((node) => [node.id, linksFrom(node, graph.edges, ids)]))
  const kept: Link[] = []
  const seen = new Map<string, 'open' | 'done'>()
  const visit = (id: string): void => {
    seen.set(id, 'open')
    for (const link of bySource.get(id) ?? []) {
      if (seen.get(link.to) === 'open') continue
      kept.push(link)
      if (!seen.has(link.to)) visit(link.to)
    }
    seen.set(id, 'done')
  }
  for (const node of graph.nodes) if (!seen.has(node.id)) visit(node.id)
  return kept
}

function linksFrom(node: GraphNode, edges: Graph['edges'], ids: ReadonlySet<string>): Link[] {
  const ports = usedPorts(node, edges)
  return edges
    .filter((edge) => edge.from === node.id && ids.has(edge.to))
    .map((edge) => ({
      from: node.id,
      to: edge.to,
      // What undoes a step hangs below it, after all its branches.
      port: edge.port === compensatePort ? ports.length : ports.indexOf(edge.port),
      ports: ports.length,
      isLabelled: edge.port !== plainPort && edge.port !== compensatePort,
    }))
    .sort((left, right) => left.port - right.port)
}

function longestPaths(graph: Level, links: readonly Link[]): ReadonlyMap<string, number> {
  const before = Map.groupBy(links, (link) => link.to)
  const ranks = new Map<string, number>()
  const rankOf = (id: string): number => {
    const known = ranks.get(id)
    if (known !== undefined) return known
    const rank = (before.get(id) ?? []).reduce((most, link) => Math.max(most, rankOf(link.from) + 1), 0)
    ranks.set(id, rank)
    return rank
  }
  for (const node of graph.nodes) rankOf(node.id)
  return ranks
}

/** Left edge of every layer. */
function layerLefts(
  graph: Level,
  count: number,
  links: readonly Link[],
  ranks: ReadonlyMap<string, number>,
): readonly number[] {
  const widths = Array.from({ length: count }, () => nodeWidth)
  for (const node of graph.nodes) {
    const rank = ranks.get(node.id) ?? 0
    widths[rank] = Math.max(widths[rank] ?? 0, graph.sizeOf(node).width)
  }
  const labelled = new Set(links.filter((link) => link.isLabelled).map((link) => ranks.get(link.from)))
  const lefts = [0]
  for (let rank = 1; rank < count; rank += 1) {
    const gap = labelled.has(rank - 1) ? labelledGap : layerGap
    lefts.push((lefts[rank - 1] ?? 0) + (widths[rank - 1] ?? 0) + gap)
  }
  return lefts
}

/** Layers from left to right, each sorted by where its edges come from; the port counts, so branches never swap. */
function orderedLayers(graph: Level, links: readonly Link[], ranks: ReadonlyMap<string, number>): Slot[][] {
  const layers: Slot[][] = []
  const put = (slot: Slot): Slot => {
    layers[slot.rank] = [...(layers[slot.rank] ?? []), slot]
    return slot
  }
  const nodes = new Map<string, Slot>()
  for (const node of graph.nodes) {
    const { height } = graph.sizeOf(node)
    nodes.set(node.id, put({ node: node.id, rank: ranks.get(node.id) ?? 0, height, before: [] }))
  }
  for (const link of links) {
    const from = nodes.get(link.from)
    const to = nodes.get(link.to)
    if (from === undefined || to === undefined) continue
    let entry: Entry = { slot: from, offset: portOffset(from.height, link.port, link.ports) - from.height / 2 }
    for (let rank = from.rank + 1; rank < to.rank; rank += 1) {
      entry = { slot: put({ node: null, rank, height: 8, before: [entry] }), offset: 0 }
    }
    to.before.push(entry)
  }
  return sortLayers(layers)
}

function sortLayers(layers: readonly Slot[][]): Slot[][] {
  const order = new Map<Slot, number>()
  return layers.map((layer) => {
    const weights = new Map(layer.map((slot, index) => [slot, weightOf(slot, order, index)]))
    const sorted = layer.toSorted((left, right) => (weights.get(left) ?? 0) - (weights.get(right) ?? 0))
    for (const [index, slot] of sorted.entries()) order.set(slot, index)
    return sorted
  })
}

function weightOf(slot: Slot, order: ReadonlyMap<Slot, number>, index: number): number {
  if (slot.before.length === 0) return index
  const sum = slot.before.reduce(
    (total, { slot: from, offset }) => total + (order.get(from) ?? 0) + offset / (from.height + 1),
    0,
  )
  return sum / slot.before.length
}

/** Vertical centre of every slot: near what leads into it, then near what it leads to, never overlapping. */
function placeRows(layers: readonly Slot[][]): ReadonlyMap<Slot, number> {
  const centres = new Map<Slot, number>()
  const after = new Map<Slot, { slot: Slot; offset: number }[]>()
  for (const slot of layers.flat()) {
    for (const { slot: from, offset } of slot.before) after.set(from, [...(after.get(from) ?? []), { slot, offset }])
  }
  const settle = (layer: readonly Slot[], wish: (slot: Slot) => number): void => {
    const wishes = layer.map(wish)
    for (const [index, centre] of spread(wishes, layer).entries()) {
      const slot = layer[index]
      if (slot !== undefined) centres.set(slot, centre)
    }
  }
  const mean = (values: readonly number[], fallback: number): number =>
    values.length === 0 ? fallback : values.reduce((sum, value) => sum + value, 0) / values.length
  const fromBefore = (slot: Slot): number =>
    mean(
      slot.before.map((entry) => (centres.get(entry.slot) ?? 0) + entry.offset),
      centres.get(slot) ?? 0,
    )
  const fromAfter = (slot: Slot): number =>
    mean(
      (after.get(slot) ?? []).map((entry) => (centres.get(entry.slot) ?? 0) - entry.offset),
      centres.get(slot) ?? 0,
    )

  for (const layer of layers) settle(layer, fromBefore)
  for (const layer of layers.toReversed()) settle(layer, fromAfter)
  for (const layer of layers)
    settle(layer, (slot) => (slot.before.length === 1 ? fromBefore(slot) : (centres.get(slot) ?? 0)))
  return centres
}

/** The positions nearest to the wishes (least squares) that keep the order and the gaps: pooling of adjacent violators. */
function spread(wishes: readonly number[], layer: readonly Slot[]): readonly number[] {
  const starts: number[] = []
  for (const [index, slot] of layer.entries()) {
    const above = layer[index - 1]
    starts.push(above === undefined ? 0 : (starts[index - 1] ?? 0) + (above.height + slot.height) / 2 + rowGap)
  }
  const pools: { sum: number; count: number }[] = []
  for (const [index, wish] of wishes.entries()) {
    pools.push({ sum: wish - (starts[index] ?? 0), count: 1 })
    for (
      let last = pools.at(-1), previous = pools.at(-2);
      last && previous;
      last = pools.at(-1), previous = pools.at(-2)
    ) {
      if (previous.sum / previous.count <= last.sum / last.count) break
      pools.splice(-2, 2, { sum: previous.sum + last.sum, count: previous.count + last.count })
    }
  }
  const shifts = pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count))
  return starts.map((start, index) => start + (shifts[index] ?? 0))
}

/** How far below the top of its node a port sits. */
export const portOffset = (height: number, port: number, ports: number): number => (height * (port + 1)) / (ports + 1)
