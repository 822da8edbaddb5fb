import { describe, expect, it } from 'vitest'

import { againAt } from '../../../runtime/objects/again-at.ts'
import { limits } from '../../../schemas/limits.ts'
import type { FailureTrigger } from '../../../schemas/project-messages.ts'
import { nodeId } from '../../support/graphs.ts'
import { t0 } from './execution-world.ts'
import { ProjectWorld } from './project-world.ts'

const failed: FailureTrigger = {
  workflow: { id: 'orders', name: 'Orders', version: 1 },
  execution: { id: 'one', startedAt: t0, endedAt: t0 + 1, triggerNode: nodeId('start') },
  error: { code: 'out_of_stock', message: 'no stock', step: 'charge' },
}
const failure = (sequence: number, key = `failure one ${sequence}`) =>
  ({ sequence, message: { type: 'failed', key, trigger: failed } }) as const

describe('an event', () => {
  it('[EVT1] goes to those who take its name, and to nobody else', async () => {
    const world = new ProjectWorld()
    world.subscribe({ b: ['event paid', 'event sent'], a: ['event paid'], c: ['event sent'], d: ['failure'] })
    expect(world.send('paid', 'one')).toEqual({ type: 'taken', eventId: 'one', deliveredTo: ['a', 'b'] })
    await world.settle()
    expect([world.told, world.waiting()]).toEqual([
      [
        ['a', ['event one']],
        ['b', ['event one']],
      ],
      0,
    ])
    expect(world.send('paid')).toMatchObject({ eventId: 'random' })
    expect(world.send('unheard')).toEqual({ type: 'taken', eventId: 'random', deliveredTo: [] })
  })

  it('[EVT2] with an id is remembered as long as it is kept, also when nobody took it', async () => {
    const world = new ProjectWorld()
    world.send('paid', 'one')
    world.subscribe({ a: ['event paid'] })
    expect(world.send('paid', 'one')).toEqual({ type: 'repeated', eventId: 'one', deliveredTo: [] })
    expect(world.send('paid', 'one', 'more')).toEqual({ type: 'conflict', eventId: 'one' })
    world.restart()
    await world.pass(limits.dedupeMs)
    expect(world.send('paid', 'one', 'more')).toEqual({ type: 'taken', eventId: 'one', deliveredTo: ['a'] })
  })

  it('[EVT3] goes on its way after a crash, by its alarm', async () => {
    const world = new ProjectWorld()
    world.subscribe({ a: ['event paid'] })
    world.tell = () => new Promise(() => undefined)
    world.send('paid', 'one')
    await world.settle()
    world.restart()
    world.tell = async (_id, messages) => messages.map(() => true)
    await world.pass(2 * limits.againMinMs)
    expect([world.told.length, world.waiting(), world.alarmAt]).toEqual([2, 0, null])
  })

  it('[EVT3] goes on its way when its alarm was lost, as soon as the project is woken', async () => {
    const world = new ProjectWorld()
    world.subscribe({ a: ['event paid'] })
    world.tell = async () => [false]
    world.send('paid', 'one')
    await world.settle()
    world.alarmAt = null
    world.tell = async (_id, messages) => messages.map(() => true)
    await world.pass(limits.againMaxMs)
    expect(world.waiting()).toBe(1)
    world.project.wake()
    await world.settle()
    expect(world.waiting()).toBe(0)
  })

  it('[EVT3] is not taken when it could not be written', () => {
    const world = new ProjectWorld()
    world.subscribe({ a: ['event paid'] })
    world.database.exec(`CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
    expect(() => world.send('paid', 'one')).toThrow('disk full')
    world.database.exec('DROP TRIGGER full')
    expect([world.waiting(), world.told]).toEqual([0, []])
    expect(world.send('paid', 'one')).toMatchObject({ type: 'taken', deliveredTo: ['a'] })
  })
})

describe('what a workflow hears of', () => {
  it('[EVT4] is what it said last, whatever order its messages arrive in', () => {
    const world = new ProjectWorld()
    const say = (sequence: number, topics: string[]) =>
      world.project.hear('a', [{ sequence, message: { type: 'subscribed', topics } }])
    say(1, ['event old'])
    say(3, ['event new'])
    say(2, ['event old'])
    expect(world.send('old')).toMatchObject({ deliveredTo: [] })
    expect(world.send('new')).toMatchObject({ deliveredTo: ['a'] })
    say(4, [])
    expect(world.send('new')).toMatchObject({ deliveredTo: [] })
  })
})

describe('a workflow that does not take what it is told', () => {
  it('[EVT5] is told again, less and less often, and what it took is not told again', async () => {
    const world = new ProjectWorld()
    world.subscribe({ a: ['event paid'] })
    world.tell = async (_id, messages) => messages.map(({ key }) => key !== 'event bad')
    world.send('paid', 'bad')
    world.send('paid', 'good')
    await world.pass(300_000)
    const keys = world.told.flatMap(([, told]) => told)
    expect(keys.filter((key) => key === 'event good')).toHaveLength(1)
    const tries = keys.filter((key) => key === 'event bad').length
    expect([tries > 6, tries < 14]).toEqual([true, true])
    world.tell = async (_id, messages) => messages.map(() => true)
    await world.pass(2 * limits.againMaxMs)
    expect([world.waiting(), world.alarmAt]).toEqual([0, null])
  })

  it('[EVT5] or is slow, or fails, holds up no other', async () => {
    const world = new ProjectWorld()
    const slow = Array.from({ length: limits.fanOutAtOnce }, (_, index) => `a${index}`)
    world.subscribe(Object.fromEntries([...slow, 'broken', 'quick'].map((id) => [id, ['event paid']])))
    world.tell = (id, messages) => {
      if (id === 'quick') return Promise.resolve(messages.map(() => true))
      return id === 'broken' ? Promise.reject(new Error('not now')) : new Promise(() => undefined)
    }
    for (let count = 0; count < 30; count += 1) world.send('paid', `e${count}`)
    await world.pass(limits.fanOutMs + limits.againMinMs)
    const quick = world.told.flatMap(([id, keys]) => (id === 'quick' ? keys : []))
    expect([quick.length, new Set(quick).size]).toEqual([30, 30])
    expect(world.faults.every((fault) => fault.includes('broken'))).toBe(true)
    const before = world.told.length
    await world.pass(60_000)
    expect(world.told.length - before).toBeLessThan(10 * (limits.fanOutAtOnce + 1))
  })

  it('[EVT5] whose rows cannot be forgotten is told again', async () => {
    const world = new ProjectWorld()
    world.subscribe({ a: ['event paid'] })
    world.database.exec(`CREATE TRIGGER full BEFORE DELETE ON deliveries BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
    world.send('paid', 'one')
    await world.settle()
    expect(world.faults).toEqual(['what waits for a will be told again: disk full'])
    world.database.exec('DROP TRIGGER full')
    await world.pass(3 * limits.againMaxMs)
    expect([world.told.length, world.waiting()]).toEqual([2, 0])
  })

  it('[EVT5] waits as long as it has waited, within bounds', () => {
    expect(againAt(t0, t0)).toBe(t0 + limits.againMinMs)
    expect(againAt(t0, t0 + 5000)).toBe(t0 + 10_000)
    // After the clock was put back, too.
    expect(againAt(t0 + 5000, t0)).toBe(t0 + 5000)
    expect(againAt(t0, t0 + 9_000_000)).toBe(t0 + 9_000_000 + limits.againMaxMs)
  })
})

describe('too much', () => {
  it('[EVT6] is refused while it waits, and taken when there is room', async () => {
    const world = new ProjectWorld()
    world.tell = () => new Promise(() => undefined)
    const many = Array.from({ length: limits.deliveriesWaiting / 10 }, (_, index) => `w${index}`)
    world.subscribe(Object.fromEntries(many.map((id) => [id, ['event paid', 'failure']])))
    for (let count = 0; count < 10; count += 1) expect(world.send('paid', `e${count}`)).toMatchObject({ type: 'taken' })
    expect(world.send('paid', 'more')).toEqual({ type: 'too_many' })
    const quiet = { sequence: 9, message: { type: 'subscribed' as const, topics: [] } }
    expect(world.project.hear('orders', [quiet, failure(10), failure(11)])).toBe(1)
    expect(world.waiting()).toBe(limits.deliveriesWaiting)
    expect(world.send('unheard', 'other')).toMatchObject({ type: 'taken' })
  })
})

describe('a failure', () => {
  it('[FTR1] goes to those who ask for its workflow and to those who ask for all, not to its own', async () => {
    const world = new ProjectWorld()
    world.subscribe({ orders: ['failure'], all: ['failure'], some: ['failure orders'], others: ['failure stock'] })
    expect(world.project.hear('orders', [failure(7)])).toBe(1)
    await world.settle()
    expect(world.told).toEqual([
      ['all', ['failure one 7']],
      ['some', ['failure one 7']],
    ])
  })

  it('[FTR3] that is on its way is not sent a second time when it is told again', async () => {
    const world = new ProjectWorld()
    world.subscribe({ all: ['failure'] })
    world.tell = () => new Promise(() => undefined)
    world.project.hear('orders', [failure(7)])
    world.project.hear('orders', [failure(7)])
    expect(world.waiting()).toBe(1)
    world.project.hear('orders', [failure(8)])
    expect(world.waiting()).toBe(2)
  })
})
