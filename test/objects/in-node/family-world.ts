import { Execution } from '../../../runtime/objects/execution.ts'
import { start } from '../../../runtime/objects/execution-calls.ts'
import { hearChild, hearParent } from '../../../runtime/objects/hear.ts'
import { hearAsked } from '../../../runtime/objects/hear-asked.ts'
import type { ChildAnswer, ChildStart, Hearing } from '../../../runtime/objects/relatives.ts'
import type { StartRequest } from '../../../runtime/objects/start.ts'
import type { StepRunner } from '../../../runtime/steps/step-runner.ts'
import { inMemoryEventLog, type MemoryDisk, memoryDisk } from '../../../runtime/storage/in-memory-event-log.ts'
import type { ExecutionReport } from '../../../schemas/api/executions.ts'
import type { Graph } from '../../../schemas/graph.ts'
import { t0 } from './execution-world.ts'

type Call = 'startChild' | 'tellParent' | 'tellChild' | 'askBatch'

type Member = {
  readonly disk: MemoryDisk
  alarmAt: number | null
  commits: number
  execution: Execution
  /** Fails the calls that are under way in it. */
  crash: () => void
  crashed: Promise<never>
}

/** Several executions in memory that start and tell each other. A test turns their clock and breaks their calls. */
export class FamilyWorld {
  now = t0
  /** What is published, by workflow. */
  readonly graphs = new Map<string, Graph>()
  /** What the attempts of http steps come to: by default they never end. */
  http: StepRunner = () => new Promise(() => undefined)
  /** What a call meets on its way there: by default nothing. Throws for one that fails. */
  outbound: (call: Call, key: string) => Promise<void> = async () => undefined
  /** What its answer meets on its way back. */
  inbound: (call: Call, key: string) => Promise<void> = async () => undefined
  readonly calls: [call: Call, key: string, what: string][] = []
  readonly faults: string[] = []
  readonly #members = new Map<string, Member>()

  /** The execution of an id, which may not have begun. */
  member(id: string): Member {
    const known = this.#members.get(id)
    if (known !== undefined) return known
    const disk = memoryDisk()
    const member = { disk, alarmAt: null, commits: 0 } as Member
    this.#members.set(id, member)
    member.execution = this.#open(id, member)
    return member
  }

  execution(id: string): Execution {
    return this.member(id).execution
  }

  async start(id: string, graph: Graph, body: unknown = null): Promise<void> {
    await start(this.execution(id), requestOf('parents', graph, { body }), null, this.now)
    await this.settle()
  }

  /** As after a crash of one object: what was only in its memory is gone. */
  restart(id: string): void {
    const member = this.member(id)
    member.crash()
    member.execution = this.#open(id, member)
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let round = 0; round < 12; round += 1) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Lets time pass, alarm by alarm. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms
    for (let alarms = 0; ; alarms += 1) {
      if (alarms > 1000) throw new Error('alarms that come without end')
      const due = [...this.#members.values()].filter(({ alarmAt }) => alarmAt !== null && alarmAt <= until)
      const [next] = due.sort((left, right) => (left.alarmAt ?? 0) - (right.alarmAt ?? 0))
      if (next === undefined) break
      this.now = Math.max(this.now, next.alarmAt ?? 0) + 1
      next.alarmAt = null
      next.execution.wake()
      await this.settle()
    }
    this.now = until
  }

  types(id: string): string[] {
    return this.execution(id)
      .events(0, 1000)
      .events.map(({ type }) => type)
  }

  status(id: string): string | undefined {
    return this.execution(id).view()?.status
  }

  /** What was told to whom, in order. */
  told(): string[] {
    return this.calls.filter(([call]) => call !== 'startChild').map(([, key, what]) => `${what} ${key}`)
  }

  #open(id: string, member: Member): Execution {
    const log = inMemoryEventLog(member.disk)
    member.crashed = new Promise((_resolve, reject) => {
      member.crash = () => reject(new Error('the object has crashed'))
    })
    // Most objects never crash while somebody waits for them.
    member.crashed.catch(() => undefined)
    const execution: Execution = new Execution({
      executionId: id,
      log,
      now: () => this.now,
      sleep: (_ms, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
      after: (_delayMs, work) => void setImmediate(() => member.execution === execution && work()),
      chance: () => 0.5,
      transaction: (body) => {
        member.commits += 1
        return log.transaction(body)
      },
      setAlarm: (at) => {
        member.alarmAt = at === null ? null : Math.max(at, this.now + 1)
      },
      runner: (kind) => (kind === 'http' ? (attempt, signal) => this.http(attempt, signal) : undefined),
      relatives: {
        startChild: (key, child) => this.#call('startChild', key, 'start', () => this.#startChild(key, child)),
        tellParent: (parent, ended) =>
          this.#call('tellParent', parent, 'ended', () =>
            Promise.race([hearChild(this.execution(parent), ended, () => this.now), this.member(parent).crashed]),
          ),
        askBatch: (key, told) =>
          this.#call('askBatch', key, told.wish.notice, async () => hearAsked(this.execution(key), told, this.now)),
        tellChild: (key, told) =>
          this.#call(
            'tellChild',
            key,
            told.wish.notice,
            async (): Promise<Hearing> => hearParent(this.execution(key), told, this.now),
          ),
      },
      report: () => undefined,
      publish: () => undefined,
      keepAlive: (work) => void work,
      reportFault: (message) => void this.faults.push(message),
    })
    return execution
  }

  async #call<Answer>(call: Call, key: string, what: string, answer: () => Promise<Answer>): Promise<Answer> {
    this.calls.push([call, key, what])
    await this.outbound(call, key)
    const answered = structuredClone(await answer())
    await this.inbound(call, key)
    return answered
  }

  /** What a workflow's object does, without its index. A child's id is its key. */
  async #startChild(key: string, { workflowId, parent, work }: ChildStart): Promise<ChildAnswer> {
    const graph = this.graphs.get(workflowId)
    if (graph === undefined) return { ok: false, failure: { code: 'workflow_not_found', message: 'nothing is there' } }
    const trigger = work.type === 'input' ? { body: work.input } : work.trigger
    const batch = work.type === 'batch' ? { batch: work.batch } : {}
    const request = { ...requestOf(workflowId, graph, trigger), parent, ...batch }
    const { report }: { report: ExecutionReport } = await start(this.execution(key), request, null, this.now)
    return { ok: true, workflowId, executionId: key, version: report.version }
  }
}

const requestOf = (workflowId: string, graph: Graph, trigger: unknown): StartRequest => ({
  workflowId,
  version: 1,
  contentHash: JSON.stringify(graph),
  graph,
  triggerNode: 'start',
  trigger,
})
