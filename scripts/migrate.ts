import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare, NoOpLog } from 'miniflare'
import { unstable_splitSqlQuery as splitStatements } from 'wrangler'

type Database = Awaited<ReturnType<Miniflare['getD1Database']>>

/** The table and its columns are those of `wrangler d1 migrations apply`, so either may go on where the other stopped. */
const table = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`

/**
 * Brings the builder's database, kept in this storage, to the last migration of the folder. It runs in a workerd of its
 * own that is gone when it returns, so no request ever meets a half-migrated database.
 */
export async function migrateStorage(storage: string, databaseId: string, folder: string): Promise<void> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: 'export default {}',
      d1Databases: { DB: databaseId },
      resourcePersistencePath: storage,
      cf: false,
      telemetry: { enabled: false },
      log: new NoOpLog(),
    }),
  )
  try {
    await migrate(await miniflare.getD1Database('DB'), folder)
  } finally {
    await miniflare.dispose()
  }
}

/** Applies the migrations that the database has not had, in the order of their names. */
async function migrate(database: Database, folder: string): Promise<void> {
  await database.prepare(table).run()
  const applied = await database.prepare('SELECT name FROM d1_migrations').all<{ name: string }>()
  const done = new Set(applied.results.map(({ name }) => name))
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql') && !done.has(name))
  for (const name of names.sort()) {
    const statements = splitStatements(readFileSync(join(folder, name), 'utf8'))
    const record = database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name)
    // One batch is one transaction: a migration and its record are both there or neither.
    await database.batch([...statements.map((statement) => database.prepare(statement)), record])
  }
}
