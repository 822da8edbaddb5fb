import type { Sql } from '../../runtime/storage/sql.ts'
import type { ExecutionRecord } from './execution-record.ts'

/**
 * Damages a row of a log as a bad disk does, so that it is noticed: the text ends early, is of a kind
 * that nobody knows, or the row is gone. False when nothing is there that may be damaged: before a
 * snapshot it would only be noticed when somebody reads it, and who has relatives would keep them waiting.
 */
export function damage(record: ExecutionRecord, [which = 0, how = 0]: readonly number[]): boolean {
  const { rows, state, disk } = record
  if (state.status === 'not_started' || record.damaged !== null || hasSnapshot(disk.sql)) return false
  if (state.parent !== null || state.graph.nodes.some(({ kind }) => kind === 'workflow')) return false
  const position = 1 + Math.floor(which * rows.length)
  const body = rows[position - 1] ?? ''
  // Of a log that ends early nobody can tell.
  if (how < 0.3 && position < rows.length) disk.sql.exec('DELETE FROM events WHERE position = ?', position)
  else {
    const damaged = how < 0.6 ? body.slice(0, body.length / 2) : body.replace('"type":"', '"type":"No')
    disk.sql.exec('UPDATE events SET body = ? WHERE position = ?', damaged, position)
  }
  record.damaged = record.storedRows()
  return true
}

const hasSnapshot = (sql: Sql): boolean =>
  sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'snapshots'").toArray().length > 0
