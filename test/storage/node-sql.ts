import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

import type { Sql } from '../../runtime/storage/sql.ts'

/** The SQLite of Node with the two calls of an object's: stores and plain classes are tested with it outside workerd. */
export function nodeSql(database: DatabaseSync): Sql {
  const prepared = new Map<string, StatementSync>()
  return {
    exec(query, ...bindings) {
      // Only `exec` takes several statements, and only without parameters; migrations need it.
      if (bindings.length === 0 && query.includes(';')) {
        database.exec(query)
        return { toArray: () => [] }
      }
      const values = bindings.map(
        (value): SQLInputValue => (value instanceof ArrayBuffer ? new Uint8Array(value) : value),
      )
      const statement = prepared.get(query) ?? database.prepare(query)
      prepared.set(query, statement)
      const rows = statement.all(...values)
      return { toArray: () => rows.map((row) => ({ ...row }) as never) }
    },
  }
}

/** What `transactionSync` does: all that `body` writes, or nothing. */
export function nodeTransaction<Result>(database: DatabaseSync, body: () => Result, afterRollback: () => void): Result {
  database.exec('BEGIN')
  try {
    const result = body()
    database.exec('COMMIT')
    return result
  } catch (error) {
    database.exec('ROLLBACK')
    afterRollback()
    throw error
  }
}
