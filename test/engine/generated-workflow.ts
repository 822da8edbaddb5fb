import fc from 'fast-check'

import type { Graph } from '../../schemas/graph.ts'
import { graphOf, type NodeText } from '../support/graphs.ts'

/** How the world answers one attempt, so many milliseconds after it began. `late` answers after the time limit. */
export type Behaviour = {
  readonly does: 'succeed' | 'fail' | 'refuse' | 'hang' | 'answer late' | 'crash'
  readonly afterMs: number
  /** What the other side asks for, counted from the failure. */
  readonly retryAfterMs: number
}

/** A graph that can be published, what its trigger brings, and a script of the world for each acting step. */
export type GeneratedWorkflow = {
  readonly graph: Graph
  readonly triggerNode: string
  /** Conditions read these. One that is absent makes a condition fail. */
  readonly flags: Readonly<Record<string, boolean>>
  /** Attempt n meets behaviour n; those after the last, the last. */
  readonly scripts: Readonly<Record<string, readonly Behaviour[]>>
}

const behaviour = fc.record({
  does: fc.constantFrom('succeed', 'fail', 'fail', 'refuse', 'hang', 'answer late', 'crash'),
  afterMs: fc.integer({ min: 0, max: 900 }),
  retryAfterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })),
})
const lastBehaviour = fc.record({
  does: fc.constantFrom('succeed', 'succeed', 'fail', 'hang'),
  afterMs: fc.integer({ min: 0, max: 900 }),
  retryAfterMs: fc.constant(0),
})
/** The last is repeated, so it is none that would be repeated for ever. */
export const script = fc
  .tuple(fc.array(behaviour, { maxLength: 4 }), lastBehaviour)
  .map(([first, last]) => [...first, last])

export const retry = fc.record({
  maxAttempts: fc.integer({ min: 1, max: 4 }),
  initialIntervalMs: fc.integer({ min: 0, max: 500 }),
  backoffCoefficient: fc.integer({ min: 1, max: 3 }),
  maxIntervalMs: fc.integer({ min: 0, max: 2000 }),
  jitter: fc.constant(0),
})

const nodeChoice = fc.record({
  kind: fc.constantFrom(
    'http',
    'http',
    'http',
    'condition',
    'condition',
    'transform',
    'delay',
    'log',
    'respond',
    'fail',
  ),
  sources: fc.array(fc.nat(1000), { minLength: 1, maxLength: 4 }),
  join: fc.oneof(fc.constantFrom('all' as const, 'all' as const, 'any' as const), fc.integer({ min: 1, max: 4 })),
  onError: fc.constantFrom(undefined, undefined, 'fail' as const, 'port' as const, 'continue' as const),
  retry: fc.option(retry, { nil: undefined }),
  timeoutMs: fc.constantFrom(1000, 1500),
  delayMs: fc.integer({ min: 0, max: 2000 }),
  isBroken: fc.constantFrom(false, false, false, true),
  rules: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('f0', 'f1', 'f2', 'f3')), {
    minLength: 1,
    maxLength: 3,
  }),
  mode: fc.constantFrom('first' as const, 'every' as const),
  script,
})
type NodeChoice = typeof nodeChoice extends fc.Arbitrary<infer Choice> ? Choice : never

export const generatedWorkflow: fc.Arbitrary<GeneratedWorkflow> = fc
  .record({
    choices: fc.array(nodeChoice, { minLength: 1, maxLength: 12 }),
    hasHook: fc.boolean(),
    byHook: fc.boolean(),
    timeoutMs: fc.option(fc.integer({ min: 500, max: 6000 }), { nil: undefined, freq: 4 }),
    flags: fc.dictionary(fc.constantFrom('f0', 'f1', 'f2', 'f3'), fc.boolean()),
  })
  .map(({ choices, hasHook, byHook, timeoutMs, flags }) => {
    const nodes: NodeText[] = [{ id: 'start', kind: 'manual' }]
    if (hasHook) nodes.push({ id: 'hook', kind: 'webhook' })
    const ends = nodes.map(({ id }) => id)
    const edges = new Set<string>()
    for (const [index, choice] of choices.entries()) {
      const id = `n${index}`
      const sources = new Set(choice.sources.map((at) => ends[at % ends.length] ?? 'start'))
      for (const end of sources) edges.add(`${end} -> ${id}`)
      nodes.push(nodeOf(id, choice, sources.size))
      ends.push(...portsOfChoice(choice).map((port) => (port === 'out' ? id : `${id}.${port}`)))
    }
    return {
      graph: graphOf(nodes, [...edges], timeoutMs === undefined ? {} : { timeoutMs }),
      triggerNode: hasHook && byHook ? 'hook' : 'start',
      flags,
      scripts: Object.fromEntries(choices.map((choice, index) => [`n${index}`, choice.script])),
    }
  })

function portsOfChoice({ kind, rules, onError }: NodeChoice): string[] {
  const own =
    kind === 'condition' ? [...new Set([...rules.map(([port]) => port), 'else'])] : kind === 'fail' ? [] : ['out']
  return kind === 'http' || (onError === 'port' && kind !== 'fail') ? [...own, 'error'] : own
}

function nodeOf(id: string, choice: NodeChoice, incoming: number): NodeText {
  const { kind, join, onError, retry: policy, timeoutMs } = choice
  return {
    id,
    kind,
    config: configOf(id, choice),
    join: typeof join === 'number' ? Math.min(join, incoming) : join,
    ...(onError === undefined || kind === 'fail' ? {} : { onError }),
    ...(kind === 'http' ? { timeoutMs, ...(policy === undefined ? {} : { retry: policy }) } : {}),
  }
}

/** A broken text reads a field that the trigger never has. */
function configOf(id: string, { kind, isBroken, delayMs, rules, mode }: NodeChoice): Record<string, unknown> {
  const text = isBroken ? '{{ trigger.body.missing }}' : id
  if (kind === 'http') return { url: `https://api.example/${text}` }
  if (kind === 'condition')
    return { rules: rules.map(([port, flag]) => ({ port, when: `trigger.body.${flag}` })), mode }
  if (kind === 'transform') return { fields: { text } }
  if (kind === 'delay') return { ms: isBroken ? text : delayMs }
  if (kind === 'respond') return { body: text }
  return { message: text }
}
