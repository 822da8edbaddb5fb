import { executionMigrations } from '../../migrations/execution/index.ts'
import { ExecutionEvent, type RecordedEvent } from '../../schemas/execution-events.ts'
import { ClosedLog, type EventLog, MissingEvent, PositionConflict, type Snapshot } from './event-log.ts'
import { createTables, isMigrated, migrate } from './migrate.ts'
import type { Sql } from './sql.ts'

type EventRow = { readonly position: number; readonly body: string }

/** Cloudflare allows 100 bound parameters in a statement, and a row has two. */
const ROWS_PER_INSERT = 50

/**
 * The log in an object's own SQLite. The tables are made by the first append, inside its
 * transaction: a separate commit for them would cost every execution two more fsyncs. To be opened
 * inside a transaction, because a log that exists is migrated then.
 */
export function sqliteEventLog(sql: Sql): EventLog {
  let exists = isMigrated(sql)
  if (exists) migrate(sql, executionMigrations)
  let position = exists ? lastPosition(sql) : 0

  const sizedAt = (wanted: number) => {
    const [row] = exists
      ? sql.exec<EventRow>('SELECT position, body FROM events WHERE position = ?', wanted).toArray()
      : []
    if (row === undefined) throw new MissingEvent(wanted)
    return { event: eventOf(row), chars: row.body.length }
  }

  return {
    get position() {
      return position
    },
    /** An execution's tables come with its first event: without one they say that there will be none. */
    get isClosed() {
      return exists && position === 0
    },
    close() {
      if (position > 0) throw new PositionConflict(0, position)
      if (!exists) createTables(sql, executionMigrations)
      exists = true
    },
    append(events, expected) {
      if (exists && position === 0) throw new ClosedLog()
      if (position !== expected) throw new PositionConflict(expected, position)
      const rows = events.map((event, index) => rowOf(ExecutionEvent.parse(event), expected + index + 1))
      if (!exists) createTables(sql, executionMigrations)
      for (let from = 0; from < rows.length; from += ROWS_PER_INSERT)
        insert(sql, rows.slice(from, from + ROWS_PER_INSERT))
      exists = true
      position = expected + events.length
    },
    at: (wanted) => sizedAt(wanted).event,
    sizedAt,
    after(from, limit, maxChars = Number.POSITIVE_INFINITY) {
      if (!exists) return []
      const sized = sql
        .exec<{ position: number; chars: number }>(
          'SELECT position, length(body) AS chars FROM events WHERE position > ? ORDER BY position LIMIT ?',
          from,
          limit,
        )
        .toArray()
      let chars = 0
      const fitting = sized.filter((row, index) => {
        chars += row.chars
        return index === 0 || chars <= maxChars
      })
      const last = fitting.at(-1)
      if (last === undefined) return []
      return sql
        .exec<EventRow>(
          'SELECT position, body FROM events WHERE position > ? AND position <= ? ORDER BY position',
          from,
          last.position,
        )
        .toArray()
        .map((row): RecordedEvent => ({ ...eventOf(row), position: row.position }))
    },
    saveSnapshot({ position: at, state }) {
      // Most executions never have one, so the table is not in the first commit of all of them.
      sql.exec(
        'CREATE TABLE IF NOT EXISTS snapshots (part INTEGER PRIMARY KEY, position INTEGER NOT NULL, text TEXT NOT NULL) STRICT',
      )
      sql.exec('DELETE FROM snapshots')
      for (const [part, text] of partsOf(JSON.stringify(state)).entries()) {
        sql.exec('INSERT INTO snapshots VALUES (?, ?, ?)', part, at, text)
      }
    },
    snapshot() {
      if (!exists || !hasSnapshots(sql)) return null
      const rows = sql
        .exec<{ position: number; text: string }>('SELECT position, text FROM snapshots ORDER BY part')
        .toArray()
      const [first] = rows
      if (first === undefined) return null
      return { position: first.position, state: JSON.parse(rows.map(({ text }) => text).join('')) } satisfies Snapshot
    },
    remember() {
      const before = { exists, position }
      return () => {
        exists = before.exists
        position = before.position
      }
    },
    reload() {
      const existsNow = isMigrated(sql)
      position = existsNow ? lastPosition(sql) : 0
      exists = existsNow
    },
  }
}

/** A row holds 2 MB on Cloudflare, and a character of JSON has up to three bytes. */
const PART_CHARS = 600_000

function partsOf(text: string): string[] {
  const parts: string[] = []
  for (let from = 0, to = 0; from < text.length; from = to) {
    to = from + PART_CHARS
    // SQLite keeps UTF-8, in which half of a surrogate pair is nothing.
    if (/[\uD800-\uDBFF]/.test(text.charAt(to - 1))) to += 1
    parts.push(text.slice(from, to))
  }
  return parts
}

type Row = readonly [position: number, body: string]

const rowOf = (event: ExecutionEvent, position: number): Row => [position, JSON.stringify(event)]

function insert(sql: Sql, rows: readonly Row[]): void {
  const places = rows.map(() => '(?, ?)').join(', ')
  sql.exec(`INSERT INTO events VALUES ${places}`, ...rows.flat())
}

const hasSnapshots = (sql: Sql): boolean =>
  sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'snapshots'").toArray().length > 0

const eventOf = ({ body }: EventRow): ExecutionEvent => ExecutionEvent.parse(JSON.parse(body))

const lastPosition = (sql: Sql): number =>
  sql.exec<{ last: number }>('SELECT coalesce(max(position), 0) AS last FROM events').toArray()[0]?.last ?? 0
