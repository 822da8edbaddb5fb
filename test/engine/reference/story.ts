import type { Graph, RetryPolicy } from '../../../schemas/graph.ts'
import type { GeneratedExecution } from '../generated-execution.ts'
import type { ChildEnd, Intervention, Verdict } from '../generated-world.ts'
import { type Fault, goesOn, isOver, newPlace, type Place, type Run } from './place.ts'

export type AttemptFault = { readonly fault: Fault; readonly isFinal: boolean; readonly retryAfterMs: number }

/** Something that the world does. */
export type Happening =
  | { readonly what: 'answer'; readonly run: Run; readonly attempt: number; readonly failure: AttemptFault | null }
  | { readonly what: 'loss'; readonly run: Run; readonly attempt: number }
  | { readonly what: 'child'; readonly run: Run; readonly attempt: number; readonly status: ChildEnd['status'] }
  | { readonly what: 'call'; readonly key: string; readonly data: unknown }
  | { readonly what: 'decision'; readonly key: string; readonly decision: 'approved' | 'rejected' }
  | { readonly what: 'verdict'; readonly run: Run; readonly outcome: Verdict['outcome'] }
  | { readonly what: 'intervention'; readonly intervention: Intervention }
  | { readonly what: 'resume' | 'retry' }

/** What happens at a moment. What was planned first comes first. */
type Plan = { readonly at: number; readonly happening: Happening }

export type Cause =
  | { readonly ends: 'failed'; readonly code: string; readonly key: string | null }
  | { readonly ends: 'cancelled' }

/**
 * All that there is to know of one execution, in plain maps and lists. Times are milliseconds after
 * the start. `clock` is the execution's own time, which a pause with frozen timers stops.
 */
export class Story {
  readonly given: GeneratedExecution
  readonly graph: Graph
  readonly root: Place = newPlace(null, 0)
  readonly places: Place[] = [this.root]
  readonly runs: Run[] = []
  /** Nodes that an edge has led to, to be looked at in this order. */
  looks: { readonly place: Place; readonly id: string }[] = []
  now = 0
  status: 'running' | 'succeeded' | 'failed' | 'cancelled' = 'running'
  endedAt = 0
  cause: Cause | null = null
  deadline: number
  pause: { readonly isFrozen: boolean; byPerson: boolean; byParent: boolean; readonly at: number } | null = null
  /** The latest that the parent was heard to say. */
  heardAt = 0
  frozenMs = 0
  /** Steps that can be undone, newest first. */
  undoable: Run[] = []
  undoing: { readonly steps: readonly Run[]; done: number } | null = null
  readonly undone: string[] = []
  answeredBy: Run | null = null
  signals: { readonly name: string; readonly data: unknown }[] = []
  readonly signalIds = new Set<string>()
  readonly calls = new Map<string, unknown>()
  plans: Plan[] = []
  /** How often it has failed as a whole. */
  failures = 0
  moments = 0
  readonly refusals: string[] = []
  /** What the children of steps have been told. */
  readonly told: string[] = []
  readonly #untold = new Map<string, string>()

  constructor(given: GeneratedExecution) {
    this.given = given
    this.graph = given.graph
    this.deadline = this.limit
  }

  get limit(): number {
    return this.graph.settings.timeoutMs ?? Number.POSITIVE_INFINITY
  }

  get clock(): number {
    return (this.pause?.isFrozen === true ? this.pause.at : this.now) - this.frozenMs
  }

  get isRunning(): boolean {
    return this.status === 'running'
  }

  get active(): Run[] {
    return this.runs.filter((run) => !isOver(run)).sort(byKey)
  }

  runOf(key: string): Run | undefined {
    return this.runs.find((run) => run.key === key)
  }

  /** The open place that a key is in. */
  placeOf(key: string): Place | undefined {
    const path = key.split('@')[1] ?? ''
    return this.places.find((place) => place.path === path && goesOn(place))
  }

  plan(afterMs: number, happening: Happening): void {
    this.plans.push({ at: this.now + afterMs, happening })
  }

  /** Only what is so at the end of a turn is told. */
  tell(run: Run, notice: 'cancel' | 'pause' | 'resume'): void {
    if (run.node.kind === 'workflow' && run.node.config['wait'] !== false) this.#untold.set(run.key, notice)
  }

  tellChildren(notice: 'pause' | 'resume'): void {
    for (const run of this.active) if (run.status === 'child') this.tell(run, notice)
  }

  untell(run: Run): void {
    this.#untold.delete(run.key)
  }

  endTurn(): void {
    this.told.push(...[...this.#untold].map(([key, notice]) => `${notice} ${key}`))
    this.#untold.clear()
  }

  unpause(): void {
    if (this.pause?.isFrozen === true) this.frozenMs += this.now - this.pause.at
    this.pause = null
  }
}

const byKey = (left: Run, right: Run): number => (left.key < right.key ? -1 : 1)

export const policyOf = ({ node }: Run): RetryPolicy | undefined =>
  node.retry ??
  (node.kind === 'workflow'
    ? { maxAttempts: 10, initialIntervalMs: 500, backoffCoefficient: 2, maxIntervalMs: 60_000, jitter: 0 }
    : undefined)
