import { statusOf } from '../../runtime/engine/index.ts'
import type { EventOutcome } from '../../runtime/objects/project.ts'
import { isMigrated } from '../../runtime/storage/migrate.ts'
import type { ExecutionReport } from '../../schemas/api/executions.ts'
import type { EventOf } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import type { Acknowledged } from './client.ts'
import type { Clock } from './clock.ts'
import type { Coverage } from './coverage.ts'
import { type Effect, endpointKinds } from './endpoint.ts'
import type { SentEvent } from './event-sender.ts'
import { ExecutionRecord, type StepEvent } from './execution-record.ts'
import type { ExecutionServer } from './execution-server.ts'
import { childInvariants, parentInvariants } from './invariants/children.ts'
import { damageInvariants } from './invariants/damage.ts'
import {
  acknowledgementInvariants,
  indexInvariants,
  type Pulled,
  projectionInvariants,
} from './invariants/deliveries.ts'
import { answerInvariants, effectAnswered, effectInvariants } from './invariants/effects.ts'
import { executionInvariants, wholeInvariants } from './invariants/execution.ts'
import { check } from './invariants/invariant.ts'
import { logInvariants } from './invariants/log.ts'
import { stepInvariants } from './invariants/steps.ts'
import { MessageAuditor } from './message-auditor.ts'
import type { Objects } from './objects.ts'
import type { SimulatedObject } from './simulated-object.ts'
import type { WorkflowServer } from './workflow-server.ts'

/** Looks at everything that was written or seen outside since it looked last, and holds it against the invariants. */
export class Auditor {
  readonly records = new Map<string, ExecutionRecord>()
  readonly #objects: Objects
  readonly #messages: MessageAuditor
  readonly #ledger: readonly Effect[]
  readonly #clock: Clock
  readonly #coverage: Coverage
  readonly #seen = new Map<string, number>()
  readonly #answered = new Map<number, number>()
  readonly #keys = new Map<string, { readonly executionId: string; readonly at: number }>()
  readonly #responses = new Map<string, unknown>()
  readonly #indexed = new Set<string>()
  #effectsSeen = 0

  constructor(objects: Objects, ledger: readonly Effect[], clock: Clock, coverage: Coverage) {
    this.#objects = objects
    this.#messages = new MessageAuditor(objects.project, this.records, clock)
    this.#ledger = ledger
    this.#clock = clock
    this.#coverage = coverage
  }

  /** After every operation. */
  look(): void {
    for (const [id, object] of this.#objects.executions) this.#lookAtExecution(id, object)
    for (const [id, object] of this.#objects.workflows) {
      if (this.#seen.get(id) === object.disk.commits) continue
      this.#seen.set(id, object.disk.commits)
      this.#lookAtIndex(id, object)
    }
    this.#messages.look()
    for (; this.#effectsSeen < this.#ledger.length; this.#effectsSeen += 1) {
      const effect = this.#ledger[this.#effectsSeen]
      if (effect !== undefined) this.#lookAtEffect(effect)
    }
  }

  recordOf(id: string): ExecutionRecord {
    const record = this.records.get(id)
    if (record === undefined) throw new RangeError(`nobody has named ${id}`)
    return record
  }

  statusOf(id: string): string {
    const state = this.records.get(id)?.state
    if (this.records.get(id)?.damaged != null) return 'quarantined'
    return state === undefined || state.status === 'not_started' ? 'not_started' : statusOf(state)
  }

  /** The log from its beginning, when a seed is over. */
  checkWhole(id: string): void {
    const record = this.records.get(id)
    if (record !== undefined && record.damaged === null) check(wholeInvariants, record, id)
  }

  acknowledged(acknowledged: Acknowledged): void {
    const { wish, executionId, outcome } = acknowledged
    const earlierResponse = this.#responses.get(executionId) ?? null
    const first =
      wish.key === null ? null : this.#keyStandsFor(`${wish.workflow.name} ${wish.door} ${wish.key}`, executionId)
    const told = { acknowledged, record: this.records.get(executionId), first, earlierResponse }
    check(acknowledgementInvariants, told, `${executionId} by ${wish.door}`)
    if (outcome?.response != null) this.#responses.set(executionId, outcome.response)
  }

  sent(event: SentEvent, outcome: EventOutcome): void {
    this.#messages.sent(event, outcome)
  }

  /** What the project had for a workflow and did not bring there, when a seed is over; null when nothing is. */
  undelivered(): string | null {
    return this.#messages.undelivered(this.#objects.workflows)
  }

  pulled(pulled: Pulled): void {
    check(projectionInvariants, pulled, JSON.stringify(pulled.report))
  }

  #lookAtExecution(id: string, object: SimulatedObject<ExecutionServer>): void {
    const record = this.records.get(id) ?? new ExecutionRecord(id, object.disk)
    this.records.set(id, record)
    if (!record.isTouched) return
    if (record.damaged !== null) {
      check(damageInvariants, { stored: record.storedRows(), damaged: record.damaged, server: object.server }, id)
      return
    }
    const lastBefore = record.rows.at(-1) ?? null
    const { last: lastNow, rows } = record.newRows()
    for (const { position, body } of rows) {
      const event = record.take(body)
      const about = `${event.type} at ${position} of ${id}`
      this.#coverage.count(`event ${event.type}`)
      check(logInvariants, { event, body, position, record }, about)
      if (event.type === 'ExecutionStarted' && event.parent !== undefined) this.#lookAtChild(event, about)
      if (event.type === 'ExecutionStarted') this.#messages.started(event, about)
      const steps = 'step' in event && event.step !== undefined ? record.steps.get(event.step) : undefined
      const last = steps?.events.at(-1)
      if (steps === undefined || last !== event) continue
      const { events, lifeFrom } = steps
      check(stepInvariants, { event: last, events, life: events.slice(lifeFrom), record }, about)
      this.#lookAtParent(last, events, record, about)
      this.#lookAtAnswer(last, position, record, object, about)
      record.decide(last)
    }
    check(executionInvariants, { record, object, now: this.#clock.latest, lastBefore, lastNow }, id)
  }

  #lookAtChild(event: EventOf<'ExecutionStarted'>, about: string): void {
    const { executionId, step } = event.parent ?? {}
    const siblings = [...this.records.values()].filter(({ events: [first] }) => {
      const parent = first?.type === 'ExecutionStarted' ? first.parent : undefined
      return parent?.executionId === executionId && parent?.step === step
    })
    check(childInvariants, { event, parent: this.records.get(executionId ?? ''), siblings }, about)
  }

  #lookAtParent(event: StepEvent, events: readonly StepEvent[], parent: ExecutionRecord, about: string): void {
    const before = events.at(-2)
    const started = event.type === 'ChildStarted' ? event : before?.type === 'ChildStarted' ? before : undefined
    if (started === undefined) return
    if (event.type !== 'ChildStarted' && event.type !== 'StepSucceeded' && event.type !== 'StepFailed') return
    check(parentInvariants, { event, parent, child: this.records.get(started.executionId) }, about)
  }

  #lookAtAnswer(
    event: Parameters<typeof effectAnswered>[0],
    position: number,
    record: ExecutionRecord,
    object: SimulatedObject<ExecutionServer>,
    about: string,
  ): void {
    // A child's output may be an answer, too: to a step of its own.
    const isCall = endpointKinds.has(record.nodeOf(event)?.kind ?? '')
    const id = isCall ? effectAnswered(event) : null
    const effect = id === null ? undefined : this.#ledger[id - 1]
    if (effect === undefined) return
    const times = (this.#answered.get(effect.id) ?? 0) + 1
    this.#answered.set(effect.id, times)
    const answered = { effect, ledger: this.#ledger, key: `${record.id}.${event.step}`, times, position }
    check(answerInvariants, { ...answered, live: object.incarnation }, about)
  }

  #lookAtEffect(effect: Effect): void {
    const dot = effect.key.lastIndexOf('.')
    const record = this.records.get(effect.key.slice(0, dot))
    const events = record?.eventsOf(effect.key.slice(dot + 1)) ?? []
    const isDamaged = record !== undefined && record.damaged !== null
    check(effectInvariants, { effect, ledger: this.#ledger, events, isDamaged }, `effect ${effect.key}`)
  }

  #lookAtIndex(id: string, { disk, bell }: SimulatedObject<WorkflowServer>): void {
    if (!this.#indexed.has(id) && isMigrated(disk.sql)) this.#indexed.add(id)
    if (!this.#indexed.has(id)) return
    const rows = disk.sql
      .exec<{ report: string; check_at: number | null }>('SELECT report, check_at FROM executions')
      .toArray()
      .map(({ report, check_at }) => ({ report: JSON.parse(report) as ExecutionReport, checkAt: check_at }))
    const isAlarmOpen = bell.isLost || bell.isRinging || disk.isAlarmTaken
    const about = `${id}: alarm ${disk.alarm}, to be asked ${rows.map(({ checkAt }) => checkAt)}, now ${this.#clock.now()}`
    const { alarm, failures } = disk
    const index = { rows, alarm, isAlarmOpen, hasDiskFailed: failures > 0, latest: this.#clock.latest }
    check(indexInvariants, index, about)
  }

  /** The execution that a key was first seen to stand for, while it must. */
  #keyStandsFor(key: string, executionId: string): string {
    const known = this.#keys.get(key)
    if (known !== undefined && this.#clock.latest - known.at < limits.idempotencyMs) return known.executionId
    this.#keys.set(key, { executionId, at: this.#clock.earliest })
    return executionId
  }
}
