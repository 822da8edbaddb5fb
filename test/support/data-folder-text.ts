import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import type { NamedText } from './canary.ts'

/** Every file below a folder, each byte as one character. */
export function rawFiles(folder: string): NamedText[] {
  return filesBelow(folder).map((name) => ({ name, text: readFileSync(name, 'latin1') }))
}

/**
 * Every value of every table of every database below a folder. A long value lies on several pages, so
 * what crosses from one to the next is in no raw file in one piece.
 */
export function databaseRows(folder: string): NamedText[] {
  return filesBelow(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .flatMap((name) => {
      const database = new DatabaseSync(name, { readOnly: true })
      try {
        const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
        return tables.map(({ name: table }) => ({ name: `${name} ${table}`, text: tableText(database, String(table)) }))
      } finally {
        database.close()
      }
    })
}

function tableText(database: DatabaseSync, table: string): string {
  const rows = database.prepare(`SELECT * FROM "${table.replaceAll('"', '""')}"`)
  // An alarm is a time in nanoseconds, which no number holds.
  rows.setReadBigInts(true)
  return rows
    .all()
    .flatMap((row) => Object.values(row))
    .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)))
    .join('\n')
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
