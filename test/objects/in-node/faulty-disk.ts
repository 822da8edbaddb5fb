import { DatabaseSync } from 'node:sqlite'

import { ExecutionStorage } from '../../../runtime/objects/execution-storage.ts'
import type { ObjectStorage } from '../../../runtime/objects/object-storage.ts'
import { nodeSql } from '../../storage/node-sql.ts'

/** The storage of an object over the SQLite of Node. A test says what of it does not answer. */
export class FaultyDisk {
  readonly database = new DatabaseSync(':memory:')
  /** Throws for a statement that is to fail. */
  beforeStatement: (query: string) => void = () => undefined
  /** Throws for a commit that is to fail: before it, or when it is kept already. */
  beforeCommit: () => void = () => undefined
  afterCommit: () => void = () => undefined

  /** Nothing of it answers. */
  fail(): void {
    this.beforeStatement = full
    this.beforeCommit = full
  }

  mend(): void {
    this.beforeStatement = () => undefined
    this.beforeCommit = () => undefined
    this.afterCommit = () => undefined
  }

  readonly storage: ObjectStorage = {
    sql: {
      exec: (query, ...bindings) => {
        this.beforeStatement(query)
        return nodeSql(this.database).exec(query, ...bindings)
      },
    },
    transactionSync: (body) => {
      const result = this.#transaction(body)
      this.afterCommit()
      return result
    },
    getAlarm: async () => null,
    setAlarm: async () => undefined,
    deleteAlarm: async () => undefined,
  }

  /** The log as an execution's object opens it. */
  readonly openLog = () => {
    const { log, transaction } = new ExecutionStorage(this.storage, () => 0)
    return Object.assign(log, { transaction })
  }

  #transaction<Result>(body: () => Result): Result {
    this.database.exec('BEGIN')
    try {
      const result = body()
      this.beforeCommit()
      this.database.exec('COMMIT')
      return result
    } catch (error) {
      this.database.exec('ROLLBACK')
      throw error
    }
  }
}

const full = (): never => {
  throw new Error('database or disk is full: SQLITE_FULL')
}
