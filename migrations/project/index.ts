import type { Migration } from '../migration.ts'

export const projectMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'subscribers, events that were taken, and messages on their way',
    sql: `
      CREATE TABLE subscribers (
        workflow_id TEXT PRIMARY KEY,
        sequence    INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE subscriptions (
        topic       TEXT NOT NULL,
        workflow_id TEXT NOT NULL,
        PRIMARY KEY (topic, workflow_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX subscriptions_by_workflow ON subscriptions (workflow_id);
      CREATE TABLE events (
        id           TEXT PRIMARY KEY,
        fingerprint  TEXT NOT NULL,
        delivered_to TEXT NOT NULL,
        expires_at   INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX events_by_expiry ON events (expires_at);
      CREATE TABLE messages (
        sequence INTEGER PRIMARY KEY,
        key      TEXT NOT NULL UNIQUE,
        at       INTEGER NOT NULL,
        body     TEXT NOT NULL
      ) STRICT;
      CREATE TABLE deliveries (
        workflow_id TEXT NOT NULL,
        message     INTEGER NOT NULL,
        PRIMARY KEY (workflow_id, message)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX deliveries_by_message ON deliveries (message);
    `,
  },
]
