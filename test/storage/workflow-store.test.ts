import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'

import { type NewDelivery, type Version, WorkflowStore } from '../../runtime/storage/workflow-store.ts'
import type { ExecutionReport } from '../../schemas/api/executions.ts'
import { Graph } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { t0 } from './events.ts'
import { nodeSql, nodeTransaction } from './node-sql.ts'

const graph = Graph.parse({ name: 'Orders', nodes: [{ id: 'start', kind: 'manual' }], edges: [] })
const version = (number: number): Version => ({
  version: number,
  contentHash: `hash ${number}`,
  graph,
  publishedAt: t0 + number,
})
const delivery = (over: Partial<NewDelivery> = {}): NewDelivery => ({
  hookId: 'orders-1',
  at: t0,
  method: 'POST',
  path: '',
  headers: { accept: '*/*' },
  bodyBytes: 2,
  body: '{}',
  verdict: 'accepted',
  executionId: 'one',
  ...over,
})
const report = (over: Partial<ExecutionReport> = {}): ExecutionReport => ({
  id: 'one',
  workflowId: 'orders',
  version: 1,
  status: 'running',
  triggerNode: 'start',
  startedAt: t0,
  position: 2,
  ...over,
})
const start = (key: string, expiresAt: number) => ({ key, fingerprint: 'f', executionId: 'one', expiresAt })
const none = { deliveries: [], starts: [], reports: [] }

function world() {
  const database = new DatabaseSync(':memory:')
  const sql = nodeSql(database)
  const store = new WorkflowStore(sql)
  const take = (taken: ExecutionReport, checkAt: number | null = null): void =>
    store.write({ ...none, reports: [{ report: taken, checkAt }] }, t0)
  return { database, store, take, reopen: () => new WorkflowStore(sql) }
}
const numbered = (store: WorkflowStore, after = 0) =>
  store.changes(after, 100).map(({ change, report: { id, position, status } }) => [change, id, position, status])

describe('versions and hooks', () => {
  it('[STO1] nothing is there at first, and reading makes no table', () => {
    const { store, database } = world()
    expect([store.activeVersion(), store.versions(), store.hooks(), store.nextCheckAt()]).toEqual([null, [], [], null])
    expect([store.startByKey('k', t0), store.deliveries('h', 10), store.changes(0, 10)]).toEqual([null, [], []])
    expect(database.prepare('SELECT name FROM sqlite_master').all()).toEqual([])
  })

  it('[STO1] keeps versions, and activates any of them', () => {
    const { store, reopen } = world()
    store.addVersion(version(1))
    store.addVersion(version(2))
    store.activate(2)
    expect(store.activeVersion()).toEqual(version(2))
    store.activate(1)
    expect(reopen().activeVersion()).toEqual(version(1))
    expect(store.versionByHash('hash 2')).toEqual(version(2))
    expect(store.versionByHash('hash 3')).toBeNull()
    expect(
      reopen()
        .versions()
        .map((kept) => kept.version),
    ).toEqual([2, 1])
  })

  it('[STO1] never writes over a version, and never takes the same content twice', () => {
    const { store } = world()
    store.addVersion(version(1))
    expect(() => store.addVersion({ ...version(2), version: 1 })).toThrow()
    expect(() => store.addVersion({ ...version(1), version: 2 })).toThrow()
    expect(store.versions()).toHaveLength(1)
  })

  it('[STO2] keeps one hook for a node, in the order they came', () => {
    const { store, reopen } = world()
    store.addVersion(version(1))
    store.addHook('z', 'orders-1')
    store.addHook('a', 'orders-2')
    expect(() => store.addHook('z', 'orders-3')).toThrow()
    expect(reopen().hooks()).toEqual([
      { nodeId: 'z', hookId: 'orders-1' },
      { nodeId: 'a', hookId: 'orders-2' },
    ])
  })
})

describe('starts by key', () => {
  it('[STO3] finds a start until it expires, and then the key is free', () => {
    const { store } = world()
    store.write({ ...none, starts: [start('k', t0 + 100)] }, t0)
    expect(store.startByKey('k', t0 + 99)).toEqual(start('k', t0 + 100))
    expect(store.startByKey('k', t0 + 100)).toBeNull()
    store.write({ ...none, starts: [{ ...start('k', t0 + 300), executionId: 'two' }] }, t0 + 100)
    expect(store.startByKey('k', t0 + 101)?.executionId).toBe('two')
  })

  it('[STO3] forgets what has expired, when another is written', () => {
    const { store, database } = world()
    store.write({ ...none, starts: [start('old', t0 + 1), start('new', t0 + 100)] }, t0)
    store.write({ ...none, starts: [start('newest', t0 + 100)] }, t0 + 1)
    expect(
      database
        .prepare('SELECT key FROM starts ORDER BY key')
        .all()
        .map(({ key }) => key),
    ).toEqual(['new', 'newest'])
  })
})

describe('the index of executions', () => {
  it('[STO4] gives every change a larger number, and a row only its last one', () => {
    const { store, take } = world()
    take(report())
    take(report({ id: 'two' }))
    take(report({ position: 5, status: 'succeeded', endedAt: t0 + 9 }))
    expect(numbered(store)).toEqual([
      [2, 'two', 2, 'running'],
      [3, 'one', 5, 'succeeded'],
    ])
    expect(store.lastChange).toBe(3)
    expect(numbered(store, 2)).toEqual([[3, 'one', 5, 'succeeded']])
  })

  it('[STO4] goes on counting after it is opened again', () => {
    const { take, reopen } = world()
    take(report())
    const again = reopen()
    expect(again.lastChange).toBe(1)
    again.write({ ...none, reports: [{ report: report({ position: 3 }), checkAt: null }] }, t0)
    expect(again.lastChange).toBe(2)
  })

  it('[STO5] a stale report changes nothing, not even when the execution is asked next', () => {
    const { store, take } = world()
    take(report({ position: 5, status: 'waiting' }), t0 + 100)
    take(report({ position: 4, status: 'running' }), t0 + 999_999)
    expect(numbered(store)).toEqual([[1, 'one', 5, 'waiting']])
    expect(store.nextCheckAt()).toBe(t0 + 100)
    take(report({ position: 6, status: 'succeeded', endedAt: t0 }), null)
    take(report({ position: 5, status: 'waiting' }), t0 + 100)
    expect([
      store.nextCheckAt(),
      store.changes(0, 10).find(({ report }) => report.id === 'one')?.report.status,
    ]).toEqual([null, 'succeeded'])
  })

  it('[STO5] the same report again is no change, but says when to ask next', () => {
    const { store, take } = world()
    take(report(), t0 + 100)
    take(report(), t0 + 200)
    expect([store.lastChange, store.nextCheckAt()]).toEqual([1, t0 + 200])
  })

  it('[STO5] quarantine is no event, and is news at the same position, as is its end', () => {
    const { store, take } = world()
    take(report())
    take(report({ status: 'quarantined' }))
    expect(numbered(store)).toEqual([[2, 'one', 2, 'quarantined']])
    take(report())
    expect(numbered(store)).toEqual([[3, 'one', 2, 'running']])
  })

  it('[STO4] pages through all changes without missing one', () => {
    const { store, take } = world()
    for (let index = 0; index < 25; index += 1) take(report({ id: `e${index}` }))
    const seen: string[] = []
    for (let after = 0, page = store.changes(0, 10); page.length > 0; page = store.changes(after, 10)) {
      seen.push(...page.map(({ report: { id } }) => id))
      after = page.at(-1)?.change ?? after
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `e${index}`))
  })

  it('[STO6] lists what is overdue, the longest first and a page at a time', () => {
    const { store, take } = world()
    for (let index = 0; index < limits.sweepPage + 5; index += 1) take(report({ id: `e${index}` }), t0 + 1000 - index)
    take(report({ id: 'ended', status: 'succeeded' }), null)
    const overdue = store.overdue(t0 + 1000)
    expect([overdue.length, overdue[0]?.id]).toEqual([limits.sweepPage, `e${limits.sweepPage + 4}`])
    expect(store.overdue(t0)).toEqual([])
    for (const { id } of overdue) store.postpone(id, t0 + 5000)
    expect(store.overdue(t0 + 1000)).toHaveLength(5)
    expect(store.nextCheckAt()).toBe(t0 + 996)
  })

  it('[STO7] a transaction that is rolled back takes the count and the tables with it', () => {
    const { database, store, take } = world()
    const broken = (): void =>
      nodeTransaction(
        database,
        () => {
          take(report({ id: 'lost' }))
          throw new Error('no space')
        },
        store.remember(),
      )
    expect(broken).toThrow('no space')
    expect([store.lastChange, store.changes(0, 10), store.versions()]).toEqual([0, [], []])
    take(report())
    expect(broken).toThrow('no space')
    expect([store.lastChange, numbered(store)]).toEqual([1, [[1, 'one', 2, 'running']]])
  })
})

describe('deliveries', () => {
  it('[STO8] keeps every field, newest first, for one hook', () => {
    const { store, reopen } = world()
    const refused = delivery({ at: t0 + 1, verdict: 'refused', code: 'signature_mismatch', reason: 'no match' })
    store.write({ ...none, deliveries: [delivery(), delivery({ hookId: 'other-1' }), refused] }, t0)
    expect(reopen().deliveries('orders-1', 10)).toEqual([
      { id: '3', ...refused },
      { id: '1', ...delivery() },
    ])
  })

  it('[STO8] pages backwards without missing or repeating one', () => {
    const { store } = world()
    store.write({ ...none, deliveries: Array.from({ length: 7 }, (_, index) => delivery({ at: t0 + index })) }, t0)
    const first = store.deliveries('orders-1', 3)
    const second = store.deliveries('orders-1', 3, Number(first.at(-1)?.id))
    const third = store.deliveries('orders-1', 3, Number(second.at(-1)?.id))
    expect([...first, ...second, ...third].map(({ at }) => at - t0)).toEqual([6, 5, 4, 3, 2, 1, 0])
  })

  it('[STO9] keeps the newest, and few more than are asked for', () => {
    const { store, database } = world()
    const many = Array.from({ length: limits.deliveriesKept + 250 }, (_, index) => delivery({ at: t0 + index }))
    for (const one of many) store.write({ ...none, deliveries: [one] }, t0)
    const kept = database.prepare('SELECT count(*) AS rows, max(at) AS newest FROM deliveries').get()
    expect(kept?.['newest']).toBe(t0 + limits.deliveriesKept + 249)
    expect(Number(kept?.['rows'])).toBeGreaterThanOrEqual(limits.deliveriesKept)
    expect(Number(kept?.['rows'])).toBeLessThan(limits.deliveriesKept + 100)
  })
})
