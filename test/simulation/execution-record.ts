import { type ExecutionState, evolve, initialState } from '../../runtime/engine/index.ts'
import { internedGraph } from '../../runtime/objects/interned-graphs.ts'
import { isMigrated } from '../../runtime/storage/migrate.ts'
import type { EventOf, ExecutionEvent } from '../../schemas/execution-events.ts'
import type { Graph } from '../../schemas/graph.ts'
import { kindNamed } from '../../schemas/kinds/index.ts'
import type { Disk } from './disk.ts'

/** An event of a step, as the checks read it. */
export type StepEvent = Extract<ExecutionEvent, { step: string }>

/** What one execution's storage has held, read from beside it after every operation. */
export class ExecutionRecord {
  readonly id: string
  readonly disk: Disk
  readonly rows: string[] = []
  readonly events: ExecutionEvent[] = []
  /** The state after each position. */
  readonly states: ExecutionState[] = [initialState()]
  readonly ofStep = new Map<string, StepEvent[]>()
  /** Ports that each step that is over left by. */
  readonly open = new Map<string, readonly string[]>()
  /** Commits of the disk that were looked at. */
  #seen = 0

  constructor(id: string, disk: Disk) {
    this.id = id
    this.disk = disk
  }

  get state(): ExecutionState {
    return this.states.at(-1) ?? initialState()
  }

  get graph(): Graph | null {
    return this.state.status === 'not_started' ? null : this.state.graph
  }

  /** Who started it with what, as its client wrote it. */
  get origin(): { readonly workflow: string; readonly trigger: string; readonly body: unknown } | null {
    const [first] = this.events
    if (first?.type !== 'ExecutionStarted') return null
    const { body } = first.trigger as { body: unknown }
    return { workflow: first.workflowId, trigger: first.triggerNode, body }
  }

  get isTouched(): boolean {
    return this.disk.commits !== this.#seen
  }

  /** The rows that are new, without taking them in. */
  newRows(): readonly { readonly position: number; readonly body: string }[] {
    this.#seen = this.disk.commits
    if (!isMigrated(this.disk.sql)) return []
    return this.disk.sql
      .exec<Row>('SELECT position, body FROM events WHERE position > ? ORDER BY position', this.rows.length)
      .toArray()
  }

  take(body: string): ExecutionEvent {
    const event = JSON.parse(body) as ExecutionEvent
    const interned =
      event.type === 'ExecutionStarted' ? { ...event, graph: internedGraph(event.contentHash, event.graph) } : event
    this.rows.push(body)
    this.events.push(interned)
    this.states.push(evolve(this.state, interned))
    if (interned.type === 'ExecutionStarted') this.#openTriggers(interned)
    if ('step' in interned && interned.step !== undefined && interned.type !== 'ExecutionFailed') {
      const events = this.ofStep.get(interned.step) ?? []
      events.push(interned)
      this.ofStep.set(interned.step, events)
    }
    return interned
  }

  #openTriggers({ graph, triggerNode }: EventOf<'ExecutionStarted'>): void {
    for (const { id, kind } of graph.nodes) {
      if (kindNamed(kind)?.role === 'trigger') this.open.set(id, id === triggerNode ? ['out'] : [])
    }
  }

  /** Takes the step's edges as decided, when it is over. Apart from `take`, because whether it was ready is asked in between. */
  decide(event: StepEvent): void {
    if (event.type === 'StepSucceeded' || event.type === 'StepFailed') this.open.set(event.step, event.ports)
    if (event.type === 'StepSkipped') this.open.set(event.step, [])
  }

  /** What the storage holds now, from its beginning. */
  storedRows(): readonly string[] {
    if (!isMigrated(this.disk.sql)) return []
    return this.disk.sql
      .exec<Row>('SELECT position, body FROM events ORDER BY position')
      .toArray()
      .map(({ body }) => body)
  }
}

type Row = { position: number; body: string }
