import type { CommandAnswer } from '../../runtime/objects/command-answer.ts'
import { Execution } from '../../runtime/objects/execution.ts'
import { instruct, poke, retry, start, tell } from '../../runtime/objects/execution-calls.ts'
import { ExecutionStorage } from '../../runtime/objects/execution-storage.ts'
import { hearChild, hearParent } from '../../runtime/objects/hear.ts'
import { hearAsked } from '../../runtime/objects/hear-asked.ts'
import type { ObjectStorage } from '../../runtime/objects/object-storage.ts'
import type { ChildAnswer, ChildEnd, Hearing, ParentTells, Relatives } from '../../runtime/objects/relatives.ts'
import type { PokeAnswer, StartAnswer, StartRequest, Wait } from '../../runtime/objects/start.ts'
import { StorageFault } from '../../runtime/objects/storage-fault.ts'
import type { ExecutionReport, ExecutionView } from '../../schemas/api/executions.ts'
import type { CommandOf, UnknownAnswer } from '../../schemas/execution-commands.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { type Endpoint, endpointKinds } from './endpoint.ts'
import type { Incarnation } from './incarnation.ts'
import type { Platform } from './platform.ts'
import type { Served } from './simulated-object.ts'

/** What an execution's object reaches outside itself. */
export type ExecutionWorld = {
  readonly platform: Platform
  readonly endpoint: Endpoint
  report(from: Incarnation, report: ExecutionReport): Promise<void>
  expect(from: Incarnation, workflow: string, executionId: string): Promise<void>
  relatives(from: Incarnation): Relatives
}

/** One life of an execution's object: what `ExecutionObject` is on Cloudflare. */
export class ExecutionServer implements Served {
  readonly execution: Execution
  readonly #storage: ExecutionStorage
  readonly #world: ExecutionWorld
  readonly #incarnation: Incarnation

  constructor(world: ExecutionWorld, id: string, incarnation: Incarnation, storage: ObjectStorage) {
    const { platform, endpoint } = world
    const { clock } = platform
    this.#world = world
    this.#incarnation = incarnation
    this.#storage = new ExecutionStorage(storage, clock.now)
    const { log, transaction, setAlarm } = this.#storage
    this.execution = new Execution({
      executionId: id,
      log,
      transaction,
      setAlarm,
      now: clock.now,
      chance: () => platform.randomOf(id).next(),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          platform.later(incarnation, ms, resolve)
          signal.addEventListener('abort', () => resolve())
        }),
      after: (delayMs, work) => platform.later(incarnation, delayMs, work),
      runner: (kind) =>
        endpointKinds.has(kind)
          ? (attempt, signal) => {
              const step = attempt.idempotencyKey.slice(id.length + 1) as StepKey
              const { state } = this.execution
              const isUnderWay = state?.steps.get(step)?.status === 'running'
              return endpoint.receive(incarnation, attempt, { isUnderWay, sentAt: state?.position ?? 0 }, signal)
            }
          : undefined,
      relatives: world.relatives(incarnation),
      report: (report) => {
        // The workflow's own row says that this execution is unfinished, so its sweep will ask.
        world.report(incarnation, report).catch((error) => platform.note(`a report was not taken: ${String(error)}`))
      },
      publish: () => undefined,
      keepAlive: (work) => {
        work.catch((error) => {
          // What a disk that fails breaks off is taken up by the next alarm.
          const isExcused = !incarnation.isLive || error instanceof StorageFault
          if (!isExcused) platform.violated('T1', `work of ${id} broke off: ${String(error)}`)
        })
      },
      reportFault: (message) => platform.note(message),
    })
  }

  async ready(): Promise<void> {
    const wakeAt = this.execution.wakeAt()
    if (wakeAt !== null) await this.#storage.alarm.repair(wakeAt, this.#now())
  }

  start(request: StartRequest, wait: Wait | null): Promise<StartAnswer> {
    return start(this.execution, request, wait, this.#now())
  }

  cancel(reason: string, compensate: boolean): CommandAnswer {
    return instruct(this.execution, { type: 'CancelExecution', now: this.#now(), reason, compensate })
  }

  hearChild(ended: ChildEnd): Promise<Hearing> {
    return hearChild(this.execution, ended, () => this.#now())
  }

  hearAsked(told: ParentTells): ChildAnswer | null {
    return hearAsked(this.execution, told, this.#now())
  }

  hearParent(told: ParentTells): Hearing {
    return hearParent(this.execution, told, this.#now())
  }

  pause(timers: CommandOf<'PauseExecution'>['timers']): CommandAnswer {
    return instruct(this.execution, { type: 'PauseExecution', now: this.#now(), timers })
  }

  resume(): CommandAnswer {
    return tell(this.execution, { type: 'ResumeExecution', now: this.#now() })
  }

  retry(): Promise<CommandAnswer> {
    const { expect } = this.#world
    return retry(
      this.execution,
      (workflow, id) => expect(this.#incarnation, workflow, id),
      () => this.#now(),
    )
  }

  signal(name: string, data: unknown, id: string): CommandAnswer {
    return tell(this.execution, { type: 'SendSignal', now: this.#now(), name, data, id })
  }

  decideApproval(step: StepKey, decision: CommandOf<'DecideApproval'>['decision']): CommandAnswer {
    return tell(this.execution, { type: 'DecideApproval', now: this.#now(), step, decision, data: {} })
  }

  answerCallback(step: StepKey, data: unknown): CommandAnswer {
    return tell(this.execution, { type: 'AnswerCallback', now: this.#now(), step, data })
  }

  answerUnknown(step: StepKey, answer: UnknownAnswer): CommandAnswer {
    return tell(this.execution, { type: 'AnswerUnknown', now: this.#now(), step, answer })
  }

  poke(): PokeAnswer {
    return poke(this.execution)
  }

  view(): ExecutionView | null {
    return this.execution.view()
  }

  events(after: number, limit: number): { events: RecordedEvent[]; position: number } {
    return this.execution.events(after, limit)
  }

  async alarm(): Promise<void> {
    this.#storage.alarm.fired()
    this.execution.wake()
  }

  #now(): number {
    return this.#world.platform.clock.now()
  }
}
