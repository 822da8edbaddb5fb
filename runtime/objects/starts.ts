import type { ExecutionReport } from '../../schemas/api/executions.ts'
import { limits } from '../../schemas/limits.ts'
import type { NewDelivery } from '../storage/workflow-store.ts'
import type { Journal } from './journal.ts'
import type { PublishedVersion } from './published-version.ts'
import type { Outcome, StartAnswer, StartRequest, Wait } from './start.ts'
import type { WorkflowPorts } from './workflow-ports.ts'

export type Start = Pick<StartRequest, 'triggerNode' | 'trigger' | 'parent' | 'batch'> & { readonly wait: Wait | null }
export type StartKey = { readonly key: string; readonly fingerprint: string; readonly keepMs: number }

export type Started =
  | { readonly type: 'started' | 'repeated'; readonly executionId: string; readonly outcome: Outcome | null }
  /** The key was used with other content. */
  | { readonly type: 'conflict'; readonly executionId: string }

/** The row of the delivery log that goes with a start; repeats have one of their own. */
export type DeliveryOf = (verdict: 'accepted' | 'duplicate', executionId: string) => NewDelivery

type UnderWay = { readonly fingerprint: string; readonly executionId: string; readonly written: Promise<void> }

/**
 * Starts executions. The index row is committed here first, and then the execution's object records
 * its start; only then is the caller told. So an acknowledged start is in both, and whatever crashes
 * in between leaves a row that the sweep asks about. A start with a key writes in the same commit
 * which execution the key stands for: a repeat finds it, and starts it if a crash came first.
 */
export class Starts {
  readonly #ports: WorkflowPorts
  readonly #journal: Journal
  /** Keys whose rows are being written. */
  readonly #underWay = new Map<string, UnderWay>()

  /** Starts that the executions' objects have not answered yet. */
  #inFlight = 0

  constructor(ports: WorkflowPorts, journal: Journal) {
    this.#ports = ports
    this.#journal = journal
  }

  /** Starts without a key: always a new execution. */
  async fresh(start: Start, active: PublishedVersion, delivery?: DeliveryOf): Promise<Started> {
    const executionId = this.#ports.newExecutionId()
    await this.#write(executionId, start, active, null, delivery)
    return started(await this.#start(executionId, start, active), executionId)
  }

  /** Starts the execution of an id that is the same for every repeat, which finds it by that. */
  async derived(executionId: string, start: Start, active: PublishedVersion): Promise<ExecutionReport> {
    await this.#write(executionId, start, active, null)
    return (await this.#start(executionId, start, active)).report
  }

  /** Starts one execution for a key, however often it is asked while the key is kept. */
  async once(start: Start, active: PublishedVersion, key: StartKey, delivery?: DeliveryOf): Promise<Started> {
    const current = this.#underWay.get(key.key)
    const known = current ?? this.#ports.store.startByKey(key.key, this.#ports.now())
    if (known !== null) {
      const { executionId } = known
      if (known.fingerprint !== key.fingerprint) return { type: 'conflict', executionId }
      await current?.written
      if (delivery !== undefined) await this.#journal.write({ delivery: delivery('duplicate', executionId) })
      return { ...started(await this.#start(executionId, start, active), executionId), type: 'repeated' }
    }
    const executionId = this.#ports.newExecutionId()
    const written = this.#write(executionId, start, active, key, delivery)
    this.#underWay.set(key.key, { fingerprint: key.fingerprint, executionId, written })
    try {
      await written
    } finally {
      this.#underWay.delete(key.key)
    }
    return started(await this.#start(executionId, start, active), executionId)
  }

  #write(
    executionId: string,
    start: Start,
    active: PublishedVersion,
    key: StartKey | null,
    delivery?: DeliveryOf,
  ): Promise<void> {
    const now = this.#ports.now()
    const entry = {
      report: begun(executionId, start, active, this.#ports.workflowId, now),
      ...(delivery === undefined ? {} : { delivery: delivery('accepted', executionId) }),
      ...(key === null
        ? {}
        : { start: { key: key.key, fingerprint: key.fingerprint, executionId, expiresAt: now + key.keepMs } }),
    }
    // A start that comes alone is not kept waiting. The more are under way, the more will come while it waits a little,
    // and share its commit: under load that costs nobody time, because the commits are what everybody waits for.
    return this.#journal.write(entry, Math.min(this.#inFlight, limits.commitGatherMs))
  }

  async #start(executionId: string, { wait, ...start }: Start, active: PublishedVersion): Promise<StartAnswer> {
    const { version, contentHash, graph } = active.version
    const request = { workflowId: this.#ports.workflowId, version, contentHash, graph, ...start }
    this.#inFlight += 1
    const answer = await this.#ports.start(executionId, request, wait).finally(() => {
      this.#inFlight -= 1
    })
    this.#journal.writeSoon({ report: answer.report })
    return answer
  }
}

const started = ({ outcome }: StartAnswer, executionId: string): Exclude<Started, { type: 'conflict' }> => ({
  type: 'started',
  executionId,
  outcome,
})

/** The row of an execution that is about to start. Position 0: anything it reports itself is newer. */
const begun = (
  id: string,
  { triggerNode }: Start,
  { version: { version } }: PublishedVersion,
  workflowId: string,
  startedAt: number,
): ExecutionReport => ({ id, workflowId, version, status: 'running', triggerNode, startedAt, position: 0 })

export const NEVER_STARTED = 'never_started'

/** The row of an execution that a crash kept from starting, before anybody was told that it had. */
export const neverStarted = (row: ExecutionReport, now: number): ExecutionReport => ({
  ...row,
  status: 'failed',
  endedAt: now,
  error: {
    code: NEVER_STARTED,
    message: 'the server stopped before the execution began, and its caller was not told that it had',
  },
  position: 1,
})
