import type { Migration } from '../migration.ts'

export const workflowMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'versions, hooks, deliveries, starts and the index of executions',
    sql: `
      CREATE TABLE versions (
        version      INTEGER PRIMARY KEY,
        content_hash TEXT NOT NULL UNIQUE,
        graph        TEXT NOT NULL,
        published_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE active (
        only    INTEGER PRIMARY KEY CHECK (only = 1),
        version INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE hooks (
        hook_id TEXT PRIMARY KEY,
        node_id TEXT NOT NULL UNIQUE
      ) STRICT;
      CREATE TABLE deliveries (
        sequence     INTEGER PRIMARY KEY,
        hook_id      TEXT NOT NULL,
        at           INTEGER NOT NULL,
        method       TEXT NOT NULL,
        path         TEXT NOT NULL,
        headers      TEXT NOT NULL,
        body_bytes   INTEGER NOT NULL,
        body         TEXT,
        verdict      TEXT NOT NULL,
        code         TEXT,
        reason       TEXT,
        execution_id TEXT
      ) STRICT;
      CREATE INDEX deliveries_by_hook ON deliveries (hook_id, sequence);
      CREATE TABLE starts (
        key          TEXT PRIMARY KEY,
        fingerprint  TEXT NOT NULL,
        execution_id TEXT NOT NULL,
        expires_at   INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX starts_by_expiry ON starts (expires_at);
      CREATE TABLE executions (
        id       TEXT PRIMARY KEY,
        change   INTEGER NOT NULL UNIQUE,
        position INTEGER NOT NULL,
        check_at INTEGER,
        report   TEXT NOT NULL
      ) STRICT;
      CREATE INDEX executions_to_check ON executions (check_at) WHERE check_at IS NOT NULL;
    `,
  },
  {
    id: 2,
    name: 'what the project has to be told',
    sql: `
      CREATE TABLE outbox (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        at       INTEGER NOT NULL,
        next_at  INTEGER NOT NULL,
        body     TEXT NOT NULL
      ) STRICT;
    `,
  },
]
