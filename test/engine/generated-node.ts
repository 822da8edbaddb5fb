import fc from 'fast-check'

import { kindNamed } from '../../schemas/kinds/index.ts'
import { type Meets, meets } from './generated-world.ts'

/** Choices for one node, whatever it is: what its kind has no use for is left out of the graph. */
export type NodeChoice = {
  readonly kind: string
  readonly sources: readonly number[]
  readonly join: 'all' | 'any' | number
  readonly onError: 'fail' | 'port' | 'continue' | undefined
  readonly retry: object | undefined
  readonly isOnce: boolean
  readonly timeoutMs: number
  readonly isEndless: boolean
  readonly text: number
  readonly pick: number
  readonly delayMs: number
  readonly rules: readonly (readonly [string, number])[]
  readonly mode: 'first' | 'every'
  readonly count: number
  readonly onItemError: 'fail' | 'continue'
  readonly waitsFor: 'signal' | 'approval' | 'callback'
  readonly undo: string | undefined
  readonly meets: readonly Meets[]
  readonly undoMeets: readonly Meets[]
  readonly body: readonly NodeChoice[]
}

/** What a text may read at its place. */
export type Readable = {
  /** Steps before it, in its scope or round it. */
  readonly steps: readonly string[]
  /** Containers round it, the innermost last. */
  readonly containers: readonly { readonly id: string; readonly kind: string }[]
  /** Directly inside the container that the text belongs to. */
  readonly inside?: readonly string[]
}

const leaves = ['http', 'http', 'http', 'code', 'condition', 'condition', 'transform', 'transform', 'delay', 'wait']
const rare = ['wait', 'workflow', 'workflow', 'log', 'respond', 'fail']

export const nodeChoices = (depth: number): fc.Arbitrary<readonly NodeChoice[]> =>
  fc.array(depth < 2 ? fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: container(depth) }) : leaf, {
    minLength: 1,
    maxLength: depth === 0 ? 8 : 4,
  })

const retry = fc.record({
  maxAttempts: fc.integer({ min: 1, max: 4 }),
  initialIntervalMs: fc.integer({ min: 0, max: 500 }),
  backoffCoefficient: fc.integer({ min: 1, max: 3 }),
  maxIntervalMs: fc.integer({ min: 0, max: 2000 }),
  jitter: fc.constant(0),
})

const common = {
  sources: fc.array(fc.nat(1000), { minLength: 1, maxLength: 4 }),
  join: fc.oneof(fc.constantFrom('all' as const, 'all' as const, 'any' as const), fc.integer({ min: 1, max: 4 })),
  onError: fc.constantFrom(undefined, undefined, 'fail' as const, 'port' as const, 'continue' as const),
  retry: fc.option(retry, { nil: undefined }),
  isOnce: fc.boolean(),
  timeoutMs: fc.constantFrom(400, 1000, 1500),
  isEndless: fc.boolean(),
  text: fc.nat(40),
  pick: fc.nat(40),
  delayMs: fc.integer({ min: 0, max: 2000 }),
  rules: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(40)), { minLength: 1, maxLength: 3 }),
  mode: fc.constantFrom('first' as const, 'every' as const),
  count: fc.integer({ min: 1, max: 3 }),
  onItemError: fc.constantFrom('fail' as const, 'continue' as const),
  waitsFor: fc.constantFrom('signal' as const, 'signal' as const, 'approval' as const, 'callback' as const),
  undo: fc.constantFrom(undefined, undefined, 'http', 'http', 'code', 'transform', 'log'),
  meets: fc.array(meets, { minLength: 1, maxLength: 3 }),
  undoMeets: fc.array(meets, { minLength: 1, maxLength: 2 }),
}

const leaf: fc.Arbitrary<NodeChoice> = fc.record({
  ...common,
  kind: fc.constantFrom(...leaves, ...rare),
  body: fc.constant([]),
})

function container(depth: number): fc.Arbitrary<NodeChoice> {
  return fc.record({ ...common, kind: fc.constantFrom('each', 'each', 'repeat'), body: nodeChoices(depth + 1) })
}

export const isActing = (kind: string): boolean => kindNamed(kind)?.role === 'act'
export const isContainer = (kind: string): boolean => kindNamed(kind)?.role === 'container'

/** The config of a node. One text in so many reads what is not there, so that everything can fail. */
export function configOf(id: string, choice: NodeChoice, readable: Readable): Record<string, unknown> {
  const { kind, text, pick, delayMs, rules, mode, count } = choice
  const said = textFor(id, text, readable)
  if (kind === 'http') return { method: 'POST', url: `https://api.example/${id}`, body: said }
  if (kind === 'code') return { source: 'export default (input) => input', input: said }
  if (kind === 'workflow') return { workflowId: 'shipping', input: { said }, wait: pick % 4 > 0 }
  if (kind === 'condition') {
    return { rules: rules.map(([port, at]) => ({ port, when: claimFor(at, readable) })), mode }
  }
  if (kind === 'transform') {
    return pick % 3 === 0 ? { operation: 'set', values: { said } } : { fields: { said } }
  }
  if (kind === 'delay') return { ms: text % 5 === 4 && said !== id ? said : delayMs }
  if (kind === 'respond') return { body: said }
  if (kind === 'wait') return waitConfig(choice, readable)
  if (kind === 'each') return eachConfig(choice, readable)
  if (kind === 'repeat') return { while: whileFor(pick, readable), maxIterations: count }
  if (kind === 'log' || kind === 'fail') return { message: said }
  throw new Error(`the generated graphs have no config for ${kind}`)
}

/** A template. */
function textFor(id: string, at: number, { steps, containers }: Readable): string {
  const innermost = containers.at(-1)
  const outermost = containers[0]
  const before = steps[at % Math.max(steps.length, 1)]
  const texts = [
    ...(before === undefined ? [] : [`{{ has(steps.${before}.error) ? steps.${before}.error.code : "fine" }}`]),
    ...(innermost === undefined ? [] : [`{{ index }}`, `{{ steps.${outermost?.id}.index }}`]),
    ...(containers.some(({ kind }) => kind === 'each') ? ['{{ item }}', '{{ item.n }}'] : []),
    ...(containers.some(({ kind }) => kind === 'repeat') ? ['{{ previous }}'] : []),
    ...(before === undefined ? [] : [`{{ steps.${before}.output }}`]),
  ]
  if (at % 7 === 6) return '{{ trigger.body.missing }}'
  return texts[at % (2 * texts.length + 1)] ?? id
}

/** An expression that is true or false, or fails when a flag is not there. */
function claimFor(at: number, { containers }: Readable): string {
  const claims = ['f0', 'f1', 'f2', 'f3'].map((flag) => `trigger.body.${flag}`)
  const inside = containers.length === 0 ? [] : ['index == 1', 'index < 2']
  const ofItem = containers.some(({ kind }) => kind === 'each') ? ['item.n > 1'] : []
  const all = [...claims, ...inside, ...ofItem]
  return all[at % all.length] ?? 'true'
}

function waitConfig(
  { waitsFor, isEndless, timeoutMs, pick }: NodeChoice,
  { containers }: Readable,
): Record<string, unknown> {
  const limit = isEndless && waitsFor !== 'signal' ? {} : { timeoutMs }
  if (waitsFor !== 'signal') return { for: waitsFor, ...limit }
  const matches = ['signal.k == 1', 'signal.absent', containers.length === 0 ? 'signal.k > 0' : 'signal.k == index']
  const match = matches[pick % 7]
  return { for: 'signal', name: pick % 3 === 0 ? 'sent' : 'paid', ...limit, ...(match === undefined ? {} : { match }) }
}

function eachConfig(
  { pick, count, onItemError, text }: NodeChoice,
  { containers, inside = [] }: Readable,
): Record<string, unknown> {
  const lists = ['trigger.body.items', 'trigger.body.items', 'trigger.body.items', 'trigger.body.none', '[1, 2]']
  const nested = containers.some(({ kind }) => kind === 'each') ? ['item.list', 'item.list', 'item.list'] : []
  const all = [...nested, ...lists, 'trigger.body.few', 'trigger']
  const [first = ''] = inside
  const collects = ['index', 'item', `has(steps.${first}.output)`, `steps.${first}.output`]
  const collect = collects[text % 8]
  return {
    items: all[pick % all.length],
    concurrency: count,
    onItemError,
    ...(collect === undefined ? {} : { collect }),
  }
}

function whileFor(at: number, { inside = [] }: Readable): string {
  const [first = ''] = inside
  const rules = [
    'index < 2',
    'index < 5',
    'trigger.body.f0',
    'index < 1 || trigger.body.f1',
    `has(steps.${first}.output)`,
    `index < 2 || has(steps.${first}.error)`,
    'index > 0',
  ]
  return rules[at % rules.length] ?? 'false'
}
