import type { EventOf, ExecutionEvent, OutputSource } from '../../schemas/execution-events.ts'
import type { Graph } from '../../schemas/graph.ts'
import type { Run } from './reference/place.ts'
import { outputOf } from './reference/reference.ts'
import type { Story } from './reference/story.ts'
import { elapsed, type SimulatedWorld } from './simulated-world.ts'

/** What came of one step. */
type StepAccount = {
  readonly status: string
  readonly ports: readonly string[]
  readonly output: unknown
  readonly code: string | null
  /** Attempts that began. */
  readonly effects: number
}

/** What can be told of an execution in the same words by the engine's log and by the reference. */
export type Account = {
  readonly status: string
  readonly endedAt: number
  readonly failure: { readonly code: string; readonly step: string | null } | null
  readonly output: unknown
  readonly steps: Readonly<Record<string, StepAccount>>
  /** Items and iterations that failed, by container, in the order in which they did. */
  readonly failed: Readonly<Record<string, readonly number[]>>
  /** Steps that undid others, in the order in which they were over. */
  readonly undone: readonly string[]
  readonly refusals: readonly string[]
  /** What the children of steps were told, sorted. */
  readonly told: readonly string[]
}

export function accountOfStory(story: Story): Account {
  const { cause, root } = story
  const steps = story.runs.filter((run) => !(run.place === root && isTrigger(run)))
  return {
    status: story.status,
    endedAt: story.endedAt,
    failure: cause?.ends === 'failed' ? { code: cause.code, step: cause.key } : null,
    output: story.status === 'succeeded' ? worded(outputOf(story)) : null,
    steps: Object.fromEntries(steps.map((run) => [run.key, stepOfRun(run)])),
    failed: Object.fromEntries(
      steps.filter(({ failedItems }) => failedItems.length > 0).map(({ key, failedItems }) => [key, failedItems]),
    ),
    undone: story.undone,
    refusals: story.refusals,
    told: story.told.toSorted(),
  }
}

const isTrigger = ({ node: { kind } }: Run): boolean => ['manual', 'webhook', 'event', 'failure'].includes(kind)

const stepOfRun = ({ status, ports, output, fault, attempts }: Run): StepAccount => ({
  status,
  ports: status === 'succeeded' || status === 'failed' ? ports : [],
  output: status === 'succeeded' ? worded(output) : null,
  code: status === 'failed' ? (fault?.code ?? null) : null,
  effects: attempts,
})

export function accountOf({ log, refusals }: SimulatedWorld): Account {
  const steps: Record<string, StepAccount> = {}
  const failed: Record<string, number[]> = {}
  const outputs = new Map<number, unknown>()
  const [first] = log
  if (first?.type !== 'ExecutionStarted') throw new Error('a log begins with its execution')
  for (const [index, event] of log.entries()) {
    outputs.set(index + 1, bodyIn(event, outputs))
    if (!('step' in event) || event.step === undefined) continue
    const before = steps[event.step] ?? nothing
    const after = stepAfter(event, before, outputs.get(index + 1))
    if (after !== before) steps[event.step] = after
    const item = failedItem(event)
    if (item !== null) failed[event.step] = [...(failed[event.step] ?? []), item]
  }
  const end = log.findLast(({ type }) => ends.has(type))
  if (end === undefined) throw new Error('the execution has ended')
  return {
    status: end.type.replace('Execution', '').toLowerCase(),
    endedAt: elapsed(end.at),
    failure: end.type === 'ExecutionFailed' ? { code: end.failure.code, step: end.step ?? null } : null,
    output: end.type === 'ExecutionSucceeded' ? outputFrom(end.output, outputs, { ...steps, ...begunBy(first) }) : null,
    steps,
    failed,
    undone: undoneIn(log, first.graph),
    refusals,
    told: toldIn(log).toSorted(),
  }
}

const toldIn = (log: readonly ExecutionEvent[]): string[] =>
  log.flatMap((event) => {
    const start = event.type === 'NoticeDelivered' ? log[(event.child ?? 0) - 1] : undefined
    return event.type === 'NoticeDelivered' && start?.type === 'AttemptStarted' ? [`${event.notice} ${start.step}`] : []
  })

const ends = new Set(['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionCancelled'])
const nothing: StepAccount = { status: 'active', ports: [], output: null, code: null, effects: 0 }

type StepEvent = Extract<ExecutionEvent, { step?: string | undefined }>

function stepAfter(event: StepEvent, before: StepAccount, output: unknown): StepAccount {
  if (event.type === 'AttemptStarted') return { ...before, effects: before.effects + 1 }
  if (event.type === 'StepSkipped') return { ...before, status: 'skipped' }
  const { effects } = before
  if (event.type === 'StepCancelled') return { ...nothing, status: 'cancelled', effects }
  if (event.type === 'StepSucceeded') {
    return { ...nothing, status: 'succeeded', ports: event.ports, output: worded(output), effects }
  }
  if (event.type !== 'StepFailed') return before
  return { ...nothing, status: 'failed', ports: event.ports, code: event.failure.code, effects }
}

/** What failed with an iteration says which one it was. */
function failedItem(event: StepEvent): number | null {
  if (event.type === 'IterationFailed') return event.index
  if (event.type !== 'StepFailed' || !/^(item|iteration)_failed$/.test(event.failure.code)) return null
  return Number(/^(?:item|iteration) (\d+) failed at /.exec(event.failure.message)?.[1])
}

function bodyIn(event: ExecutionEvent, earlier: ReadonlyMap<number, unknown>): unknown {
  if (event.type === 'SignalReceived' || event.type === 'CallbackReceived') return event.data
  if (event.type !== 'StepSucceeded') return null
  return event.outputAt === undefined ? event.output : earlier.get(event.outputAt)
}

function outputFrom(source: OutputSource, bodies: ReadonlyMap<number, unknown>, steps: Account['steps']): unknown {
  if (source.shape === 'answer') return worded(bodies.get(source.position))
  if (source.shape === 'step') return steps[source.step]?.output
  if (source.shape === 'none') return null
  return Object.fromEntries(source.steps.map((step) => [step, steps[step]?.output]))
}

/** A trigger that nothing follows is a leaf, too. */
const begunBy = ({ triggerNode, trigger }: EventOf<'ExecutionStarted'>): Account['steps'] => ({
  [triggerNode]: { ...nothing, output: worded(trigger) },
})

function undoneIn(log: readonly ExecutionEvent[], graph: Graph): string[] {
  const undoing = new Set(graph.edges.filter(({ port }) => port === 'compensate').map(({ to }) => to as string))
  return log.flatMap((event) => {
    const isEnd = event.type === 'StepSucceeded' || event.type === 'StepFailed'
    return isEnd && undoing.has(event.step.replace(/@.*/, '')) ? [event.step] : []
  })
}

/** A failure's message is for people, and each side has its own words for it. */
function worded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(worded)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name]) => !(name === 'message' && 'code' in value))
  return Object.fromEntries(entries.map(([name, inner]) => [name, worded(inner)]))
}
