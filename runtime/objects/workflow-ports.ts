import type { EpochMs } from '../../schemas/time.ts'
import type { WorkflowStore } from '../storage/workflow-store.ts'
import type { Numbered } from './project.ts'
import type { PokeAnswer, StartAnswer, StartRequest, Wait } from './start.ts'

/** Whether a request proves its sender; a refusal says why, for the delivery log. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly code: string; readonly reason: string }

export type VerifyRequest =
  | { readonly scheme: 'github'; readonly secret: string; readonly signature: string | null; readonly body: Uint8Array }
  | { readonly scheme: 'token'; readonly secret: string; readonly token: string | null }

/** The world of one workflow. */
export interface WorkflowPorts {
  readonly workflowId: string
  readonly store: WorkflowStore
  now(): EpochMs
  transaction<Result>(body: () => Result): Result
  /** Makes sure that the alarm comes no later than `at`; null asks for nothing. Called inside a transaction. */
  wakeBy(at: EpochMs | null): void
  /** Sets the alarm, whatever would be due sooner. Called inside a transaction. */
  wakeAt(at: EpochMs): void
  /** Calls back after a while; with 0, when the requests that are already there have been taken. */
  after(delayMs: number, work: () => void): void
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** The id of an execution's object that nobody else has. */
  newExecutionId(): string
  /** Starts the execution of that id. Asking again finds it started. */
  start(executionId: string, request: StartRequest, wait: Wait | null): Promise<StartAnswer>
  /** Wakes an execution and asks what it is doing. */
  poke(executionId: string): Promise<PokeAnswer>
  verify(request: VerifyRequest): Promise<Verdict>
  /** At least 128 bits of chance as lower-case text. */
  randomId(): string
  sha256(text: string): string
  /** Tells the project. Gives how many of the messages, from the first on, it has taken. */
  tellProject(messages: readonly Numbered[]): Promise<number>
  /** Tells the builder that something changed here. It may be lost. */
  hint(): void
  reportFault(message: string): void
}
