import type { ExecutionReport } from '../../schemas/api/executions.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import type { EpochMs } from '../../schemas/time.ts'
import type { StepRunner } from '../steps/step-runner.ts'
import type { EventLog } from '../storage/event-log.ts'
import type { Relatives } from './relatives.ts'

/** The world of one execution. Inside workerd it is the object's; in the simulation it is made up. */
export interface ExecutionPorts {
  /** The object's own id, known also when its log cannot be read. */
  readonly executionId: string
  readonly log: EventLog
  now(): EpochMs
  /** Resolves after `ms`, or at once when the signal aborts. Only ever waited for on behalf of a caller who is there. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Calls back after a while; with 0, when the requests that are already there have had their turn. */
  after(delayMs: number, work: () => void): void
  /** In [0, 1). */
  chance(): number
  /** Writes of `body` and the alarm set in it are kept together or not at all. */
  transaction<Result>(body: () => Result): Result
  /** Null: no alarm. Called inside a transaction. */
  setAlarm(at: EpochMs | null): void
  /** Runs attempts of a kind; undefined for kinds that do not act, and for those that start an execution. */
  runner(kind: string): StepRunner | undefined
  readonly relatives: Relatives
  /** Tells the workflow object's index. It may be lost: the workflow object asks again. */
  report(report: ExecutionReport): void
  /** Tells those who watch. */
  publish(events: readonly RecordedEvent[]): void
  /** Work that goes on after the answer. */
  keepAlive(work: Promise<void>): void
  /** A bug, or damage: for the operator, never with payloads. */
  reportFault(message: string): void
}
