import { limits } from '../../schemas/limits.ts'
import type { NewDelivery } from '../storage/workflow-store.ts'
import type { Journal } from './journal.ts'
import type { PublishedVersion } from './published-version.ts'
import type { WorkflowPorts } from './workflow-ports.ts'

export type Start = { readonly triggerNode: string; readonly trigger: unknown }
export type StartKey = { readonly key: string; readonly fingerprint: string; readonly keepMs: number }

export type Started =
  | { readonly type: 'started' | 'repeated'; readonly executionId: string }
  /** The key was used with other content. */
  | { readonly type: 'conflict'; readonly executionId: string }

/**
 * Starts executions. The execution's own object records the start first; then the index row is
 * committed here, and only then is the caller told, so an acknowledged start is in both. A start with
 * a key goes to the object that the key names: whatever is lost in between, a repeat finds it.
 */
export class Starts {
  readonly #ports: WorkflowPorts
  readonly #journal: Journal
  /** Keys whose first start is still under way. */
  readonly #underWay = new Map<string, { readonly fingerprint: string; readonly started: Promise<Started> }>()

  constructor(ports: WorkflowPorts, journal: Journal) {
    this.#ports = ports
    this.#journal = journal
  }

  /** Starts without a key: always a new execution. `delivery` is written in the same commit as the index row. */
  async fresh(
    start: Start,
    active: PublishedVersion,
    delivery?: (executionId: string) => NewDelivery,
  ): Promise<Started> {
    return this.#start(start, active, null, delivery)
  }

  async once(start: Start, active: PublishedVersion, key: StartKey): Promise<Started> {
    const earlier = this.#ports.store.startByKey(key.key, this.#ports.now())
    if (earlier !== null) return repeated(earlier.executionId, earlier.fingerprint === key.fingerprint)
    const current = this.#underWay.get(key.key)
    if (current !== undefined) {
      const { executionId } = await current.started
      return repeated(executionId, current.fingerprint === key.fingerprint)
    }
    const started = this.#start(start, active, key)
    this.#underWay.set(key.key, { fingerprint: key.fingerprint, started })
    try {
      return await started
    } finally {
      this.#underWay.delete(key.key)
    }
  }

  async #start(
    start: Start,
    active: PublishedVersion,
    key: StartKey | null,
    delivery?: (executionId: string) => NewDelivery,
  ): Promise<Started> {
    const { version, contentHash, graph } = active.version
    const request = { workflowId: this.#ports.workflowId, version, contentHash, graph, ...start }
    const { isNew, report } = await this.#ports.start(request, key?.key ?? null)
    const expiresAt = this.#ports.now() + (key?.keepMs ?? limits.idempotencyMs)
    await this.#journal.write({
      report,
      ...(delivery === undefined ? {} : { delivery: delivery(report.id) }),
      ...(key === null
        ? {}
        : { start: { key: key.key, fingerprint: key.fingerprint, executionId: report.id, expiresAt } }),
    })
    return { type: isNew ? 'started' : 'repeated', executionId: report.id }
  }
}

const repeated = (executionId: string, isSame: boolean): Started => ({
  type: isSame ? 'repeated' : 'conflict',
  executionId,
})
