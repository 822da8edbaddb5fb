import { DatabaseSync } from 'node:sqlite'

import type { ObjectStorage } from '../../runtime/objects/object-storage.ts'
import type { Sql } from '../../runtime/storage/sql.ts'
import { nodeSql } from '../storage/node-sql.ts'
import type { FaultSource } from './faults.ts'
import type { Incarnation } from './incarnation.ts'

export class DiskFailed extends Error {
  override readonly name = 'DiskFailed'
}

/** The storage of one object. It outlives the object's incarnations, each of which has its own way to it. */
export class Disk {
  readonly sql: Sql
  readonly #database = new DatabaseSync(':memory:')
  readonly #name: string
  readonly #faults: FaultSource
  readonly #onAlarm: () => void
  #alarm: number | null = null
  /** What the running transaction sets it to. */
  #stagedAlarm: { readonly at: number | null } | null = null
  /** Its handler runs, and nobody has set it since it came. */
  isAlarmTaken = false
  #isInTransaction = false
  #isWritten = false
  /** Grows with everything that is kept. */
  commits = 0
  /** Faults of the storage itself, which excuse a handler that throws. */
  failures = 0

  constructor(name: string, faults: FaultSource, onAlarm: () => void) {
    this.#name = name
    this.#faults = faults
    this.#onAlarm = onAlarm
    this.sql = nodeSql(this.#database)
  }

  get alarm(): number | null {
    return this.#alarm
  }

  /** Also what the platform does, when an alarm was handled or is lost. */
  setAlarm(at: number | null): void {
    this.#alarm = at
    this.isAlarmTaken = false
    this.commits += 1
    this.#onAlarm()
  }

  /** The storage as one incarnation sees it. Once that is replaced, its next access fails and ends it. */
  openFor(incarnation: Incarnation): ObjectStorage {
    const access = (): void => {
      incarnation.access()
      if (this.#faults.strikes('statement fails', this.#name)) this.#fail('the disk could not be read')
    }
    const setAlarm = async (at: number | null): Promise<void> => {
      // Nobody waits for this promise: the output gate does, and resets an object whose writes failed.
      if (!incarnation.isLive || this.#faults.strikes('setting an alarm fails', this.#name)) return incarnation.end()
      if (this.#isInTransaction) this.#stagedAlarm = { at }
      else this.setAlarm(at)
      if (this.#faults.strikes('crash after setting an alarm', this.#name)) incarnation.end()
    }
    return {
      sql: {
        exec: (query, ...bindings) => {
          access()
          // What is only read is not committed.
          if (!query.startsWith('SELECT')) this.#isWritten = true
          const write = writeOf(query)
          if (write !== null) this.#strikeBefore(write, incarnation)
          const rows = this.sql.exec<never>(query, ...bindings)
          if (write !== null && this.#faults.strikes(`crash after ${write}`, this.#name)) incarnation.crash()
          return rows
        },
      },
      transactionSync: (body) => {
        incarnation.access()
        return this.#transaction(incarnation, body)
      },
      getAlarm: async () => {
        incarnation.access()
        return this.isAlarmTaken ? null : this.#alarm
      },
      setAlarm,
      deleteAlarm: () => setAlarm(null),
    }
  }

  close(): void {
    this.#database.close()
  }

  #transaction<Result>(incarnation: Incarnation, body: () => Result): Result {
    this.#isWritten = false
    this.#database.exec('BEGIN')
    this.#isInTransaction = true
    let result: Result
    try {
      result = body()
      if (this.#stagedAlarm !== null) this.#isWritten = true
      if (this.#isWritten) this.#beforeCommit(incarnation)
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#database.exec('ROLLBACK')
      this.#stagedAlarm = null
      throw error
    } finally {
      this.#isInTransaction = false
    }
    if (this.#isWritten) this.#committed(incarnation)
    return result
  }

  #strikeBefore(write: Write, incarnation: Incarnation): void {
    if (this.#faults.strikes(`crash before ${write}`, this.#name)) incarnation.crash()
    if (this.#faults.strikes(`${write} fails`, this.#name)) this.#fail('the disk is full')
  }

  #beforeCommit(incarnation: Incarnation): void {
    if (incarnation.isGone) incarnation.crash()
    if (this.#faults.strikes('crash before commit', this.#name)) incarnation.crash()
    if (this.#faults.strikes('commit fails', this.#name)) this.#fail('the disk is full')
  }

  #committed(incarnation: Incarnation): void {
    this.commits += 1
    const staged = this.#stagedAlarm
    this.#stagedAlarm = null
    if (staged !== null) this.setAlarm(staged.at)
    if (this.#faults.strikes('crash after commit', this.#name)) incarnation.crash()
  }

  #fail(message: string): never {
    this.failures += 1
    throw new DiskFailed(message)
  }
}

/** The writes that faults can be aimed at. */
type Write = 'append' | 'snapshot'

function writeOf(query: string): Write | null {
  if (query.startsWith('INSERT INTO events')) return 'append'
  return query.startsWith('INSERT INTO snapshots') ? 'snapshot' : null
}
