import type { Graph, Node } from '../../../schemas/graph.ts'

/** What went wrong, with the step at which it began. */
export type Fault = { readonly code: string; readonly message: string }

/** The graph's outside, or one iteration of a container. */
export type Place = {
  readonly path: string
  readonly container: Run | null
  readonly index: number
  readonly runs: Map<string, Run>
  /** Edges into each node that are decided, in the order in which they were. */
  readonly led: Map<string, { readonly from: string; readonly port: string; readonly isTaken: boolean }[]>
  isOpen: boolean
}

type Active = 'trying' | 'retrying' | 'interrupted' | 'unknown' | 'child' | 'delayed' | 'waiting' | 'open' | 'again'
export type Ended = 'succeeded' | 'failed' | 'cancelled' | 'skipped'

/** One run of a node, and all that is known of it. */
export type Run = {
  readonly key: string
  readonly node: Node
  readonly place: Place
  status: Active | Ended
  ports: readonly string[]
  output: unknown
  fault: Fault | null
  /** A failed step that nothing goes on from. */
  isFatal: boolean
  attempts: number
  failures: number
  /** When it goes on by itself: of an attempt by the world's clock, of all else by the execution's, which a pause can stop. */
  due: number
  /** What began to wait first is served first. */
  waitsSince: number
  childOf: number
  /** Of a container: null for a `repeat`, which does not know how often. */
  items: readonly unknown[] | null
  next: number
  readonly inside: Set<Place>
  readonly results: Map<number, unknown>
  readonly failedItems: number[]
  again: boolean
}

export const newPlace = (container: Run | null, index: number): Place => ({
  path: container === null ? '' : pathOf(container, index),
  container,
  index,
  runs: new Map(),
  led: new Map(),
  isOpen: true,
})

function pathOf({ node, place }: Run, index: number): string {
  return place.path === '' ? `${node.id}[${index}]` : `${place.path}/${node.id}[${index}]`
}

export const keyIn = ({ path }: Place, id: string): string => (path === '' ? id : `${id}@${path}`)

export const newRun = (node: Node, place: Place): Run => ({
  key: keyIn(place, node.id),
  node,
  place,
  status: 'again',
  ports: [],
  output: null,
  fault: null,
  isFatal: false,
  attempts: 0,
  failures: 0,
  due: Number.POSITIVE_INFINITY,
  waitsSince: 0,
  childOf: 0,
  items: null,
  next: 0,
  inside: new Set(),
  results: new Map(),
  failedItems: [],
  again: true,
})

export const isOver = ({ status }: Run): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'cancelled' || status === 'skipped'

/** Whether it and everything round it goes on. */
export const goesOn = ({ isOpen, container }: Place): boolean =>
  isOpen && (container === null || goesOn(container.place))

export const depthOf = ({ container }: Place): number => (container === null ? 0 : 1 + depthOf(container.place))

export const isWithin = (place: Place, outer: Place): boolean =>
  place === outer || (place.container !== null && isWithin(place.container.place, outer))

/** Whether the run is in an iteration of the container, at any depth. */
export const isInside = ({ place }: Run, container: Run): boolean =>
  place.container !== null && (place.container === container || isInside(place.container, container))

export const isContainer = ({ kind }: Node): boolean => kind === 'each' || kind === 'repeat'

/** Edges that are decided when a run of the node is over. */
export const edgesFrom = ({ edges, nodes }: Graph, id: string) =>
  edges.filter(
    ({ from, port }) => from === id && port !== 'compensate' && !(port === 'body' && isContainer(nodeOf(nodes, id))),
  )

export const edgesTo = ({ edges }: Graph, id: string) =>
  edges.filter(({ to, port }) => to === id && port !== 'compensate')

export const undoerOf = ({ edges, nodes }: Graph, id: string): Node | null => {
  const edge = edges.find(({ from, port }) => from === id && port === 'compensate')
  return edge === undefined ? null : nodeOf(nodes, edge.to)
}

export const isUndoer = ({ edges }: Graph, id: string): boolean =>
  edges.some(({ to, port }) => to === id && port === 'compensate')

export function nodeOf(nodes: Graph['nodes'], id: string): Node {
  const node = nodes.find((one) => one.id === id)
  if (node === undefined) throw new Error(`the graph has no node ${id}`)
  return node
}
