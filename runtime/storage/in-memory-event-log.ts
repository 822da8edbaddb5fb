import { ExecutionEvent } from '../../schemas/execution-events.ts'
import { ClosedLog, type EventLog, MissingEvent, PositionConflict, type Snapshot } from './event-log.ts'

/** What stays when the log is opened again: JSON text, so that nothing is shared by reference. */
export type MemoryDisk = { rows: string[]; snapshot: string | null; isClosed: boolean }
export const memoryDisk = (): MemoryDisk => ({ rows: [], snapshot: null, isClosed: false })

/** The twin of the SQLite log for tests and simulation. `transaction` does what the object's does: all of it, or nothing. */
export function inMemoryEventLog(
  disk: MemoryDisk = memoryDisk(),
): EventLog & { transaction<Result>(body: () => Result): Result } {
  const sizedAt = (position: number) => {
    const row = disk.rows[position - 1]
    if (row === undefined) throw new MissingEvent(position)
    return { event: ExecutionEvent.parse(JSON.parse(row)), chars: row.length }
  }
  const at = (position: number): ExecutionEvent => sizedAt(position).event
  return {
    get position() {
      return disk.rows.length
    },
    get isClosed() {
      return disk.isClosed
    },
    close() {
      if (disk.rows.length > 0) throw new PositionConflict(0, disk.rows.length)
      disk.isClosed = true
    },
    append(events, expected) {
      if (disk.isClosed) throw new ClosedLog()
      if (disk.rows.length !== expected) throw new PositionConflict(expected, disk.rows.length)
      disk.rows.push(...events.map((event) => JSON.stringify(ExecutionEvent.parse(event))))
    },
    at,
    sizedAt,
    after(position, limit, maxChars = Number.POSITIVE_INFINITY) {
      let chars = 0
      const fitting = disk.rows.slice(position, position + limit).filter((row, index) => {
        chars += row.length
        return index === 0 || chars <= maxChars
      })
      return fitting.map((_, index) => ({ ...at(position + index + 1), position: position + index + 1 }))
    },
    saveSnapshot(snapshot) {
      disk.snapshot = JSON.stringify(snapshot)
    },
    snapshot: () => (disk.snapshot === null ? null : (JSON.parse(disk.snapshot) as Snapshot)),
    // Nothing is remembered beside the disk.
    remember: () => () => undefined,
    reload: () => undefined,
    transaction(body) {
      const before = { ...disk, rows: [...disk.rows] }
      try {
        return body()
      } catch (error) {
        Object.assign(disk, before)
        throw error
      }
    },
  }
}
