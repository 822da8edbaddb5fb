import {
  type ExecutionState,
  evolve,
  initialState,
  nodeOf,
  rootScope,
  scopeOf,
  stepIn,
} from '../../runtime/engine/index.ts'
import { internedGraph } from '../../runtime/objects/interned-graphs.ts'
import { isMigrated } from '../../runtime/storage/migrate.ts'
import type { EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'
import type { Graph, Node } from '../../schemas/graph.ts'
import { kindNamed } from '../../schemas/kinds/index.ts'
import type { Disk } from './disk.ts'

/** An event of a step, as the checks read it. */
export type StepEvent = Extract<ExecutionEvent, { step: string }>

/** What one step has been through. A retry of the execution gives those that failed or were cancelled another life. */
export type StepRecord = { readonly events: StepEvent[]; lifeFrom: number }

/** What one execution's storage has held, read from beside it after every operation. */
export class ExecutionRecord {
  readonly id: string
  readonly disk: Disk
  readonly rows: string[] = []
  readonly events: ExecutionEvent[] = []
  /** The state after each position. */
  readonly states: ExecutionState[] = [initialState()]
  readonly steps = new Map<string, StepRecord>()
  /** Ports that each step that is over left by. */
  readonly open = new Map<string, readonly string[]>()
  /** Positions of signals that a step took. */
  readonly signalsTaken = new Set<number>()
  /** The rows as they are stored since one of them was damaged; null while all are sound. */
  damaged: readonly string[] | null = null
  /** Commits of the disk that were looked at. */
  #seen = 0
  #hasTables = false

  constructor(id: string, disk: Disk) {
    this.id = id
    this.disk = disk
  }

  get state(): ExecutionState {
    return this.states.at(-1) ?? initialState()
  }

  get before(): ExecutionState {
    return this.states.at(-2) ?? initialState()
  }

  get graph(): Graph | null {
    return this.state.status === 'not_started' ? null : this.state.graph
  }

  get isTouched(): boolean {
    return this.disk.commits !== this.#seen
  }

  nodeOf({ step }: StepEvent): Node | undefined {
    const id = nodeOf(step)
    return this.graph?.nodes.find((node) => node.id === id)
  }

  eventsOf(step: string): readonly StepEvent[] {
    return this.steps.get(step)?.events ?? []
  }

  /** The rows that are new, without taking them in, after the one that was the last. */
  newRows(): { readonly last: string | null; readonly rows: readonly Row[] } {
    this.#seen = this.disk.commits
    if (!this.#hasTables) this.#hasTables = isMigrated(this.disk.sql)
    if (!this.#hasTables) return { last: null, rows: [] }
    const known = this.rows.length
    const rows = this.disk.sql
      .exec<Row>('SELECT position, body FROM events WHERE position >= ? ORDER BY position', known)
      .toArray()
    const last = rows[0]?.position === known ? (rows.shift()?.body ?? null) : null
    return { last, rows }
  }

  take(body: string): ExecutionEvent {
    const event = JSON.parse(body) as ExecutionEvent
    const interned =
      event.type === 'ExecutionStarted' ? { ...event, graph: internedGraph(event.contentHash, event.graph) } : event
    this.rows.push(body)
    this.events.push(interned)
    this.states.push(evolve(this.state, interned))
    if (interned.type === 'ExecutionStarted') this.#openTriggers(interned)
    if (interned.type === 'ExecutionRetried') this.#revive()
    if ('step' in interned && interned.step !== undefined && interned.type !== 'ExecutionFailed') {
      const record = this.steps.get(interned.step) ?? { events: [], lifeFrom: 0 }
      record.events.push(interned)
      this.steps.set(interned.step, record)
    }
    return interned
  }

  /** Takes the step's edges as decided, when it is over. Apart from `take`, because whether it was ready is asked in between. */
  decide(event: StepEvent): void {
    if (event.type === 'StepSucceeded' || event.type === 'StepFailed') this.open.set(event.step, event.ports)
    if (event.type === 'StepSkipped') this.open.set(event.step, [])
    if (event.type !== 'StepSucceeded' || event.outputAt === undefined) return
    if (this.events[event.outputAt - 1]?.type === 'SignalReceived') this.signalsTaken.add(event.outputAt)
  }

  /** What the storage holds now, from its beginning. */
  storedRows(): readonly string[] {
    this.#seen = this.disk.commits
    if (!isMigrated(this.disk.sql)) return []
    return this.disk.sql
      .exec<Row>('SELECT position, body FROM events ORDER BY position')
      .toArray()
      .map(({ body }) => body)
  }

  #openTriggers({ graph, triggerNode }: EventOf<'ExecutionStarted'>): void {
    for (const { id, kind } of graph.nodes) {
      if (kindNamed(kind)?.role === 'trigger') this.open.set(id, id === triggerNode ? ['out'] : [])
    }
  }

  #revive(): void {
    for (const [step, record] of this.steps) {
      const last = record.events.findLast(({ type }) => type !== 'AttemptIgnored' && type !== 'AnswerIgnored')
      const isUndone = last?.type === 'StepCancelled' || (last?.type === 'StepFailed' && last.handled === 'fail')
      if (!isUndone) continue
      record.lifeFrom = record.events.length
      this.open.delete(step)
    }
  }
}

type Row = { position: number; body: string }

/** Whether an edge from a node is decided for the steps of a scope, and by which ports; null while it is not. */
export function portsTaken(record: ExecutionRecord, from: Node['id'], of: StepEvent): readonly string[] | null {
  const scope = scopeOf(of.step)
  const container = scope.slice(scope.lastIndexOf('/') + 1, scope.lastIndexOf('['))
  if (scope !== rootScope && from === container) return ['body']
  return record.open.get(stepIn(scope, from)) ?? null
}
