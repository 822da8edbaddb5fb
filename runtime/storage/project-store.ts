import { z } from 'zod'

import { projectMigrations } from '../../migrations/project/index.ts'
import { ProjectMessage } from '../../schemas/project-messages.ts'
import type { EpochMs } from '../../schemas/time.ts'
import { isMigrated, migrate } from './migrate.ts'
import type { Sql } from './sql.ts'

export type TakenEvent = {
  readonly id: string
  readonly fingerprint: string
  readonly deliveredTo: readonly string[]
  readonly expiresAt: EpochMs
}

/** A message on its way to a workflow. */
export type Waiting = { readonly sequence: number; readonly at: EpochMs; readonly message: ProjectMessage }

/** What the project's object keeps in its SQLite. Methods are synchronous; the caller opens the transaction, for the constructor too. */
export class ProjectStore {
  readonly #sql: Sql
  #exists = false
  #waiting = 0

  constructor(sql: Sql) {
    this.#sql = sql
    if (isMigrated(sql)) migrate(sql, projectMigrations)
    this.reload()
  }

  /** To be called before a transaction; what it gives, when that was rolled back. Reads nothing, because then the disk may fail, too. */
  remember(): () => void {
    const [exists, waiting] = [this.#exists, this.#waiting]
    return () => {
      this.#exists = exists
      this.#waiting = waiting
    }
  }

  /** Asks the tables anew: a commit that seemed to fail may have been kept. */
  reload(): void {
    this.#exists = isMigrated(this.#sql)
    this.#waiting = this.#countWaiting()
  }

  /** Deliveries that are not done. */
  get waiting(): number {
    return this.#waiting
  }

  /** Replaces what a workflow wants to hear of, unless it has said something newer. */
  subscribe(workflowId: string, sequence: number, topics: readonly string[]): void {
    this.#prepare()
    const news = this.#sql
      .exec(
        `INSERT INTO subscribers VALUES (?, ?) ON CONFLICT (workflow_id) DO UPDATE SET sequence = excluded.sequence
         WHERE excluded.sequence > sequence RETURNING workflow_id`,
        workflowId,
        sequence,
      )
      .toArray()
    if (news.length === 0) return
    this.#sql.exec('DELETE FROM subscriptions WHERE workflow_id = ?', workflowId)
    for (const topic of topics) this.#sql.exec('INSERT INTO subscriptions VALUES (?, ?)', topic, workflowId)
  }

  /** Who wants to hear of one of these, in the order of their ids. */
  subscribers(...topics: readonly string[]): string[] {
    const places = topics.map(() => '?').join(', ')
    return this.#rows<{ workflow_id: string }>(
      `SELECT DISTINCT workflow_id FROM subscriptions WHERE topic IN (${places}) ORDER BY workflow_id`,
      ...topics,
    ).map((row) => row.workflow_id)
  }

  takenEvent(id: string, now: EpochMs): TakenEvent | null {
    const [row] = this.#rows<EventRow>('SELECT * FROM events WHERE id = ? AND expires_at > ?', id, now)
    if (row === undefined) return null
    const deliveredTo = WorkflowIds.parse(JSON.parse(row.delivered_to))
    return { id, fingerprint: row.fingerprint, deliveredTo, expiresAt: row.expires_at }
  }

  takeEvent({ id, fingerprint, deliveredTo, expiresAt }: TakenEvent, now: EpochMs): void {
    this.#prepare()
    this.#sql.exec('DELETE FROM events WHERE expires_at <= ?', now)
    this.#sql.exec('INSERT INTO events VALUES (?, ?, ?, ?)', id, fingerprint, JSON.stringify(deliveredTo), expiresAt)
  }

  /** Keeps a message for these workflows. One that is on its way already is not sent again. */
  addMessage(message: ProjectMessage, workflowIds: readonly string[], at: EpochMs): void {
    this.#prepare()
    const [row] = this.#sql
      .exec<{ sequence: number }>(
        'INSERT INTO messages (key, at, body) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING RETURNING sequence',
        message.key,
        at,
        JSON.stringify(message),
      )
      .toArray()
    if (row === undefined) return
    for (const id of workflowIds) this.#sql.exec('INSERT INTO deliveries VALUES (?, ?)', id, row.sequence)
    this.#waiting += workflowIds.length
  }

  /** Workflows for which something waits. */
  waitingFor(): string[] {
    return this.#rows<{ workflow_id: string }>('SELECT DISTINCT workflow_id FROM deliveries').map(
      (row) => row.workflow_id,
    )
  }

  /** What waits for a workflow, oldest first. */
  messagesFor(workflowId: string, limit: number): Waiting[] {
    return this.#rows<{ sequence: number; at: number; body: string }>(
      `SELECT m.sequence, m.at, m.body FROM deliveries d JOIN messages m ON m.sequence = d.message
       WHERE d.workflow_id = ? ORDER BY m.sequence LIMIT ?`,
      workflowId,
      limit,
    ).map(({ sequence, at, body }) => ({ sequence, at, message: ProjectMessage.parse(JSON.parse(body)) }))
  }

  /** Forgets what a workflow has taken, and messages that everybody has. */
  delivered(workflowId: string, sequences: readonly number[]): void {
    for (const sequence of sequences) {
      this.#sql.exec('DELETE FROM deliveries WHERE workflow_id = ? AND message = ?', workflowId, sequence)
      this.#sql.exec(
        'DELETE FROM messages WHERE sequence = ? AND NOT EXISTS (SELECT 1 FROM deliveries WHERE message = ?)',
        sequence,
        sequence,
      )
    }
    this.#waiting -= sequences.length
  }

  #countWaiting(): number {
    return this.#rows<{ rows: number }>('SELECT count(*) AS rows FROM deliveries')[0]?.rows ?? 0
  }

  #prepare(): void {
    if (this.#exists) return
    migrate(this.#sql, projectMigrations)
    this.#exists = true
  }

  #rows<Row extends Record<string, string | number | null>>(query: string, ...bindings: (string | number)[]): Row[] {
    return this.#exists ? this.#sql.exec<Row>(query, ...bindings).toArray() : []
  }
}

const WorkflowIds = z.array(z.string())

type EventRow = { id: string; fingerprint: string; delivered_to: string; expires_at: number }
