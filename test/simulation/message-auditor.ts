import { startedByEvent, startedByFailure } from '../../runtime/engine/started-by.ts'
import type { EventOutcome } from '../../runtime/objects/project.ts'
import type { EventOf } from '../../schemas/execution-events.ts'
import { Graph } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import type { ProjectMessage } from '../../schemas/project-messages.ts'
import type { Clock } from './clock.ts'
import type { Disk } from './disk.ts'
import type { SentEvent } from './event-sender.ts'
import type { ExecutionRecord } from './execution-record.ts'
import { check } from './invariants/invariant.ts'
import { messageInvariants, projectInvariants, sentInvariants } from './invariants/project.ts'
import { ProjectRecord } from './project-record.ts'
import type { ProjectServer } from './project-server.ts'
import type { SimulatedObject } from './simulated-object.ts'
import type { WorkflowServer } from './workflow-server.ts'

const messageTriggers = new Set(['event', 'failure'])

/** Looks at what workflows have to do with each other: at the project, at senders of events, and at what messages start. */
export class MessageAuditor {
  readonly #project: SimulatedObject<ProjectServer>
  readonly #record: ProjectRecord
  readonly #records: ReadonlyMap<string, ExecutionRecord>
  readonly #clock: Clock
  /** Executions that a message started in a workflow. */
  readonly #started = new Map<string, string[]>()
  /** The content that an id was first taken with, and when at the earliest. */
  readonly #taken = new Map<string, { readonly fingerprint: string; readonly at: number }>()

  constructor(project: SimulatedObject<ProjectServer>, records: ReadonlyMap<string, ExecutionRecord>, clock: Clock) {
    this.#project = project
    this.#record = new ProjectRecord(project.disk)
    this.#records = records
    this.#clock = clock
  }

  look(): void {
    if (!this.#record.isTouched) return
    this.#record.look()
    const { disk, bell } = this.#project
    const isAlarmOpen = bell.isLost || bell.isRinging || disk.isAlarmTaken
    const { waiting } = this.#record
    const kept = { waiting, alarm: disk.alarm, isAlarmOpen, latest: this.#clock.latest }
    check(projectInvariants, kept, `${waiting} wait, alarm ${disk.alarm}, now ${this.#clock.now()}`)
  }

  sent({ id, fingerprint }: SentEvent, outcome: EventOutcome): void {
    const kept = 'eventId' in outcome ? this.#record.messages.get(`event ${outcome.eventId}`) : undefined
    const known = id === null ? undefined : this.#taken.get(id)
    const isKept = known !== undefined && this.#clock.latest - known.at < limits.dedupeMs
    if (id !== null && !isKept && outcome.type !== 'too_many' && outcome.type !== 'conflict')
      this.#taken.set(id, { fingerprint, at: this.#clock.earliest })
    const first = isKept ? known.fingerprint : null
    check(sentInvariants, { outcome, kept, fingerprint, first }, `${id}: ${JSON.stringify(outcome)}`)
  }

  /** An execution has begun. */
  started(
    { executionId, workflowId, graph, triggerNode, trigger, parent }: EventOf<'ExecutionStarted'>,
    about: string,
  ): void {
    const kind = graph.nodes.find(({ id }) => id === triggerNode)?.kind ?? ''
    if (!messageTriggers.has(kind) || parent !== undefined) return
    const kept = this.#record.messagesWith(trigger, workflowId)
    const place = placeOf(trigger, workflowId)
    const started = [...(this.#started.get(place) ?? []), executionId]
    this.#started.set(place, started)
    const mayHaveExpired = this.#clock.latest - this.#clock.earliest >= limits.dedupeMs
    const message = kept[0]?.message
    const failed = message?.type === 'failure' ? this.#records.get(message.trigger.execution.id) : undefined
    const isOfFailure = failed !== undefined && this.#isOfFailure(failed)
    const subject = { workflowId, kept, started: mayHaveExpired ? null : started, failed, isOfFailure }
    check(messageInvariants, subject, about)
  }

  /** What waits, or what should have started an execution and has not; null when there is no such thing. */
  undelivered(workflows: ReadonlyMap<string, SimulatedObject<WorkflowServer>>): string | null {
    if (this.#record.waiting > 0) return `${this.#record.waiting} deliveries wait at the project`
    for (const [id, { disk }] of workflows) {
      const versions = versionsOf(disk)
      if (versions.length > 0 && disk.sql.exec('SELECT 1 FROM outbox LIMIT 1').toArray().length > 0)
        return `${id} has something to tell the project`
      for (const { message, workflows: wanted } of this.#record.messages.values()) {
        // Which version was active when it arrived, nobody can tell from here: all of them take it.
        const isTaken = versions.every((graph) => takes(graph, id, message))
        const started = this.#started.get(placeOf(message.trigger, id)) ?? []
        if (wanted.has(id) && isTaken && started.length < this.#record.messagesWith(message.trigger, id).length)
          return `${message.key} started nothing in ${id}`
      }
    }
    return null
  }

  #isOfFailure({ events: [first] }: ExecutionRecord): boolean {
    if (first?.type !== 'ExecutionStarted') return false
    if (first.graph.nodes.find(({ id }) => id === first.triggerNode)?.kind === 'failure') return true
    const above = this.#records.get(first.parent?.executionId ?? '')
    return above !== undefined && this.#isOfFailure(above)
  }
}

const placeOf = (trigger: unknown, workflowId: string): string => `${JSON.stringify(trigger)} in ${workflowId}`

const versionsOf = ({ sql }: Disk): readonly Graph[] => {
  const isThere = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'versions'").toArray().length > 0
  if (!isThere) return []
  return sql
    .exec<{ graph: string }>('SELECT graph FROM versions')
    .toArray()
    .map(({ graph }) => Graph.parse(JSON.parse(graph)))
}

const takes = (graph: Graph, workflowId: string, message: ProjectMessage): boolean =>
  message.type === 'event'
    ? startedByEvent(graph, message.trigger).some(({ verdict }) => verdict === 'starts')
    : startedByFailure(graph, workflowId, message.trigger).length > 0
