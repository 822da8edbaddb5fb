import type { Batch, EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { assert, unreachable } from './assert.ts'
import { closeScope, type Draft, enter, openScope, putStep } from './draft.ts'
import { PersistentMap } from './persistent-map.ts'
import type { Iterations, StepState } from './state.ts'
import { iterationOf, nodeOf } from './step-key.ts'

export type IterationEvent = Extract<
  ExecutionEvent,
  { type: 'EachStarted' | 'RepeatStarted' | 'IterationStarted' | 'IterationSucceeded' | 'IterationFailed' }
>

/** What happens to a container and its iterations. */
export function evolveIteration(draft: Draft, event: IterationEvent): void {
  switch (event.type) {
    case 'EachStarted':
      open(draft, event, shapeOf(event))
      break
    case 'RepeatStarted':
      open(draft, event, { size: null, concurrency: 1, batchSize: null })
      break
    case 'IterationStarted': {
      const { startedAt, iterations } = openContainer(draft, event.step)
      assert(event.index === iterations.next, 'iterations begin in the order of their indices')
      const next = { ...iterations, next: event.index + 1, open: iterations.open.set(String(event.index), true) }
      const scope = iterationOf(event.step, event.index)
      openScope(draft, scope)
      // A batch begins by itself: what is inside its child carries out.
      if (iterations.batchSize === null) enter(draft, scope, nodeOf(event.step))
      putStep(draft, event.step, { status: 'open', startedAt, iterations: next })
      break
    }
    case 'IterationSucceeded':
    case 'IterationFailed':
      end(draft, event)
      break
    default:
      unreachable(event)
  }
}

/** Opens the container that is all that a child execution runs, at the first of its items. */
export function openBatch(draft: Draft, { container, first, items, concurrency, bytes }: Batch): void {
  const shape = { size: first + items.length, concurrency, batchSize: null }
  const iterations = { ...unopened, ...shape, openedAt: draft.position, first, next: first, bytes }
  putStep(draft, container, { status: 'open', startedAt: draft.startedAt, iterations })
}

/** Batches follow one another: what is at work at once is said for the items. */
const shapeOf = ({ items, concurrency, batchSize }: EventOf<'EachStarted'>): Shape =>
  batchSize === undefined
    ? { size: items.length, concurrency, batchSize: null }
    : { size: Math.ceil(items.length / batchSize), concurrency: 1, batchSize }

type Shape = Pick<Iterations, 'size' | 'concurrency' | 'batchSize'>

const unopened = {
  first: 0,
  next: 0,
  open: PersistentMap.empty<string, true>(),
  results: PersistentMap.empty<string, number>(),
  // The bracket that begins the list.
  bytes: 1,
  failed: 0,
  firstFailed: null,
  again: true,
}

function open(draft: Draft, { step, at }: EventOf<'EachStarted' | 'RepeatStarted'>, shape: Shape): void {
  assert(!draft.steps.has(step), 'a container opens once')
  const iterations: Iterations = { ...unopened, ...shape, openedAt: draft.position }
  putStep(draft, step, { status: 'open', startedAt: at, iterations })
}

function end(draft: Draft, event: EventOf<'IterationSucceeded' | 'IterationFailed'>): void {
  const { step, index } = event
  const { startedAt, iterations } = openContainer(draft, step)
  const key = String(index)
  assert(iterations.open.has(key), 'only an open iteration ends')
  closeScope(draft, iterationOf(step, index), nodeOf(step))
  const isFailed = event.type === 'IterationFailed'
  // What a `repeat` did before its last iteration nobody reads.
  const results = iterations.size === null ? PersistentMap.empty<string, number>() : iterations.results
  const next: Iterations = {
    ...iterations,
    open: iterations.open.delete(key),
    results: results.set(key, draft.position),
    bytes: iterations.bytes + (event.bytes ?? 0),
    failed: iterations.failed + (isFailed ? 1 : 0),
    again: event.type === 'IterationSucceeded' ? (event.decision?.[0]?.result ?? true) : iterations.again,
    firstFailed: isFailed ? Math.min(iterations.firstFailed ?? index, index) : iterations.firstFailed,
  }
  putStep(draft, step, { status: 'open', startedAt, iterations: next })
}

function openContainer(draft: Draft, step: StepKey): Extract<StepState, { status: 'open' }> {
  const current = draft.steps.get(step)
  assert(current?.status === 'open', `${step} is an open container`)
  return current
}
