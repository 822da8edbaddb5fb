import { DurableObject } from 'cloudflare:workers'

import type { ExecutionReport, ExecutionView, StreamFrame } from '../../schemas/api/executions.ts'
import type { LinkedWait } from '../../schemas/api/linked-wait.ts'
import type { WhyAnswer } from '../../schemas/api/why.ts'
import type { CommandOf, UnknownAnswer } from '../../schemas/execution-commands.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import type { StepKey } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { rules } from '../engine/decide.ts'
import { snapshotOf } from '../engine/snapshot.ts'
import type { CommandAnswer, UndoPlanAnswer } from './command-answer.ts'
import { Execution } from './execution.ts'
import { instruct, planUndo, poke, retry, start, tell, whyOf } from './execution-calls.ts'
import type { ExecutionPorts } from './execution-ports.ts'
import { ExecutionStorage } from './execution-storage.ts'
import { hearChild, hearParent } from './hear.ts'
import { hearAsked } from './hear-asked.ts'
import { linkedWait } from './linked-wait.ts'
import type { ChildAnswer, ChildEnd, Hearing, ParentTells } from './relatives.ts'
import { relativesOf } from './relatives-by-rpc.ts'
import { runnersFor } from './runners.ts'
import { sleep } from './sleep.ts'
import type { PokeAnswer, StartAnswer, StartRequest, Wait } from './start.ts'

/** The Durable Object of one execution: an adapter between the platform and `Execution`, with no rules of its own. */
export class ExecutionObject extends DurableObject<Env> {
  readonly #storage = new ExecutionStorage(this.ctx.storage, () => Date.now())
  readonly #execution: Execution
  /** Whether a WebSocket may be open; asking the platform with every turn costs more than remembering. */
  #isWatched = false

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#execution = new Execution(this.#ports())
    // A lost alarm strands an execution for ever, so every waking repairs it.
    const wakeAt = this.#execution.wakeAt()
    if (wakeAt !== null) void ctx.blockConcurrencyWhile(() => this.#storage.alarm.repair(wakeAt, Date.now()))
    this.#isWatched = ctx.getWebSockets().length > 0
  }

  /** Records the start and, with `wait`, holds the caller until the milestone or the end of its patience. */
  start(request: StartRequest, wait: Wait | null = null): Promise<StartAnswer> {
    return start(this.#execution, request, wait, Date.now())
  }

  cancel(reason: string, compensate = false): CommandAnswer {
    return instruct(this.#execution, { type: 'CancelExecution', now: Date.now(), reason, compensate })
  }

  /** What a cancel would undo now. */
  undoPlan(): UndoPlanAnswer {
    return planUndo(this.#execution, Date.now())
  }

  pause(timers: CommandOf<'PauseExecution'>['timers']): CommandAnswer {
    return instruct(this.#execution, { type: 'PauseExecution', now: Date.now(), timers })
  }

  resume(): CommandAnswer {
    return tell(this.#execution, { type: 'ResumeExecution', now: Date.now() })
  }

  retry(): Promise<CommandAnswer> {
    const expect = (workflowId: string, id: string) => this.env.WORKFLOW.getByName(workflowId).expect(id)
    return retry(this.#execution, expect, () => Date.now())
  }

  /** A signal with the id of an earlier one changes nothing. */
  signal(name: string, data: unknown, id: string | null): CommandAnswer {
    return tell(this.#execution, {
      type: 'SendSignal',
      now: Date.now(),
      name,
      data,
      ...(id === null ? {} : { id }),
    })
  }

  decideApproval(step: StepKey, decision: CommandOf<'DecideApproval'>['decision'], data: unknown): CommandAnswer {
    return tell(this.#execution, { type: 'DecideApproval', now: Date.now(), step, decision, data })
  }

  answerCallback(step: StepKey, data: unknown): CommandAnswer {
    return tell(this.#execution, { type: 'AnswerCallback', now: Date.now(), step, data })
  }

  answerUnknown(step: StepKey, answer: UnknownAnswer): CommandAnswer {
    return tell(this.#execution, { type: 'AnswerUnknown', now: Date.now(), step, answer })
  }

  hearChild(ended: ChildEnd): Promise<Hearing> {
    return hearChild(this.#execution, ended, () => Date.now())
  }

  hearParent(told: ParentTells): Hearing {
    return hearParent(this.#execution, told, Date.now())
  }

  hearAsked(told: ParentTells): ChildAnswer | null {
    return hearAsked(this.#execution, told, Date.now())
  }

  /** Null when nothing is there to be read. */
  linkedWait(step: StepKey): LinkedWait | null {
    return this.#execution.inspect((state, read) => linkedWait(state, read, step))
  }

  /** Why the execution, or one step, does what it does; null when there is no such thing. */
  why(step: StepKey | null): WhyAnswer | null {
    return whyOf(this.#execution, step)
  }

  view(): ExecutionView | null {
    return this.#execution.view()
  }

  /** A page of the log and the position of its last event. */
  events(after: number, limit: number): { events: RecordedEvent[]; position: number } | null {
    return this.#execution.isKnown ? this.#execution.events(after, limit) : null
  }

  /** The folded state at a position, or now, as JSON; null when the log is not that long. */
  stateAt(position: number | null): unknown {
    const state = position === null ? this.#execution.state : this.#execution.stateAt(position)
    return state === null || state.status === 'not_started'
      ? null
      : JSON.parse(JSON.stringify(snapshotOf(state, rules)))
  }

  /** Asked by the workflow object's sweep: what an execution that should have been heard of is doing. Wakes it, too. */
  poke(): PokeAnswer {
    return poke(this.#execution)
  }

  override async alarm(): Promise<void> {
    this.#storage.alarm.fired()
    this.#execution.wake()
  }

  /** The live stream: upgrades to a WebSocket that hibernates with the object. `?after=` resumes. */
  override async fetch(request: Request): Promise<Response> {
    const view = this.#execution.view()
    if (view === null) return new Response(null, { status: 404 })
    const after = new URL(request.url).searchParams.get('after')
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
    this.#isWatched = true
    const from = after === null ? null : Number(after)
    const isNear = from !== null && isWithin(from, view.position - limits.eventsPage, view.position)
    if (!isNear) send(server, { type: 'snapshot', execution: view })
    this.#catchUp(server, isNear ? from : view.position)
    return new Response(null, { status: 101, webSocket: client })
  }

  override async webSocketMessage(): Promise<void> {
    // Watchers only listen; `ping` is answered by the platform without waking the object.
  }

  #catchUp(socket: WebSocket, from: number): void {
    let position = from
    for (;;) {
      const { events } = this.#execution.events(position, limits.eventsPage)
      const last = events.at(-1)
      if (last === undefined) break
      send(socket, { type: 'events', events })
      position = last.position
    }
    send(socket, { type: 'live', position })
  }

  #ports(): ExecutionPorts {
    const { ctx, env } = this
    const runners = runnersFor(env, ctx.exports)
    const { log, transaction, setAlarm } = this.#storage
    return {
      executionId: ctx.id.toString(),
      log,
      now: () => Date.now(),
      sleep,
      after: (delayMs, work) => void setTimeout(work, delayMs),
      chance: () => Math.random(),
      transaction,
      setAlarm,
      runner: (kind) => runners[kind],
      relatives: relativesOf(env),
      report: (report) => ctx.waitUntil(this.#report(report)),
      publish: (events) => {
        if (!this.#isWatched) return
        for (const socket of ctx.getWebSockets()) send(socket, { type: 'events', events })
      },
      keepAlive: (work) => ctx.waitUntil(work),
      reportFault: (message) => console.error(message),
    }
  }

  async #report(report: ExecutionReport): Promise<void> {
    try {
      await this.env.WORKFLOW.getByName(report.workflowId).report(report)
    } catch (error) {
      // The workflow object's own row says that this execution is unfinished, so its sweep will ask.
      console.warn(
        `report of ${report.id} was not taken and will be asked for: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
}

function send(socket: WebSocket, frame: StreamFrame): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame))
}

const isWithin = (position: number, from: number, to: number): boolean =>
  Number.isSafeInteger(position) && position >= Math.max(0, from) && position <= to
