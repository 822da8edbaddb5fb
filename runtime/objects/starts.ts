import type { ExecutionReport } from '../../schemas/api/executions.ts'
import type { NewDelivery } from '../storage/workflow-store.ts'
import type { Journal } from './journal.ts'
import type { PublishedVersion } from './published-version.ts'
import type { Outcome, StartRequest, Wait } from './start.ts'
import type { WorkflowPorts } from './workflow-ports.ts'

export type Start = { readonly triggerNode: string; readonly trigger: unknown; readonly wait: Wait | null }
export type StartKey = { readonly key: string; readonly fingerprint: string; readonly keepMs: number }

export type Started =
  | { readonly type: 'started' | 'repeated'; readonly executionId: string; readonly outcome: Outcome | null }
  /** The key was used with other content. */
  | { readonly type: 'conflict'; readonly executionId: string }

/**
 * Starts executions. The index row is committed here first, and then the execution's object records
 * its start; only then is the caller told. So an acknowledged start is in both, and whatever crashes
 * in between leaves a row that the sweep asks about. A start with a key goes to the object that the
 * key names: a repeat finds it, and starts it if a crash came first.
 */
export class Starts {
  readonly #ports: WorkflowPorts
  readonly #journal: Journal
  /** Fingerprints of keys whose rows are being written. */
  readonly #underWay = new Map<string, string>()

  constructor(ports: WorkflowPorts, journal: Journal) {
    this.#ports = ports
    this.#journal = journal
  }

  /** Starts without a key: always a new execution. `delivery` is written in the same commit as the index row. */
  fresh(start: Start, active: PublishedVersion, delivery?: (executionId: string) => NewDelivery): Promise<Started> {
    return this.#start(this.#ports.executionId(null), start, active, null, delivery)
  }

  async once(start: Start, active: PublishedVersion, key: StartKey): Promise<Started> {
    const executionId = this.#ports.executionId(key.key)
    const known = this.#underWay.get(key.key) ?? this.#ports.store.startByKey(key.key, this.#ports.now())?.fingerprint
    if (known !== undefined && known !== key.fingerprint) return { type: 'conflict', executionId }
    if (known !== undefined) {
      const { outcome } = await this.#ports.start(executionId, this.#request(start, active), start.wait)
      return { type: 'repeated', executionId, outcome }
    }
    this.#underWay.set(key.key, key.fingerprint)
    try {
      return await this.#start(executionId, start, active, key)
    } finally {
      this.#underWay.delete(key.key)
    }
  }

  async #start(
    executionId: string,
    start: Start,
    active: PublishedVersion,
    key: StartKey | null,
    delivery?: (executionId: string) => NewDelivery,
  ): Promise<Started> {
    const now = this.#ports.now()
    await this.#journal.write({
      report: begun(executionId, start, active, this.#ports.workflowId, now),
      ...(delivery === undefined ? {} : { delivery: delivery(executionId) }),
      ...(key === null
        ? {}
        : { start: { key: key.key, fingerprint: key.fingerprint, executionId, expiresAt: now + key.keepMs } }),
    })
    const { isNew, report, outcome } = await this.#ports.start(executionId, this.#request(start, active), start.wait)
    this.#journal.writeSoon({ report })
    return { type: isNew ? 'started' : 'repeated', executionId, outcome }
  }

  #request({ triggerNode, trigger }: Start, active: PublishedVersion): StartRequest {
    const { version, contentHash, graph } = active.version
    return { workflowId: this.#ports.workflowId, version, contentHash, graph, triggerNode, trigger }
  }
}

/** The row of an execution that is about to start. Position 0: anything it reports itself is newer. */
const begun = (
  id: string,
  { triggerNode }: Start,
  { version: { version } }: PublishedVersion,
  workflowId: string,
  startedAt: number,
): ExecutionReport => ({ id, workflowId, version, status: 'running', triggerNode, startedAt, position: 0 })

/** The row of an execution that a crash kept from starting, before anybody was told that it had. */
export const neverStarted = (row: ExecutionReport, now: number): ExecutionReport => ({
  ...row,
  status: 'failed',
  endedAt: now,
  error: {
    code: 'never_started',
    message: 'the server stopped before the execution began, and its caller was not told that it had',
  },
  position: 1,
})
