import type { Migration } from '../../migrations/migration.ts'
import type { Sql } from './sql.ts'

/** Whether anything was ever stored: reading an object that does not exist must not create its tables. */
export const isMigrated = (sql: Sql): boolean => tablesOf(sql).length > 0

/**
 * Applies what this database has not seen yet. `PRAGMA user_version` is not allowed in an object, so
 * the ids are in a table; but that table comes with the second migration only, and tables without it
 * are those of the first. Every execution is a database of its own, and a table more in its first
 * commit is paid by all of them.
 *
 * Throws when the applied ids are not a prefix of the list: newer code wrote here, or the list was
 * edited.
 */
export function migrate(sql: Sql, migrations: readonly Migration[]): void {
  const applied = appliedIds(sql)
  for (const [index, id] of applied.entries()) {
    if (migrations[index]?.id !== id) throw new MigrationMismatch(id)
  }
  const pending = migrations.slice(applied.length)
  if (pending.length > 0) apply(sql, pending, migrations)
}

/** The same for a database that is known to be empty, without asking it. */
export const createTables = (sql: Sql, migrations: readonly Migration[]): void => apply(sql, migrations, migrations)

function apply(sql: Sql, pending: readonly Migration[], all: readonly Migration[]): void {
  for (const { sql: statements } of pending) sql.exec(statements)
  if (all.length === 1) return
  sql.exec('CREATE TABLE IF NOT EXISTS migrations (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT')
  for (const { id, name } of all) sql.exec('INSERT OR IGNORE INTO migrations VALUES (?, ?)', id, name)
}

/** The database has a migration that this code does not know at that place. */
export class MigrationMismatch extends Error {
  override readonly name = 'MigrationMismatch'
  constructor(id: number) {
    super(`migration ${id} was applied to this database and is not in the list: migrations are only appended`)
  }
}

function appliedIds(sql: Sql): number[] {
  const tables = tablesOf(sql)
  if (tables.length === 0) return []
  if (!tables.includes('migrations')) return [1]
  return sql
    .exec<{ id: number }>('SELECT id FROM migrations ORDER BY id')
    .toArray()
    .map(({ id }) => id)
}

/** Our own: the platform keeps some beside them, whose names begin with `_cf_`. */
const tablesOf = (sql: Sql): string[] =>
  sql
    .exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
    )
    .toArray()
    .map(({ name }) => name)
