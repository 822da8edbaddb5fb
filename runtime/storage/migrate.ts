import type { Migration } from '../../migrations/migration.ts'
import type { Sql } from './sql.ts'

/** Whether anything was ever stored: reading an object that does not exist must not create its tables. */
export const isMigrated = (sql: Sql): boolean =>
  sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'migrations'").toArray().length > 0

/**
 * Applies what this database has not seen yet. `PRAGMA user_version` is not allowed in an object, so
 * the ids are in a table. Throws when the applied ids are not a prefix of the list: newer code wrote
 * here, or the list was edited.
 */
export function migrate(sql: Sql, migrations: readonly Migration[]): void {
  sql.exec('CREATE TABLE IF NOT EXISTS migrations (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT')
  const applied = sql.exec<{ id: number }>('SELECT id FROM migrations ORDER BY id').toArray()
  for (const [index, { id }] of applied.entries()) {
    if (migrations[index]?.id !== id) throw new MigrationMismatch(id)
  }
  for (const { id, name, sql: statements } of migrations.slice(applied.length)) {
    sql.exec(statements)
    sql.exec('INSERT INTO migrations VALUES (?, ?)', id, name)
  }
}

/** The database has a migration that this code does not know at that place. */
export class MigrationMismatch extends Error {
  override readonly name = 'MigrationMismatch'
  constructor(id: number) {
    super(`migration ${id} was applied to this database and is not in the list: migrations are only appended`)
  }
}
