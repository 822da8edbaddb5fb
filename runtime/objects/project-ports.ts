import type { ProjectMessage } from '../../schemas/project-messages.ts'
import type { EpochMs } from '../../schemas/time.ts'
import type { ProjectStore } from '../storage/project-store.ts'

/** The world of the project. */
export interface ProjectPorts {
  readonly store: ProjectStore
  now(): EpochMs
  transaction<Result>(body: () => Result): Result
  /** Makes sure that the alarm comes no later than `at`. Called inside a transaction. */
  wakeBy(at: EpochMs): void
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** At least 128 bits of chance as lower-case text. */
  randomId(): string
  /** Tells a workflow. The answer says of each message whether it was taken. */
  tell(workflowId: string, messages: readonly ProjectMessage[]): Promise<readonly boolean[]>
  keepAlive(work: Promise<void>): void
  reportFault(message: string): void
}
