/// <reference types="vite/client" />
import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { z } from 'zod'

import { type Database, openDatabase } from '../../builder/db/database.ts'
import { drafts, executions, versions, workflows } from '../../builder/db/tables.ts'

const files: Record<string, string> = import.meta.glob('../../migrations/builder/*.sql', {
  query: '?raw',
  import: 'default',
  eager: true,
})
const migrations = Object.entries(files)
  .sort(([left], [right]) => (left < right ? -1 : 1))
  .map(([name, text]) => ({ name, queries: text.split('--> statement-breakpoint') }))

/** The database of the test Worker, migrated as a deployed one is, and empty. */
export async function emptyDatabase(): Promise<Database> {
  const { DB } = z.object({ DB: z.custom<D1Database>() }).parse(env)
  await applyD1Migrations(DB, migrations)
  const db = openDatabase(DB)
  await db.batch([db.delete(drafts), db.delete(versions), db.delete(workflows), db.delete(executions)])
  return db
}
