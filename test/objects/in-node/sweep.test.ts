import { describe, expect, it } from 'vitest'

import { checkAt } from '../../../runtime/objects/journal.ts'
import { limits } from '../../../schemas/limits.ts'
import { published, report } from './published-world.ts'
import { t0 } from './workflow-world.ts'

describe('the sweep', () => {
  it('[SWP1] a lost report is asked for, and the alarm for that is set with the row', async () => {
    const world = published()
    await world.settled(world.workflow.deliver(world.request()))
    expect(world.alarmAt).toBe(t0 + limits.sweepMinMs)
    const [[id = ''] = []] = world.index()
    const ended = report({ id, status: 'succeeded', endedAt: t0 + 1, position: 4 })
    world.executions.set(id, ended)
    world.restart()
    await world.pass(limits.sweepMinMs)
    await world.sweep()
    expect([world.pokes, world.index(), world.alarmAt]).toEqual([[id], [[id, 'succeeded', 4]], null])
    await world.sweep()
    expect(world.pokes).toEqual([id])
  })

  it('[SWP1] one that is still at work is asked again, ever less often', async () => {
    const world = published()
    world.workflow.report(report())
    await world.pass(limits.reportFlushMs)
    world.executions.set('one', report())
    const waits: number[] = []
    for (let round = 0; round < 6; round += 1) {
      const wait = (world.alarmAt ?? 0) - world.now
      waits.push(wait)
      await world.pass(wait)
      await world.sweep()
    }
    expect(waits).toEqual([5000, 5100, 10_200, 20_400, 40_800, 60_000])
    expect(world.pokes).toHaveLength(6)
  })

  it.each(['waiting', 'paused'] as const)(
    '[SWP6] one that is %s without a moment is asked ever less often, down to once a day',
    async (status) => {
      const world = published()
      const idle = report({ status })
      world.workflow.report(idle)
      await world.pass(limits.reportFlushMs)
      world.executions.set('one', idle)
      const waits: number[] = []
      for (let round = 0; round < 20; round += 1) {
        const wait = (world.alarmAt ?? 0) - world.now
        waits.push(wait)
        await world.pass(wait)
        await world.sweep()
      }
      expect(waits.slice(0, 6)).toEqual([5000, 5100, 10_200, 20_400, 40_800, 81_600])
      expect(waits.slice(-3)).toEqual([limits.sweepIdleMaxMs, limits.sweepIdleMaxMs, limits.sweepIdleMaxMs])
    },
  )

  it('[SWP6] one that goes on is asked soon again', () => {
    const lasting = { startedAt: t0 - 30 * 86_400_000, status: 'running' } as const
    expect(checkAt(report(lasting), t0)).toBe(t0 + limits.sweepMaxMs)
  })

  it('[SWP6] one that waits is asked ever less often also after the clock was put back', () => {
    const waiting = { startedAt: t0 + 3_600_000, status: 'waiting' } as const
    expect(checkAt(report(waiting), t0)).toBe(t0 + 3_600_000)
  })

  it('[SWP6] one that had ended and is retried is asked soon again', async () => {
    const world = published()
    world.workflow.report(report({ status: 'failed', endedAt: t0 + 1, position: 4 }))
    await world.pass(limits.reportFlushMs)
    expect([world.index(), world.alarmAt]).toEqual([[['one', 'failed', 4]], null])
    world.workflow.report(report({ position: 6 }))
    await world.pass(limits.reportFlushMs)
    expect(world.index()).toEqual([['one', 'running', 6]])
    expect(world.alarmAt).toBe(world.now + limits.sweepMinMs)
  })

  it('[SWP7] one that has ended is asked until all have heard of it', () => {
    const ended = report({ status: 'failed', endedAt: t0 + 1, position: 4 })
    expect(checkAt({ ...ended, wakeAt: t0 + 1 }, t0 + 2)).toBe(t0 + 2 + limits.sweepMinMs)
    expect(checkAt(ended, t0 + 2)).toBeNull()
  })

  it('[SWP7] one that has ended and is about to go on is asked soon, whatever becomes of its reports', async () => {
    const world = published()
    const ended = report({ status: 'failed', endedAt: t0 + 1, position: 4 })
    world.workflow.report(ended)
    await world.pass(limits.reportFlushMs)
    world.workflow.expect('one')
    expect(world.alarmAt).toBe(world.now + limits.sweepMinMs)
    world.executions.set('one', report({ status: 'running', position: 6 }))
    await world.pass(limits.sweepMinMs)
    await world.sweep()
    expect(world.index()).toEqual([['one', 'running', 6]])
  })

  it('[SWP7] is asked also when the report of its end had not been written yet', async () => {
    const world = published()
    world.workflow.report(report({ position: 2 }))
    await world.pass(limits.reportFlushMs)
    world.workflow.report(report({ status: 'failed', endedAt: t0 + 1, position: 4 }))
    world.workflow.expect('one')
    await world.pass(limits.reportFlushMs)
    world.executions.set('one', report({ status: 'running', position: 6 }))
    await world.pass(limits.sweepMinMs)
    await world.sweep()
    expect(world.index()).toEqual([['one', 'running', 6]])
  })

  it('[SWP7] is asked also when the report of its end waits with the rows of a delivery', async () => {
    const world = published()
    world.workflow.report(report({ position: 2 }))
    await world.pass(limits.reportFlushMs)
    world.workflow.report(report({ status: 'failed', endedAt: t0 + 1, position: 4 }))
    const asked = world.workflow.deliver(world.request())
    await new Promise((resolve) => setImmediate(resolve))
    world.workflow.expect('one')
    await world.settled(asked)
    world.executions.set('one', report({ status: 'running', position: 6 }))
    await world.pass(limits.sweepMinMs)
    await world.sweep()
    expect(world.index()).toContainEqual(['one', 'running', 6])
  })

  it('[SWP1] an alarm that was lost is set again for all that is overdue, not only for what is new', async () => {
    const world = published()
    world.workflow.report(report())
    await world.pass(limits.reportFlushMs)
    const month = 30 * 86_400_000
    await world.pass(limits.sweepMinMs + 2 * limits.sweepMaxMs)
    world.workflow.report(report({ id: 'asleep', status: 'waiting', wakeAt: world.now + month }))
    await world.pass(limits.reportFlushMs)
    expect(world.alarmAt).toBe(world.now + 1)
  })

  it('[SWP2] never throws: one that does not answer is asked again, and the others are asked', async () => {
    const world = published()
    for (const id of ['gone', 'one']) world.workflow.report(report({ id }))
    await world.pass(limits.reportFlushMs)
    world.executions.set('one', report({ status: 'succeeded', endedAt: t0, position: 3 }))
    const { poke } = world.ports
    world.ports.poke = (id) => (id === 'gone' ? Promise.reject(new Error('overloaded')) : poke(id))
    await world.pass(limits.sweepMinMs)
    await world.sweep()
    expect(world.faults).toEqual(['execution gone did not answer and will be asked again: overloaded'])
    expect(world.index()).toEqual([
      ['gone', 'running', 2],
      ['one', 'succeeded', 3],
    ])
    expect(world.alarmAt).toBeGreaterThan(world.now)
  })

  it('[SWP2] waits only so long for one that says nothing, and then asks the others', async () => {
    const world = published()
    for (const id of ['silent', 'one']) world.workflow.report(report({ id }))
    await world.pass(limits.reportFlushMs)
    world.executions.set('one', report({ status: 'succeeded', endedAt: t0, position: 3 }))
    const { poke } = world.ports
    world.ports.poke = (id) => (id === 'silent' ? new Promise(() => {}) : poke(id))
    await world.pass(limits.sweepMinMs)
    const swept = world.workflow.sweep()
    await world.pass(limits.pokeMs)
    await swept
    expect(world.faults).toEqual([
      `execution silent did not answer and will be asked again: there was no answer within ${limits.pokeMs} ms`,
    ])
    expect(world.index()).toContainEqual(['one', 'succeeded', 3])
  })

  it('[SWP2] never throws: when the storage fails it comes again later', async () => {
    const world = published()
    world.workflow.report(report())
    await world.pass(limits.reportFlushMs)
    world.executions.set('one', report())
    world.database.exec(`CREATE TRIGGER full BEFORE UPDATE ON executions BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
    await world.pass(limits.sweepMinMs)
    await world.sweep()
    expect(world.faults).toEqual(['the sweep of orders broke off: the storage did not answer, try again: disk full'])
    // Not at once: what is overdue is why it broke off, and would be asked without a pause.
    const waits = Array.from({ length: 3 }, () => 0)
    for (const index of waits.keys()) {
      waits[index] = (world.alarmAt ?? 0) - world.now
      world.now = world.alarmAt ?? 0
      await world.sweep()
    }
    expect(waits).toEqual([limits.againMinMs, limits.againMinMs, 2 * limits.againMinMs])
    world.database.exec('DROP TRIGGER full')
    await world.sweep()
    expect(world.index()).toEqual([['one', 'running', 2]])
  })

  it('[SWP2] an alarm that comes while a sweep is under way waits for it, and nobody is asked twice', async () => {
    const world = published()
    world.workflow.report(report())
    await world.pass(limits.reportFlushMs)
    const { poke } = world.ports
    const held = Promise.withResolvers<void>()
    world.ports.poke = async (id) => {
      const answer = await poke(id)
      await held.promise
      return answer
    }
    await world.pass(limits.sweepMinMs)
    const first = world.workflow.sweep()
    const second = world.workflow.sweep()
    await expect(Promise.race([second, 'still under way'])).resolves.toBe('still under way')
    held.resolve()
    await Promise.all([first, second])
    expect(world.pokes).toEqual(['one'])
    await world.pass(limits.sweepMaxMs)
    await world.sweep()
    expect(world.pokes).toEqual(['one', 'one'])
  })

  it('[SWP2] one that has forgotten what it once reported is not asked without end', async () => {
    const world = published()
    world.workflow.report(report({ position: 9 }))
    await world.pass(limits.reportFlushMs)
    for (const forgetful of [report({ position: 8 }), null]) {
      if (forgetful === null) world.executions.delete('one')
      else world.executions.set('one', forgetful)
      world.now = world.alarmAt ?? 0
      await world.sweep()
      expect([world.index(), world.alarmAt]).toEqual([[['one', 'running', 9]], world.now + limits.sweepMaxMs])
    }
  })

  it('[SWP3] one whose start was lost is failed in the index, until it says otherwise', async () => {
    const world = published()
    world.workflow.report(report({ position: 0 }))
    await world.pass(limits.reportFlushMs)
    await world.pass(limits.sweepMinMs)
    await world.sweep()
    expect(world.workflow.changes(0, 10).changes[0]?.report).toMatchObject({
      status: 'failed',
      endedAt: world.now,
      error: { code: 'never_started' },
    })
    world.workflow.report(report())
    await world.pass(limits.reportFlushMs)
    expect(world.index()).toEqual([['one', 'running', 2]])
  })

  it('[SWP3] it is asked once more, because its start may be on its way when nothing has begun', async () => {
    const lost = published()
    const late = published()
    for (const world of [lost, late]) {
      world.workflow.report(report({ position: 0 }))
      await world.pass(limits.reportFlushMs)
      await world.pass(limits.sweepMinMs)
      await world.sweep()
      expect(world.alarmAt).toBe(world.now + limits.startArrivesMs)
    }
    late.executions.set('one', report())
    for (const world of [lost, late]) {
      await world.pass(limits.startArrivesMs)
      await world.sweep()
    }
    expect([lost.index(), lost.alarmAt]).toEqual([[['one', 'failed', 1]], null])
    expect(late.index()).toEqual([['one', 'running', 2]])
    expect(late.alarmAt).toBeGreaterThan(late.now)
  })

  it('[SWP4] one that cannot be read is quarantined in the index, and asked again in an hour', async () => {
    const world = published()
    world.workflow.report(report())
    await world.pass(limits.reportFlushMs)
    world.ports.poke = async () => ({ type: 'unreadable', message: 'the log did not verify' })
    await world.pass(limits.sweepMinMs)
    await world.sweep()
    expect(world.workflow.changes(0, 10).changes[0]?.report).toMatchObject({
      status: 'quarantined',
      error: { code: 'quarantined', message: 'the log did not verify' },
    })
    expect(world.alarmAt).toBe(world.now + limits.quarantineAskMs)
  })

  it('[SWP5] waits for one that sleeps until it should have woken', () => {
    const sleeping = report({ status: 'waiting', wakeAt: t0 + 3_600_000 })
    expect(checkAt(sleeping, t0)).toBe(t0 + 3_600_000 + limits.sweepMinMs)
    expect(checkAt({ ...sleeping, wakeAt: t0 - 10 }, t0)).toBe(t0 + limits.sweepMinMs)
    expect(checkAt(report({ status: 'succeeded' }), t0)).toBeNull()
  })
})
