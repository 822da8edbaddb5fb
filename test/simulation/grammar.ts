import type { Graph } from '../../schemas/graph.ts'
import { graphOf, type NodeText } from '../support/graphs.ts'
import { RandomSource } from '../support/random-source.ts'

type Made = Pick<NodeText, 'config' | 'retry' | 'timeoutMs' | 'once' | 'onError'>

type Sentence = {
  /** How often, beside the others. */
  readonly weight: number
  readonly make: (random: RandomSource, id: string) => Made
  /** Ports that edges may leave by; `out` when it is not said. */
  readonly ports?: (made: Made) => readonly string[]
  readonly canFail?: false
  /** Whether something may undo it. */
  readonly canBeUndone?: true
}

const FLAGS = ['f0', 'f1', 'f2', 'f3']
const PORTS = ['a', 'b', 'c']

/** Every kind of step that may stand anywhere. To have a new kind in the simulation, add it here. */
const sentences = {
  http: {
    weight: 6,
    make: (random, id) => ({
      config: { url: `https://api.example/${random.next() < 0.1 ? missing : id}`, method: 'POST' },
      timeoutMs: random.between(500, 3000),
      ...(random.next() < 0.2 ? { once: true } : random.next() < 0.6 ? { retry: retry(random) } : {}),
    }),
    canBeUndone: true,
  },
  transform: {
    weight: 2,
    make: (random, id) => ({ config: { fields: { text: random.next() < 0.1 ? missing : id } } }),
  },
  condition: {
    weight: 2,
    make: (random) => ({
      config: {
        rules: Array.from({ length: random.between(1, 4) }, () => ({
          port: pick(random, PORTS),
          // What an event or a failure brings has no body.
          when:
            random.next() < 0.5
              ? `trigger.body.${pick(random, FLAGS)}`
              : `trigger.?body.?${pick(random, FLAGS)}.orValue(true)`,
        })),
        mode: random.next() < 0.7 ? 'first' : 'every',
      },
    }),
    ports: ({ config }) => {
      const rules = config?.['rules'] as readonly { port: string }[]
      return [...new Set([...rules.map(({ port }) => port), 'else'])]
    },
  },
  delay: { weight: 2, make: (random) => ({ config: { ms: random.between(0, 4000) } }) },
  log: { weight: 1, make: (_random, id) => ({ config: { message: id } }) },
  respond: { weight: 1, make: (_random, id) => ({ config: { body: id } }) },
  fail: { weight: 1, make: (_random, id) => ({ config: { message: id } }), ports: () => [], canFail: false },
  code: {
    weight: 1,
    make: (random) => ({
      config: { source: 'export default (input) => input', input: 1 },
      ...(random.next() < 0.5 ? { retry: retry(random) } : {}),
    }),
  },
  wait: {
    weight: 3,
    make: (random) => {
      const what = pick(random, ['signal', 'approval', 'callback'] as const)
      return {
        config: {
          for: what,
          ...(what === 'signal' ? { name: pick(random, ['go', 'stop']) } : {}),
          ...(what === 'signal' && random.next() < 0.4 ? { match: 'signal.n > 1' } : {}),
          ...(random.next() < 0.6 ? { timeoutMs: random.between(100, 20_000) } : {}),
        },
      }
    },
    ports: ({ config }) => {
      const own = config?.['for'] === 'approval' ? ['approved', 'rejected'] : ['out']
      return config?.['timeoutMs'] === undefined ? own : [...own, 'timeout']
    },
  },
  each: {
    weight: 3,
    make: (random) => ({
      config: {
        items: pick(random, ['[1, 2, 3]', seven, seven, '[]', 'trigger.body.?items.orValue([1, 2])']),
        // So many that answers which come together share a commit.
        concurrency: pick(random, [1, 2, 7, 7, 7]),
        onItemError: pick(random, ['fail', 'continue']),
      },
    }),
  },
  workflow: {
    weight: 4,
    make: (random) => ({
      config: {
        // One that nobody has published, too.
        workflowId: pick(random, ['w1', 'w2', 'w2', 'w9']),
        input: { f0: true, f1: '{{ trigger.body.?f1.orValue(false) }}' },
        wait: random.next() < 0.7,
      },
      ...(random.next() < 0.7 ? { retry: retry(random) } : {}),
    }),
  },
  repeat: {
    weight: 1,
    make: (random) => ({
      config: { while: `index < ${random.between(0, 4)}`, maxIterations: random.between(1, 4) },
    }),
  },
} satisfies Record<string, Sentence>

type KindName = keyof typeof sentences
const deck = Object.entries<Sentence>(sentences).flatMap(([kind, { weight }]): KindName[] =>
  Array(weight).fill(kind as KindName),
)
const containers = new Set<string>(['each', 'repeat'])
const DEEPEST = 2

const seven = '[1, 2, 3, 4, 5, 6, 7]'

/** A field that the trigger never has. */
const missing = '{{ trigger.body.missing }}'

const retry = (random: RandomSource) => ({
  maxAttempts: random.between(1, 5),
  initialIntervalMs: random.between(0, 500),
  backoffCoefficient: random.between(1, 4),
  maxIntervalMs: random.between(0, 5000),
  jitter: 0.1,
})

/** Writes a graph that can be published, by number. */
export function graphBy(number: number): Graph {
  const random = new RandomSource(number)
  const mayHaveChild = random.next() < 0.25
  const draft: Draft = { nodes: [{ id: 'start', kind: 'manual' }], edges: [], count: 0, mayHaveChild }
  const hook = {
    id: 'hook',
    kind: 'webhook',
    config: { methods: ['POST'], dedupe: 'trigger.body.key', respond: 'result', waitMs: 5000 },
  }
  if (random.next() < 0.7) draft.nodes.push(hook)
  if (random.next() < 0.4) draft.nodes.push(eventTrigger(random))
  if (random.next() < 0.25) draft.nodes.push(failureTrigger(random))
  addSteps(
    draft,
    random,
    draft.nodes.map(({ id }) => id),
    undefined,
    0,
  )
  const settings = random.next() < 0.2 ? { timeoutMs: random.between(500, 30_000) } : {}
  return graphOf(draft.nodes, draft.edges, settings)
}

const eventTrigger = (random: RandomSource): NodeText => ({
  id: 'event',
  kind: 'event',
  config: {
    name: pick(random, ['placed', 'paid']),
    ...(random.next() < 0.5 ? { filter: `trigger.data.${pick(random, FLAGS)}` } : {}),
  },
})

const failureTrigger = (random: RandomSource): NodeText => ({
  id: 'failure',
  kind: 'failure',
  config: random.next() < 0.5 ? {} : { workflows: [pick(random, ['w1', 'w2'])] },
})

/** A child in some graphs, and one at most, or executions would have more and more. */
function deckFor({ nodes, mayHaveChild }: Draft, depth: number): readonly KindName[] {
  const hasChild = !mayHaveChild || depth > 0 || nodes.some(({ kind }) => kind === 'workflow')
  return deck.filter((name) => !(depth >= DEEPEST && containers.has(name)) && !(hasChild && name === 'workflow'))
}

type Draft = { readonly nodes: NodeText[]; readonly edges: string[]; count: number; readonly mayHaveChild: boolean }

/** Steps inside one container, or outside all; `ends` are the ports that the first may come after. */
function addSteps(draft: Draft, random: RandomSource, ends: string[], parent: string | undefined, depth: number): void {
  const length = parent === undefined ? random.between(1, 9) : random.between(1, 4)
  for (let index = 0; index < length; index += 1) {
    const kind = pick(random, deckFor(draft, depth))
    const id = `n${draft.count}`
    draft.count += 1
    // All that a trigger or a container begins with is in the first step of a scope at the latest.
    const sources =
      index === 0 ? ends.slice() : [...new Set(Array.from({ length: random.between(1, 4) }, () => pick(random, ends)))]
    addStep(draft, random, { id, kind, sources, parent })
    const made = draft.nodes.at(-1)
    if (containers.has(kind)) addSteps(draft, random, [`${id}.body`], id, depth + 1)
    if (made !== undefined) ends.push(...endsOf(made, sentences[kind]))
  }
}

type Place = {
  readonly id: string
  readonly kind: KindName
  readonly sources: readonly string[]
  readonly parent: string | undefined
}

function addStep(draft: Draft, random: RandomSource, { id, kind, sources, parent }: Place): void {
  const sentence: Sentence = sentences[kind]
  const made = sentence.make(random, id)
  const inside = parent === undefined ? {} : { parent }
  const onError = pick(random, [undefined, undefined, 'fail', 'port', 'continue'] as const)
  const isApproval = made.config?.['for'] === 'approval'
  const mayContinue = sentence.canFail !== false && !(isApproval && onError === 'continue')
  const join = pick(random, ['all', 'all', 'any', random.between(1, sources.length + 1)] as const)
  draft.edges.push(...sources.map((source) => `${source} -> ${id}`))
  draft.nodes.push({ id, kind, ...made, ...inside, join, ...(onError !== undefined && mayContinue ? { onError } : {}) })
  if (sentence.canBeUndone !== true || random.next() > 0.3) return
  const undo = { id: `undo_${id}`, kind: 'http', config: { url: `https://api.example/undo/${id}`, method: 'POST' } }
  draft.nodes.unshift({ ...undo, timeoutMs: 1000, retry: { maxAttempts: 3 }, ...inside })
  draft.edges.push(`${id}.compensate -> ${undo.id}`)
}

function endsOf(node: NodeText, { ports }: Sentence): string[] {
  const own = ports?.(node) ?? ['out']
  const withError = node.kind === 'http' || node.onError === 'port' ? [...own, 'error'] : own
  return withError.map((port) => (port === 'out' ? node.id : `${node.id}.${port}`))
}

function pick<Item>(random: RandomSource, items: readonly Item[]): Item {
  return items[random.between(0, items.length)] as Item
}
