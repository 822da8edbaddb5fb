import { workflowMigrations } from '../../migrations/workflow/index.ts'
import { ExecutionReport, type IndexChange } from '../../schemas/api/executions.ts'
import { Delivery } from '../../schemas/api/workflows.ts'
import { Graph } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { isMigrated, migrate } from './migrate.ts'
import { OutboxStore } from './outbox-store.ts'
import type { Sql } from './sql.ts'

export type Version = {
  readonly version: number
  readonly contentHash: string
  readonly graph: Graph
  readonly publishedAt: number
}
export type KeptStart = {
  readonly key: string
  readonly fingerprint: string
  readonly executionId: string
  readonly expiresAt: number
}
export type NewDelivery = Omit<Delivery, 'id'>

/** Rows that are written together. `checkAt` is when an unfinished execution is asked if it has not reported by then. */
export type WorkflowRows = {
  readonly deliveries: readonly NewDelivery[]
  readonly starts: readonly KeptStart[]
  readonly reports: readonly { readonly report: ExecutionReport; readonly checkAt: number | null }[]
}

/** Deliveries between two prunings: a few rows more than are kept do no harm, and a statement for each delivery would. */
const PRUNE_EVERY = 100

/** What a workflow object keeps in its SQLite. Methods are synchronous; the caller opens the transaction, for the constructor too. */
export class WorkflowStore {
  /** What the project has to be told. */
  readonly outbox: OutboxStore
  readonly #sql: Sql
  #exists = false
  #lastChange = 0
  #lastDelivery = 0

  constructor(sql: Sql) {
    this.#sql = sql
    this.outbox = new OutboxStore(sql, () => this.#exists)
    if (isMigrated(sql)) migrate(sql, workflowMigrations)
    this.reload()
  }

  /** To be called before a transaction; what it gives, when that was rolled back. Reads nothing, because then the disk may fail, too. */
  remember(): () => void {
    const [exists, lastChange, lastDelivery] = [this.#exists, this.#lastChange, this.#lastDelivery]
    return () => {
      this.#exists = exists
      this.#lastChange = lastChange
      this.#lastDelivery = lastDelivery
    }
  }

  /** Asks the tables anew: a commit that seemed to fail may have been kept. */
  reload(): void {
    this.#exists = isMigrated(this.#sql)
    this.#lastChange = this.#newest('SELECT max(change) AS newest FROM executions')
    this.#lastDelivery = this.#newest('SELECT max(sequence) AS newest FROM deliveries')
  }

  /** Number of the newest change in the index. */
  get lastChange(): number {
    return this.#lastChange
  }

  activeVersion(): Version | null {
    return this.#version('SELECT v.* FROM versions v JOIN active a ON a.version = v.version')
  }

  versionByHash(contentHash: string): Version | null {
    return this.#version('SELECT * FROM versions WHERE content_hash = ?', contentHash)
  }

  version(version: number): Version | null {
    return this.#version('SELECT * FROM versions WHERE version = ?', version)
  }

  versions(): Omit<Version, 'graph'>[] {
    return this.#rows<VersionRow>('SELECT version, content_hash, published_at FROM versions ORDER BY version DESC').map(
      (row) => ({
        version: row.version,
        contentHash: row.content_hash,
        publishedAt: row.published_at,
      }),
    )
  }

  addVersion({ version, contentHash, graph, publishedAt }: Version): void {
    this.#prepare()
    this.#sql.exec('INSERT INTO versions VALUES (?, ?, ?, ?)', version, contentHash, JSON.stringify(graph), publishedAt)
  }

  activate(version: number): void {
    this.#sql.exec(
      'INSERT INTO active VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET version = excluded.version',
      version,
    )
  }

  hooks(): { nodeId: string; hookId: string }[] {
    return this.#rows<{ hook_id: string; node_id: string }>('SELECT hook_id, node_id FROM hooks ORDER BY rowid').map(
      (row) => ({
        nodeId: row.node_id,
        hookId: row.hook_id,
      }),
    )
  }

  addHook(nodeId: string, hookId: string): void {
    this.#sql.exec('INSERT INTO hooks VALUES (?, ?)', hookId, nodeId)
  }

  startByKey(key: string, now: number): KeptStart | null {
    const [row] = this.#rows<StartRow>('SELECT * FROM starts WHERE key = ? AND expires_at > ?', key, now)
    return row === undefined
      ? null
      : { key, fingerprint: row.fingerprint, executionId: row.execution_id, expiresAt: row.expires_at }
  }

  /** Writes the rows; a report that is older than the row it meets changes nothing. */
  write(rows: WorkflowRows, now: number): void {
    this.#prepare()
    for (const delivery of rows.deliveries) this.#addDelivery(delivery)
    for (const { key, fingerprint, executionId, expiresAt } of rows.starts) {
      this.#sql.exec('INSERT OR REPLACE INTO starts VALUES (?, ?, ?, ?)', key, fingerprint, executionId, expiresAt)
    }
    if (rows.starts.length > 0) this.#sql.exec('DELETE FROM starts WHERE expires_at <= ?', now)
    for (const { report, checkAt } of rows.reports) this.#takeReport(report, checkAt)
  }

  changes(after: number, limit: number): IndexChange[] {
    return this.#rows<{ change: number; report: string }>(
      'SELECT change, report FROM executions WHERE change > ? ORDER BY change LIMIT ?',
      after,
      limit,
    ).map(({ change, report }) => ({ change, report: ExecutionReport.parse(JSON.parse(report)) }))
  }

  /** Newest first, older than `before`, of one hook. */
  deliveries(hookId: string, limit: number, before = Number.MAX_SAFE_INTEGER): Delivery[] {
    return this.#rows<DeliveryRow>(
      'SELECT * FROM deliveries WHERE hook_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?',
      hookId,
      before,
      limit,
    ).map(deliveryFrom)
  }

  /** An execution as it is known; null when nothing is. */
  execution(id: string): ExecutionReport | null {
    const [row] = this.#rows<{ report: string }>('SELECT report FROM executions WHERE id = ?', id)
    return row === undefined ? null : ExecutionReport.parse(JSON.parse(row.report))
  }

  /** Executions that should have reported by now, as they are known, the longest overdue first. */
  overdue(now: number): ExecutionReport[] {
    return this.#rows<{ report: string }>(
      'SELECT report FROM executions WHERE check_at <= ? ORDER BY check_at LIMIT ?',
      now,
      limits.sweepPage,
    ).map(({ report }) => ExecutionReport.parse(JSON.parse(report)))
  }

  postpone(executionId: string, checkAt: number | null): void {
    this.#sql.exec('UPDATE executions SET check_at = ? WHERE id = ?', checkAt, executionId)
  }

  /** When the next unfinished execution must be asked, or the project be told again; null when nothing is left to do. */
  nextCheckAt(): number | null {
    const [row] = this.#rows<{ at: number | null }>(
      `SELECT min(at) AS at FROM (
        SELECT min(check_at) AS at FROM executions WHERE check_at IS NOT NULL UNION ALL SELECT min(next_at) FROM outbox
      )`,
    )
    return row?.at ?? null
  }

  /** Reports may come late or twice. An equal position with another status is news, too: quarantine is no event. */
  #takeReport(report: ExecutionReport, checkAt: number | null): void {
    const { id, position, ...rest } = ExecutionReport.parse(report)
    const news = this.#sql
      .exec(
        `INSERT INTO executions VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
          change = excluded.change, position = excluded.position, check_at = excluded.check_at, report = excluded.report
        WHERE excluded.position > position
          OR (excluded.position = position AND excluded.report ->> 'status' <> executions.report ->> 'status')
        RETURNING id`,
        id,
        this.#lastChange + 1,
        position,
        checkAt,
        JSON.stringify({ id, position, ...rest }),
      )
      .toArray()
    if (news.length > 0) this.#lastChange += 1
    else this.#sql.exec('UPDATE executions SET check_at = ? WHERE id = ? AND position = ?', checkAt, id, position)
  }

  #addDelivery({
    hookId,
    at,
    method,
    path,
    headers,
    bodyBytes,
    body,
    verdict,
    code,
    reason,
    executionId,
  }: NewDelivery): void {
    this.#lastDelivery += 1
    this.#sql.exec(
      `INSERT INTO deliveries (sequence, hook_id, at, method, path, headers, body_bytes, body, verdict, code, reason, execution_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      this.#lastDelivery,
      hookId,
      at,
      method,
      path,
      JSON.stringify(headers),
      bodyBytes,
      body ?? null,
      verdict,
      code ?? null,
      reason ?? null,
      executionId ?? null,
    )
    if (this.#lastDelivery % PRUNE_EVERY === 0) this.#pruneDeliveries()
  }

  #pruneDeliveries(): void {
    this.#sql.exec('DELETE FROM deliveries WHERE sequence <= ?', this.#lastDelivery - limits.deliveriesKept)
  }

  #prepare(): void {
    if (this.#exists) return
    migrate(this.#sql, workflowMigrations)
    this.#exists = true
  }

  #rows<Row extends Record<string, string | number | null>>(query: string, ...bindings: (string | number)[]): Row[] {
    return this.#exists ? this.#sql.exec<Row>(query, ...bindings).toArray() : []
  }

  #newest(query: string): number {
    return this.#rows<{ newest: number | null }>(query)[0]?.newest ?? 0
  }

  #version(query: string, ...bindings: (string | number)[]): Version | null {
    const [row] = this.#rows<VersionRow>(query, ...bindings)
    if (row === undefined) return null
    return {
      version: row.version,
      contentHash: row.content_hash,
      graph: Graph.parse(JSON.parse(row.graph)),
      publishedAt: row.published_at,
    }
  }
}

type VersionRow = { version: number; content_hash: string; graph: string; published_at: number }
type StartRow = { key: string; fingerprint: string; execution_id: string; expires_at: number }
type DeliveryRow = {
  sequence: number
  hook_id: string
  at: number
  method: string
  path: string
  headers: string
  body_bytes: number
  body: string | null
  verdict: string
  code: string | null
  reason: string | null
  execution_id: string | null
}

const deliveryFrom = (row: DeliveryRow): Delivery =>
  Delivery.parse({
    id: String(row.sequence),
    hookId: row.hook_id,
    at: row.at,
    method: row.method,
    path: row.path,
    headers: JSON.parse(row.headers),
    bodyBytes: row.body_bytes,
    verdict: row.verdict,
    ...(row.body === null ? {} : { body: row.body }),
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.execution_id === null ? {} : { executionId: row.execution_id }),
  })
