import type { Migration } from '../migration.ts'

/** As little as can be: every execution is a database of its own, and pays for each table and column with its first commit. */
export const executionMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'events',
    sql: 'CREATE TABLE events (position INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT',
  },
]
