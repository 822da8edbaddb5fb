import { describe, expect, it } from 'vitest'

import { limits } from '../../../schemas/limits.ts'
import { published, refuseRows, report } from './published-world.ts'

describe('what is written together', () => {
  it('[JRN1] requests that are there at the same time share one commit', async () => {
    const world = published()
    await world.settled(Promise.all(Array.from({ length: 50 }, () => world.workflow.deliver(world.request()))))
    expect([world.commits, world.deliveries().length, world.index().length]).toEqual([1, 50, 50])
    await world.settled(world.workflow.deliver(world.request()))
    expect(world.commits).toBe(2)
  })

  it('[JRN7] a start that comes alone waits for nobody; the more are under way, the longer, up to the limit', async () => {
    const world = published()
    const answers: (() => void)[] = []
    const { start } = world.ports
    world.ports.start = async (id, request) => {
      await new Promise<void>((resolve) => answers.push(resolve))
      return start(id, request)
    }
    const asked: Promise<unknown>[] = []
    for (let count = 0; count <= limits.commitGatherMs + 2; count += 1) {
      asked.push(world.workflow.deliver(world.request()))
      await world.settle()
    }
    const rising = Array.from({ length: limits.commitGatherMs + 1 }, (_, count) => count)
    expect(world.delays).toEqual([...rising, limits.commitGatherMs, limits.commitGatherMs])
    for (const answer of answers) answer()
    await world.settled(Promise.all(asked))
    world.delays.length = 0
    await Promise.all([world.workflow.deliver(world.request()), world.settle()].slice(1))
    expect(world.delays[0]).toBe(0)
  })

  it('[JRN2] reports wait a little for each other, and no longer', async () => {
    const world = published()
    for (let index = 0; index < 20; index += 1) world.workflow.report(report({ id: `e${index}` }))
    await world.pass(limits.reportFlushMs - 1)
    expect([world.commits, world.index().length]).toEqual([0, 0])
    await world.pass(1)
    expect([world.commits, world.index().length]).toEqual([1, 20])
  })

  it('[JRN2] a report goes along with what is written anyway, and is not written again', async () => {
    const world = published()
    world.workflow.report(report())
    await world.settled(world.workflow.deliver(world.request()))
    expect([world.commits, world.index().length]).toEqual([1, 2])
    world.commits = 0
    await world.pass(limits.reportFlushMs - 1)
    expect(world.commits).toBe(0)
  })

  it('[JRN6] who reads the changes reads all that has arrived', async () => {
    const world = published()
    world.workflow.report(report())
    expect(world.workflow.changes(0, 10)).toMatchObject({ changes: [{ report: { id: 'one' } }], last: 1 })
    expect(world.commits).toBe(1)
  })

  it('[JRN6] the rows of a writer who waits, too', async () => {
    const world = published()
    const asked = world.workflow.deliver(world.request())
    await new Promise((resolve) => setImmediate(resolve))
    expect(world.workflow.changes(0, 10).changes).toHaveLength(1)
    await world.settled(asked)
    expect([world.commits, world.starts.length]).toEqual([1, 1])
  })

  it('[JRN3] a writer hears also of a commit that a reader asked for', async () => {
    const world = published()
    refuseRows(world)
    const asked = Promise.allSettled([world.workflow.deliver(world.request())])
    await new Promise((resolve) => setImmediate(resolve))
    expect(world.workflow.changes(0, 10).changes).toEqual([])
    const [outcome] = await world.settled(asked)
    expect(outcome?.status).toBe('rejected')
  })

  it('[JRN3] a commit that fails is told to everyone whose rows were in it', async () => {
    const world = published()
    refuseRows(world)
    const asked = Promise.allSettled([1, 2, 3].map(() => world.workflow.deliver(world.request())))
    const outcomes = await world.settled(asked)
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && String(outcome.reason))).toEqual(
      Array.from({ length: 3 }, () => 'StorageFault: the storage did not answer, try again: disk full'),
    )
    expect([world.deliveries(), world.starts]).toEqual([[], []])
  })

  it('[JRN3] what is written after a failure is written', async () => {
    const world = published()
    refuseRows(world)
    await expect(world.settled(world.workflow.deliver(world.request()))).rejects.toThrow('disk full')
    world.workflow.report(report())
    await world.pass(limits.reportFlushMs)
    expect(world.faults).toEqual([
      'reports were not written and will be asked for: the storage did not answer, try again: disk full',
    ])
    world.database.exec('DROP TRIGGER full')
    expect(await world.settled(world.workflow.deliver(world.request()))).toMatchObject({ type: 'accepted' })
    world.workflow.report(report({ id: 'two' }))
    await world.pass(limits.reportFlushMs)
    expect(world.index().map(([id]) => id)).toContain('two')
  })

  it('[JRN3] a flush of reports that fails does not swallow the rows of a writer who waits', async () => {
    const world = published()
    world.workflow.report(report())
    refuseRows(world)
    // The writer's row is queued, and the timer of the reports comes before the writer's own flush.
    const asked = Promise.allSettled([world.workflow.deliver(world.request())])
    await new Promise((resolve) => setImmediate(resolve))
    await world.pass(limits.reportFlushMs)
    const [outcome] = await world.settled(asked)
    expect(outcome?.status).toBe('rejected')
    expect(world.starts).toEqual([])
  })

  it('[JRN4] a report that is none is refused at the door, and harms no other', async () => {
    const world = published()
    expect(() => world.workflow.report({ ...report(), position: -1.5 })).toThrow()
    world.workflow.report(report())
    await world.pass(limits.reportFlushMs)
    expect(world.index()).toEqual([['one', 'running', 2]])
  })

  it('[JRN5] the builder gets one hint for many commits', async () => {
    const world = published()
    world.hints = 0
    for (let index = 0; index < 10; index += 1) await world.settled(world.workflow.deliver(world.request()))
    expect(world.hints).toBe(1)
    await world.pass(limits.hintMs)
    await world.settled(world.workflow.deliver(world.request()))
    expect(world.hints).toBe(2)
  })
})
