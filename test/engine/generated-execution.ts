import fc from 'fast-check'

import type { Graph } from '../../schemas/graph.ts'
import { graphOf, type NodeText } from '../support/graphs.ts'
import { configOf, isActing, isContainer, type NodeChoice, nodeChoices, type Readable } from './generated-node.ts'
import { interventionsWith, type Meets, retriesAfterMs, type World } from './generated-world.ts'

/** A graph of any kinds that can be published, what its trigger brings, and all that the world does. */
export type GeneratedExecution = World & {
  readonly graph: Graph
  readonly triggerNode: string
  readonly trigger: unknown
}

const item = fc.record({
  n: fc.integer({ min: 0, max: 2 }),
  list: fc.array(fc.record({ n: fc.nat(2) }), { maxLength: 3 }),
})
const body = fc.record(
  {
    f0: fc.boolean(),
    f1: fc.boolean(),
    f2: fc.boolean(),
    f3: fc.boolean(),
    items: fc.array(item, { minLength: 1, maxLength: 5 }),
    few: fc.array(item, { maxLength: 2 }),
    none: fc.constant([]),
  },
  { requiredKeys: ['items', 'few', 'none'] },
)

export const generatedExecution: fc.Arbitrary<GeneratedExecution> = fc
  .record({
    choices: nodeChoices(0),
    other: fc.constantFrom(undefined, 'webhook', 'event', 'failure'),
    byOther: fc.boolean(),
    timeoutMs: fc.oneof(fc.constant(undefined), fc.constant(undefined), fc.integer({ min: 500, max: 5000 })),
    body,
    retriesAfterMs,
  })
  .map(({ choices, other, byOther, timeoutMs, ...rest }) => {
    const draft = draftOf(choices, other)
    return {
      graph: graphOf(draft.nodes, draft.edges, timeoutMs === undefined ? {} : { timeoutMs }),
      triggerNode: other !== undefined && byOther ? 'other' : 'start',
      trigger: { body: rest.body },
      meets: draft.meets,
      retriesAfterMs: rest.retriesAfterMs,
      interventions: [],
    }
  })
  .chain((workflow) =>
    interventionsWith(callbacksOf(workflow.graph)).map((interventions) => ({ ...workflow, interventions })),
  )

type Draft = {
  readonly nodes: NodeText[]
  readonly edges: string[]
  readonly meets: Record<string, readonly Meets[]>
  /** All that comes before each node. */
  readonly before: Map<string, ReadonlySet<string>>
}

function draftOf(choices: readonly NodeChoice[], other: string | undefined): Draft {
  const draft: Draft = { nodes: [{ id: 'start', kind: 'manual' }], edges: [], meets: {}, before: new Map() }
  if (other !== undefined) {
    draft.nodes.push({ id: 'other', kind: other, config: other === 'event' ? { name: 'order.paid' } : {} })
  }
  const ends = draft.nodes.map(({ id }) => id)
  for (const id of ends) draft.before.set(id, new Set())
  addAll(draft, choices, { ends, around: [], before: new Set() })
  return draft
}

/** Where nodes are put: the ends that edges may begin at, the containers round them, and what comes before those. */
type Place = {
  readonly ends: readonly string[]
  readonly around: Readable['containers']
  readonly before: ReadonlySet<string>
}

/** Returns the ids of the nodes that it adds, without those inside them. */
function addAll(draft: Draft, choices: readonly NodeChoice[], place: Place): string[] {
  const ends = [...place.ends]
  return choices.map((choice) => {
    const id = `n${draft.nodes.length}`
    const sources = sourcesOf(choice, ends)
    draft.edges.push(...sources.map((end) => `${end} -> ${id}`))
    const before = new Set(place.before)
    for (const source of sources.map((end) => end.split('.')[0] ?? '')) {
      if (place.around.some((container) => container.id === source)) continue
      before.add(source)
      for (const earlier of draft.before.get(source) ?? []) before.add(earlier)
    }
    draft.before.set(id, before)
    addNode(draft, id, choice, { ...place, before }, sources.length)
    const ports = portsOfChoice(choice)
    ends.push(...ports.map((port) => (port === 'out' ? id : `${id}.${port}`)))
    return id
  })
}

/** What follows the other trigger follows `start` as well: only there is a body for the texts to read. */
function sourcesOf({ sources }: NodeChoice, ends: readonly string[]): string[] {
  const chosen = sources.map((at) => ends[at % ends.length] ?? '')
  return [...new Set(chosen.flatMap((end) => (end === 'other' ? ['start', end] : [end])))]
}

function addNode(draft: Draft, id: string, choice: NodeChoice, { around, before }: Place, incoming: number): void {
  const { kind } = choice
  const place = draft.nodes.push({ id, kind }) - 1
  const inner = { ends: [`${id}.body`], around: [...around, { id, kind }], before }
  const inside = isContainer(kind) ? addAll(draft, choice.body, inner) : []
  const steps = [...before].filter((earlier) => earlier !== 'start' && earlier !== 'other')
  const parent = around.at(-1)
  const inParent = parent === undefined ? {} : { parent: parent.id }
  draft.nodes[place] = {
    id,
    kind,
    ...inParent,
    ...settingsOf(choice, incoming),
    config: configOf(id, choice, { steps, containers: around, inside }),
  }
  draft.meets[id] = choice.meets
  if (choice.undo === undefined || !isActing(kind)) return
  const undo = `${id}_undo`
  const readable = { steps: [...steps, id], containers: around.filter((one) => one.kind === 'each') }
  draft.nodes.push({
    id: undo,
    kind: choice.undo,
    ...inParent,
    config: configOf(undo, { ...choice, kind: choice.undo }, readable),
  })
  draft.edges.push(`${id}.compensate -> ${undo}`)
  draft.meets[undo] = choice.undoMeets
}

/** The settings of a node that have an effect on its kind. */
function settingsOf(choice: NodeChoice, incoming: number): Partial<NodeText> {
  const { kind, join, onError, retry, isOnce, timeoutMs } = choice
  const hasOnError = onError !== undefined && kind !== 'fail' && !(isApproval(choice) && onError === 'continue')
  const policy = retry === undefined ? {} : { retry: retry as NonNullable<NodeText['retry']> }
  const trying = kind === 'workflow' ? policy : { timeoutMs, ...(isOnce ? { once: true } : policy) }
  return {
    join: typeof join === 'number' ? Math.min(join, incoming) : join,
    ...(hasOnError ? { onError } : {}),
    ...(isActing(kind) ? trying : {}),
  }
}

const isApproval = ({ kind, waitsFor }: NodeChoice): boolean => kind === 'wait' && waitsFor === 'approval'

function portsOfChoice(choice: NodeChoice): string[] {
  const { kind, rules, onError } = choice
  if (kind === 'fail') return []
  const own =
    kind === 'condition' ? [...new Set([...rules.map(([port]) => port), 'else'])] : (waitPorts(choice) ?? ['out'])
  const leavesByError = onError === undefined ? isActing(kind) || kind === 'each' : onError === 'port'
  return leavesByError ? [...own, 'error'] : own
}

function waitPorts({ kind, waitsFor, isEndless }: NodeChoice): string[] | null {
  if (kind !== 'wait') return null
  const answers = waitsFor === 'approval' ? ['approved', 'rejected'] : ['out']
  return isEndless && waitsFor !== 'signal' ? answers : [...answers, 'timeout']
}

/** Keys of steps that may wait for a callback: of each node in some iterations that may never be. */
function callbacksOf({ nodes }: Graph): string[] {
  const parents = new Map(nodes.map(({ id, parent }) => [id as string, parent]))
  return nodes
    .filter(({ kind, config }) => kind === 'wait' && config['for'] === 'callback')
    .flatMap(({ id, parent }) => {
      if (parent === undefined) return [id]
      const outer = parents.get(parent)
      return [0, 1, 2].map(
        (index) => `${id}@${outer === undefined ? '' : `${outer}[${index % 2}]/`}${parent}[${index}]`,
      )
    })
}
