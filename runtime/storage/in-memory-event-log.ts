import { ExecutionEvent } from '../../schemas/execution-events.ts'
import { type EventLog, MissingEvent, PositionConflict, type Snapshot } from './event-log.ts'

/** The twin of the SQLite log for tests and simulation. It keeps JSON text too, so that nothing is shared by reference. */
export function inMemoryEventLog(): EventLog {
  const rows: string[] = []
  let kept: string | null = null
  const at = (position: number): ExecutionEvent => {
    const row = rows[position - 1]
    if (row === undefined) throw new MissingEvent(position)
    return ExecutionEvent.parse(JSON.parse(row))
  }
  return {
    get position() {
      return rows.length
    },
    append(events, expected) {
      if (rows.length !== expected) throw new PositionConflict(expected, rows.length)
      rows.push(...events.map((event) => JSON.stringify(ExecutionEvent.parse(event))))
    },
    at,
    after(position, limit, maxChars = Number.POSITIVE_INFINITY) {
      let chars = 0
      const fitting = rows.slice(position, position + limit).filter((row, index) => {
        chars += row.length
        return index === 0 || chars <= maxChars
      })
      return fitting.map((_, index) => ({ ...at(position + index + 1), position: position + index + 1 }))
    },
    saveSnapshot(snapshot) {
      kept = JSON.stringify(snapshot)
    },
    snapshot: () => (kept === null ? null : (JSON.parse(kept) as Snapshot)),
  }
}
