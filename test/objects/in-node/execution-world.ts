import { Execution } from '../../../runtime/objects/execution.ts'
import type { ExecutionPorts } from '../../../runtime/objects/execution-ports.ts'
import type { Relatives } from '../../../runtime/objects/relatives.ts'
import type { StepRunner } from '../../../runtime/steps/step-runner.ts'
import { inMemoryEventLog, memoryDisk } from '../../../runtime/storage/in-memory-event-log.ts'
import type { ExecutionReport } from '../../../schemas/api/executions.ts'
import type { RecordedEvent } from '../../../schemas/execution-events.ts'
import type { Graph } from '../../../schemas/graph.ts'
import { nodeId } from '../../support/graphs.ts'

export const t0 = 1_800_000_000_000

type OpenLog = () => ReturnType<typeof inMemoryEventLog>

/** The world of one execution in memory. A test turns its clock and is its network. */
export class ExecutionWorld {
  readonly disk = memoryDisk()
  now = t0
  alarmAt: number | null = null
  /** What acting steps meet. */
  runner: StepRunner = async () => ({ ok: true, output: null })
  readonly reports: ExecutionReport[] = []
  readonly published: RecordedEvent[] = []
  readonly faults: string[] = []
  commits = 0
  /** Sleeps of callers who wait, each ended by the test or its signal. */
  readonly sleeps: { readonly ms: number; readonly end: () => void; isOver: boolean }[] = []
  execution: Execution
  readonly #openLog: OpenLog
  #process = 0

  constructor(openLog: OpenLog = () => inMemoryEventLog(this.disk)) {
    this.#openLog = openLog
    this.execution = this.#open()
  }

  /** As after a crash: what was only in memory is gone. */
  restart(): void {
    this.execution = this.#open()
  }

  start(graph: Graph, contentHash: string) {
    return this.execution.handle({
      type: 'StartExecution',
      now: this.now,
      executionId: 'execution',
      workflowId: 'orders',
      version: 1,
      contentHash,
      graph,
      triggerNode: nodeId('start'),
      trigger: { body: null },
    })
  }

  /** Lets everything happen that needs no time. What a process meant to do dies with it. */
  async settle(): Promise<void> {
    for (let round = 0; round < 5; round += 1) await new Promise((resolve) => setImmediate(resolve))
  }

  types(): string[] {
    return this.execution.events(0, 1000).events.map(({ type }) => type)
  }

  #open(): Execution {
    this.#process += 1
    const process = this.#process
    const log = this.#openLog()
    const ports: ExecutionPorts = {
      executionId: 'execution',
      log,
      now: () => this.now,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const sleep = { ms, end: resolve, isOver: false }
          this.sleeps.push(sleep)
          signal.addEventListener('abort', () => {
            sleep.isOver = true
            resolve()
          })
        }),
      after: (_delayMs, work) => void setImmediate(() => process === this.#process && work()),
      chance: () => 0.5,
      transaction: (body) => {
        this.commits += 1
        const alarm = this.alarmAt
        try {
          return log.transaction(body)
        } catch (error) {
          this.alarmAt = alarm
          throw error
        }
      },
      setAlarm: (at) => {
        this.alarmAt = at
      },
      runner: (kind) => (kind === 'http' ? (attempt, signal) => this.runner(attempt, signal) : undefined),
      relatives: alone,
      report: (report) => void this.reports.push(report),
      publish: (events) => void this.published.push(...events),
      keepAlive: (work) => void work,
      reportFault: (message) => void this.faults.push(message),
    }
    return new Execution(ports)
  }
}

const alone: Relatives = {
  startChild: async () => ({
    ok: false,
    failure: { code: 'workflow_not_found', message: 'nothing is published here' },
  }),
  tellParent: async () => 'heard',
  tellChild: async () => 'heard',
  askBatch: async () => null,
}
