import type { Sql } from '../storage/sql.ts'

/** What the objects use of their storage: `ctx.storage`, or the simulation's, which is worse. */
export interface ObjectStorage {
  readonly sql: Sql
  /** All that `body` writes, the alarm included, or nothing. */
  transactionSync<Result>(body: () => Result): Result
  getAlarm(): Promise<number | null>
  setAlarm(at: number): Promise<void>
  deleteAlarm(): Promise<void>
}
