import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'

import type { ExecutionObject } from '../../runtime/objects/execution-object.ts'
import { limits } from '../../schemas/limits.ts'
import { delay, graphOf, make, start } from '../support/graphs.ts'
import { type ExecutionWorld, newExecution, startOf } from './execution-kit.ts'

const graph = graphOf(
  [start, make('before'), delay('rest', 60_000), make('after')],
  ['start -> before', 'before -> rest', 'rest -> after'],
)
const rowsOf = ({ sql }: ExecutionWorld) => sql('SELECT * FROM events ORDER BY position')

async function damaged(query: string): Promise<ExecutionWorld> {
  const world = newExecution()
  await world.object.start(startOf(graph, { order: 7 }), null)
  await world.sql(query)
  await world.crash()
  return world
}

const damages = {
  'a row that is no JSON': 'UPDATE events SET body = substr(body, 1, 30) WHERE position = 3',
  'an event of a kind that this code does not know':
    "UPDATE events SET body = replace(body, 'DelayStarted', 'DelayDreamt') WHERE position = 3",
  'a row that is gone': 'DELETE FROM events WHERE position = 2',
}

describe('a log that does not verify', () => {
  for (const [name, query] of Object.entries(damages)) {
    it(`[OBJ6] ${name}: quarantined, nothing is appended, and it is said why`, async () => {
      const world = await damaged(query)
      const { object } = world
      const before = await rowsOf(world)
      expect(await object.view()).toMatchObject({
        id: world.id,
        workflowId: 'orders',
        status: 'quarantined',
        trigger: { body: { order: 7 } },
        error: {
          code: 'quarantined',
          message: expect.stringMatching(/^the log did not verify after position [12]: ./),
        },
      })
      expect(await object.cancel('stop')).toMatchObject({
        type: 'rejected',
        rejection: { reason: 'quarantined' },
        status: 'quarantined',
      })
      expect(await object.poke()).toMatchObject({ type: 'report', report: { status: 'quarantined' } })
      const again = await object.start(startOf(graph), { milestone: 'end', ms: 5000 })
      expect([again.isNew, again.outcome?.status]).toEqual([false, 'quarantined'])
      expect(await rowsOf(world)).toEqual(before)
    })
  }

  it('[OBJ6] the alarm does not throw, and does not come again', async () => {
    const world = await damaged(damages['a row that is no JSON'])
    await world.object.view()
    expect(await world.fireAlarm()).toBe(true)
    await runInDurableObject<ExecutionObject, void>(world.stub(), (instance) => instance.alarm())
    expect(await world.alarmAt()).toBeNull()
  })

  it('[OBJ6] the events before the damage are shown, and paging ends there', async () => {
    const { object } = await damaged(damages['a row that is no JSON'])
    const page = await object.events(0, 100)
    expect([page?.events.map(({ type }) => type), page?.position]).toEqual([['ExecutionStarted', 'StepSucceeded'], 2])
    expect(await object.events(2, 100)).toEqual({ events: [], position: 2 })
    expect(await object.stateAt(2)).toMatchObject({ position: 2 })
    expect(await object.stateAt(3)).toBeNull()
  })

  it('[OBJ6] when not even the beginning can be read it is there, and quarantined', async () => {
    const world = await damaged("UPDATE events SET body = '{}' WHERE position = 1")
    expect(await world.object.view()).toMatchObject({ id: world.id, status: 'quarantined', trigger: null, position: 0 })
    expect(await world.object.poke()).toMatchObject({ type: 'unreadable' })
    expect(await world.object.events(0, 10)).toEqual({ events: [], position: 0 })
    expect(await world.object.cancel('stop')).toMatchObject({
      type: 'rejected',
      rejection: { reason: 'quarantined' },
      status: 'quarantined',
    })
  })

  it('[OBJ6] a repeated start says so, too, when not even the beginning can be read', async () => {
    const world = await damaged("UPDATE events SET body = '{}' WHERE position = 1")
    const { isNew, report, outcome } = await world.object.start(startOf(graph), { milestone: 'end', ms: 5000 })
    expect([isNew, outcome?.status]).toEqual([false, 'quarantined'])
    // Whatever its index knows of it is newer.
    expect(report).toMatchObject({ id: world.id, workflowId: 'orders', status: 'quarantined', position: 0 })
  })

  it('[OBJ6] another object is not touched by it', async () => {
    await damaged(damages['a row that is no JSON'])
    const { object } = newExecution()
    await object.start(startOf(graph), null)
    expect((await object.view())?.status).toBe('waiting')
  })

  it('[OBJ6] a row that is damaged while the object is awake is found when it is read', async () => {
    const world = newExecution()
    await world.object.start(startOf(graph), null)
    await world.sql("UPDATE events SET body = '{}' WHERE position = 1")
    await world.object.cancel('end')
    expect(await world.object.view()).toMatchObject({ status: 'quarantined', trigger: null })
  })
})

describe('a turn that breaks', () => {
  const breaks = {
    'the log cannot be appended to': `CREATE TRIGGER full BEFORE INSERT ON events WHEN NEW.body LIKE '%"ExecutionCancelled"%'
      BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
    'the last of its events cannot be appended': `CREATE TRIGGER full AFTER INSERT ON events WHEN NEW.body LIKE '%"ExecutionCancelled"%'
      BEGIN SELECT RAISE(FAIL, 'disk full'); END`,
  }
  for (const [name, trigger] of Object.entries(breaks)) {
    it(`[OBJ13] ${name}: log, state and alarm are as before, and the next turn works`, async () => {
      const world = newExecution()
      const { object, sql, alarmAt, log } = world
      await object.start(startOf(graph), null)
      const before = [
        await rowsOf(world),
        await log(),
        await object.stateAt(null),
        await object.view(),
        await alarmAt(),
      ]
      await sql(trigger)
      await runInDurableObject<ExecutionObject, void>(world.stub(), (instance) => {
        expect(() => instance.cancel('stop')).toThrow('disk full')
      })
      expect([
        await rowsOf(world),
        await log(),
        await object.stateAt(null),
        await object.view(),
        await alarmAt(),
      ]).toEqual(before)
      await sql('DROP TRIGGER full')
      expect(await object.cancel('stop')).toMatchObject({ type: 'done' })
      expect((await log()).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5])
      expect(await alarmAt()).toBeNull()
    })
  }

  it('[OBJ13] what was appended before it broke is gone, and is forgotten', async () => {
    const steps = Array.from({ length: limits.snapshotEvents - 20 }, (_, index) => make(`step_${index}`))
    const rests = Array.from({ length: 15 }, (_, index) => delay(`rest_${index}`, 60_000))
    const nodes = [...steps, ...rests]
    const wide = graphOf(
      [start, ...nodes],
      nodes.map(({ id }) => `start -> ${id}`),
    )
    const world = newExecution()
    const { object, sql, alarmAt } = world
    await object.start(startOf(wide), null)
    // The cancel passes the place where a snapshot is kept, which comes after its events in the turn.
    await sql('CREATE TABLE snapshots (part INTEGER PRIMARY KEY, position INTEGER NOT NULL, text TEXT NOT NULL) STRICT')
    await sql(`CREATE TRIGGER full BEFORE INSERT ON snapshots BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
    const before = [await rowsOf(world), await object.stateAt(null), await alarmAt()]
    await runInDurableObject<ExecutionObject, void>(world.stub(), (instance) => {
      expect(() => instance.cancel('stop')).toThrow('disk full')
    })
    expect([await rowsOf(world), await object.stateAt(null), await alarmAt()]).toEqual(before)
    await sql('DROP TRIGGER full')
    expect(await object.cancel('stop')).toMatchObject({ type: 'done' })
    expect((await object.view())?.position).toBe(1 + steps.length + rests.length * 2 + 1)
    expect(await alarmAt()).toBeNull()
  })

  it('[OBJ13] on waking it is quarantined, and the alarm does not throw', async () => {
    const world = newExecution()
    await world.object.start(
      startOf(graphOf([start, delay('rest', 30), make('after')], ['start -> rest', 'rest -> after'])),
      null,
    )
    await world.sql(`CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
    const before = await rowsOf(world)
    await expect.poll(async () => (await world.object.view())?.status).toBe('quarantined')
    expect((await world.object.view())?.error?.message).toContain('disk full')
    expect(await rowsOf(world)).toEqual(before)
    // Once the cause is gone, an object that is loaded anew goes on.
    await world.sql('DROP TRIGGER full')
    await world.crash()
    await world.object.poke()
    expect((await world.object.view())?.status).toBe('succeeded')
  })
})
