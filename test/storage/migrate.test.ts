import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'

import type { Migration } from '../../migrations/migration.ts'
import { isMigrated, MigrationMismatch, migrate } from '../../runtime/storage/migrate.ts'
import { nodeSql } from './node-sql.ts'

const first: Migration = {
  id: 1,
  name: 'orders',
  sql: 'CREATE TABLE orders (id TEXT) STRICT; CREATE TABLE lines (id TEXT)',
}
const second: Migration = { id: 2, name: 'totals', sql: 'ALTER TABLE orders ADD COLUMN total INTEGER' }

const emptySql = () => nodeSql(new DatabaseSync(':memory:'))
const columnsOf = (sql: ReturnType<typeof emptySql>) =>
  sql
    .exec<{ name: string }>("SELECT name FROM pragma_table_info('orders')")
    .toArray()
    .map(({ name }) => name)

it('[MIG1] applies each migration once, in order, and remembers it', () => {
  const sql = emptySql()
  expect(isMigrated(sql)).toBe(false)
  migrate(sql, [first])
  migrate(sql, [first])
  expect([isMigrated(sql), columnsOf(sql)]).toEqual([true, ['id']])
  migrate(sql, [first, second])
  migrate(sql, [first, second])
  expect(columnsOf(sql)).toEqual(['id', 'total'])
  expect(sql.exec('SELECT id, name FROM migrations ORDER BY id').toArray()).toEqual([
    { id: 1, name: 'orders' },
    { id: 2, name: 'totals' },
  ])
})

it('[MIG1] asking whether anything was stored makes no table', () => {
  const sql = emptySql()
  expect(isMigrated(sql)).toBe(false)
  expect(sql.exec('SELECT name FROM sqlite_master').toArray()).toEqual([])
})

it('[MIG2] refuses a database that newer code wrote', () => {
  const sql = emptySql()
  migrate(sql, [first, second])
  expect(() => migrate(sql, [first])).toThrow(MigrationMismatch)
})

it('[MIG2] refuses a list that was edited instead of appended to, and changes nothing', () => {
  const sql = emptySql()
  migrate(sql, [first])
  expect(() => migrate(sql, [second, { ...first, id: 3 }])).toThrow(/migration 1 was applied/)
  expect(columnsOf(sql)).toEqual(['id'])
})
