import type { Migration } from '../migration.ts'

export const executionMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'events and snapshots',
    sql: `
      CREATE TABLE events (
        position INTEGER PRIMARY KEY,
        at       INTEGER NOT NULL,
        type     TEXT NOT NULL,
        body     TEXT NOT NULL
      ) STRICT;
      CREATE TABLE snapshots (
        position INTEGER PRIMARY KEY,
        state    TEXT NOT NULL
      ) STRICT;
    `,
  },
]
