import { assert, rootScope, scopeOf, stepIn } from '../../runtime/engine/index.ts'
import { iterationAt } from '../../runtime/engine/step-key.ts'
import type { EventOf, RecordedEvent } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { ContainerTrace } from './container-trace.ts'
import { IdleGaps } from './idle-gaps.ts'
import { allUntil } from './sorted.ts'

/** What people did to the execution as a whole, and its undoing. */
export type WholeEvent = EventOf<
  'ExecutionPaused' | 'ExecutionResumed' | 'ExecutionRetried' | 'CompensationStarted' | 'SignalReceived'
> & { readonly position: number }

/**
 * Where things stand in a log: which events are about a step, and what became of every iteration. Each event
 * costs the same, however long the log is. It only grows, so that all lengths of one log share it: a question
 * names the position up to which it asks.
 */
export class LogIndex {
  #position = 0
  readonly #about = new Map<StepKey, RecordedEvent[]>()
  readonly #containers = new Map<StepKey, ContainerTrace>()
  readonly #whole: WholeEvent[] = []
  /** Containers that are over and go on if the execution does. */
  #stopped: StepKey[] = []
  readonly idle = new IdleGaps()

  /** Takes the next event. Those that are known already change nothing. */
  add(event: RecordedEvent): void {
    if (event.position <= this.#position) return
    assert(event.position === this.#position + 1, 'events are indexed in their order')
    this.#position = event.position
    this.idle.add(event)
    this.#note(event)
    this.#follow(event)
  }

  /** The events about a step, without those of its iterations. */
  about(step: StepKey, position: number): readonly RecordedEvent[] {
    return allUntil(this.#about.get(step) ?? [], position)
  }

  /** Null for a step that has not opened as a container. */
  container(step: StepKey): ContainerTrace | null {
    return this.#containers.get(step) ?? null
  }

  whole(position: number): readonly WholeEvent[] {
    return allUntil(this.#whole, position)
  }

  #note(event: RecordedEvent): void {
    const step = aboutWhich(event)
    if (step !== null) this.#noteAbout(step, event)
  }

  #noteAbout(step: StepKey, event: RecordedEvent): void {
    const known = this.#about.get(step)
    if (known === undefined) this.#about.set(step, [event])
    else known.push(event)
  }

  #follow(event: RecordedEvent): void {
    const { position } = event
    switch (event.type) {
      case 'ExecutionStarted':
        if (event.batch !== undefined) {
          const { container, first, items } = event.batch
          const end = first + items.length
          this.#containers.set(container, new ContainerTrace(position, { first, end, batchSize: null }))
        }
        break
      case 'EachStarted': {
        const { items, batchSize = null } = event
        const end = batchSize === null ? items.length : Math.ceil(items.length / batchSize)
        this.#containers.set(event.step, new ContainerTrace(position, { first: 0, end, batchSize }))
        break
      }
      case 'RepeatStarted':
        this.#containers.set(event.step, new ContainerTrace(position, { first: 0, end: null, batchSize: null }))
        break
      case 'IterationStarted':
        this.#opened(event.step).begin(event.index, position)
        break
      case 'IterationSucceeded':
        this.#opened(event.step).finish(event.index, position, 'succeeded')
        break
      case 'IterationFailed':
        this.#opened(event.step).finish(event.index, position, 'failed')
        break
      case 'StepFailed':
        if (event.handled === 'fail') this.#failAround(event)
        this.#stop(event.step, position, event.handled === 'fail')
        break
      case 'StepCancelled':
        this.#stop(event.step, position, true)
        break
      case 'ExecutionRetried':
        this.#goOn(event)
        this.#whole.push({ ...event, position })
        break
      case 'ExecutionPaused':
      case 'ExecutionResumed':
      case 'CompensationStarted':
      case 'SignalReceived':
        this.#whole.push({ ...event, position })
        break
      default:
    }
  }

  #opened(step: StepKey): ContainerTrace {
    const container = this.#containers.get(step)
    assert(container !== undefined, `${step} has opened`)
    return container
  }

  /** A failure that no step handles ends the iteration it happened in. */
  #failAround({ step, position }: EventOf<'StepFailed'> & { readonly position: number }): void {
    const at = iterationAt(scopeOf(step))
    if (at !== null) this.#opened(at.container).fail(at.index, position)
  }

  #stop(step: StepKey, position: number, mayGoOn: boolean): void {
    const container = this.#containers.get(step)
    if (container === undefined) return
    container.stop(position)
    if (mayGoOn) this.#stopped.push(step)
  }

  /** The outermost first: a container goes on when the iteration it is in does. */
  #goOn(event: RecordedEvent): void {
    const stopped = this.#stopped.toSorted((left, right) => depthOf(left) - depthOf(right))
    this.#stopped = []
    for (const step of stopped) {
      const at = iterationAt(scopeOf(step))
      const isOpen = at === null || this.#opened(at.container).outcomeOf(at.index) === 'open'
      if (!isOpen) continue
      this.#opened(step).goOn(event.position)
      this.#noteAbout(step, event)
    }
  }
}

const depthOf = (step: StepKey): number => scopeOf(step).split('[').length

/** The start is about the trigger; the end of the execution is about no step. */
function aboutWhich(event: RecordedEvent): StepKey | null {
  switch (event.type) {
    case 'ExecutionStarted':
      return stepIn(rootScope, event.triggerNode)
    case 'ExecutionFailed':
    case 'IterationStarted':
    case 'IterationSucceeded':
    case 'IterationFailed':
      return null
    default:
      return 'step' in event ? (event.step ?? null) : null
  }
}
