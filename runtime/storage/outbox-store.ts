import { WorkflowMessage } from '../../schemas/project-messages.ts'
import type { EpochMs } from '../../schemas/time.ts'
import type { Sql } from './sql.ts'

/** A message to the project, with its place among those of its workflow: numbers are never given twice. */
export type Outgoing = { readonly sequence: number; readonly at: EpochMs; readonly message: WorkflowMessage }

/** What a workflow has to tell its project: a table of the workflow's store, which opens the transactions and makes the tables. */
export class OutboxStore {
  readonly #sql: Sql
  readonly #exists: () => boolean

  constructor(sql: Sql, exists: () => boolean) {
    this.#sql = sql
    this.#exists = exists
  }

  add(message: WorkflowMessage, at: EpochMs, nextAt: EpochMs): void {
    this.#sql.exec('INSERT INTO outbox (at, next_at, body) VALUES (?, ?, ?)', at, nextAt, JSON.stringify(message))
  }

  /** In the order in which they were added. */
  oldest(limit: number): Outgoing[] {
    if (!this.#exists()) return []
    return this.#sql
      .exec<{ sequence: number; at: number; body: string }>(
        'SELECT sequence, at, body FROM outbox ORDER BY sequence LIMIT ?',
        limit,
      )
      .toArray()
      .map(({ sequence, at, body }) => ({ sequence, at, message: WorkflowMessage.parse(JSON.parse(body)) }))
  }

  /** Whether something was to be told by now. */
  isDue(now: EpochMs): boolean {
    return this.#exists() && this.#sql.exec('SELECT 1 FROM outbox WHERE next_at <= ? LIMIT 1', now).toArray().length > 0
  }

  postpone(nextAt: EpochMs): void {
    this.#sql.exec('UPDATE outbox SET next_at = ?', nextAt)
  }

  /** Forgets those up to a number. */
  removeUpTo(sequence: number): void {
    this.#sql.exec('DELETE FROM outbox WHERE sequence <= ?', sequence)
  }
}
