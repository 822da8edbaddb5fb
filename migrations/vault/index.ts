import type { Migration } from '../migration.ts'

export const vaultMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'sealed secrets',
    sql: `
      CREATE TABLE secrets (
        name       TEXT PRIMARY KEY,
        version    INTEGER NOT NULL,
        hosts      TEXT NOT NULL,
        kid        TEXT NOT NULL,
        iv         BLOB NOT NULL,
        sealed     BLOB NOT NULL,
        updated_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
]
