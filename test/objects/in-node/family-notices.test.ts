import { describe, expect, it } from 'vitest'

import { limits } from '../../../schemas/limits.ts'
import { delay, graphOf, make, start, step } from '../../support/graphs.ts'
import { t0 } from './execution-world.ts'
import {
  calls,
  cancelParent,
  childId,
  family,
  gate,
  parentOf,
  pauseParent,
  quick,
  resting,
  resumeParent,
} from './family-graphs.ts'
import { FamilyWorld } from './family-world.ts'

describe('what is told', () => {
  it('[CHI6] is told again until it is heard, less and less often, over restarts, and no alarm comes after that', async () => {
    const world = await family('resting')
    world.outbound = async (call) => {
      if (call === 'tellParent') throw new Error('the network is down')
    }
    await world.pass(10_000)
    const tries = () => world.told().length
    await world.pass(60_000)
    const early = tries()
    world.restart(childId)
    await world.pass(600_000)
    expect([early > 4, early < 10, tries() - early >= 9, tries() - early < 14]).toEqual([true, true, true, true])
    world.outbound = async () => undefined
    await world.pass(2 * limits.againMaxMs)
    expect([world.status('parent'), world.member(childId).alarmAt]).toEqual(['succeeded', null])
  })

  it('[CHI6] is told after a crash between the end and the call', async () => {
    const world = await family('resting')
    const { pass } = gate((call) => call === 'tellParent')
    world.outbound = pass
    await world.pass(10_001)
    expect([world.status(childId), world.status('parent')]).toEqual(['succeeded', 'waiting'])
    world.outbound = async () => undefined
    world.restart(childId)
    await world.pass(limits.againMinMs + 1)
    expect(world.status('parent')).toBe('succeeded')
  })

  it('[CHI6] is told again when it could not be recorded that it was heard', async () => {
    const world = await family('resting')
    const { rows } = world.member(childId).disk
    const push = Array.prototype.push.bind(rows)
    let broken = 1
    rows.push = (...added: string[]) => {
      if (added.some((row) => row.includes('NoticeDelivered')) && broken-- > 0) throw new Error('disk full')
      return push(...added)
    }
    await world.pass(20_000)
    expect(world.faults).toEqual(['ended is not known to be heard and will be told again: disk full'])
    expect([world.told(), world.types(childId).at(-1)]).toEqual([['ended parent', 'ended parent'], 'NoticeDelivered'])
  })

  it('[CHI6] is told to a few at once, and to each by one call at a time', async () => {
    const world = new FamilyWorld()
    world.graphs.set('resting', resting)
    const many = graphOf(
      [
        start,
        { id: 'all', kind: 'each', config: { items: '[1,2,3,4,5,6,7,8,9,10,11,12]', concurrency: 12 } },
        { ...calls('resting'), parent: 'all' as never },
      ],
      ['start -> all', 'all.body -> child'],
    )
    await world.start('parent', many)
    let underWay = 0
    let most = 0
    const { pass, open } = gate((call) => call === 'tellChild')
    world.outbound = async (call) => {
      underWay += 1
      most = Math.max(most, underWay)
      await pass(call)
      underWay -= 1
    }
    cancelParent(world)
    await world.pass(3 * limits.againMinMs)
    expect([most, world.told().length]).toEqual([limits.noticesAtOnce, limits.noticesAtOnce])
    open()
    await world.settle()
    const cancelled = world.told().filter((line) => line.startsWith('cancel'))
    expect([cancelled.length, new Set(cancelled).size]).toEqual([12, 12])
    expect(world.execution('parent').state?.notices.size).toBe(0)
  })

  it('[CHI7] costs an execution that has no parent and no child nothing', async () => {
    const world = new FamilyWorld()
    await world.start('alone', quick)
    expect([world.member('alone').commits, world.member('alone').alarmAt, world.calls]).toEqual([1, null, []])
  })
})

describe('a parent that is cancelled', () => {
  it('[CHI8] cancels its children, and they theirs', async () => {
    const world = await family('middle')
    expect(world.status('parent.child.child')).toBe('waiting')
    cancelParent(world)
    await world.settle()
    expect(['parent', childId, `${childId}.child`].map((id) => world.status(id))).toEqual(Array(3).fill('cancelled'))
    await world.pass(limits.againMaxMs)
    expect([world.told().filter((line) => line.startsWith('cancel')).length, world.faults]).toEqual([2, []])
  })

  it('[CHI8] cancels a child that has not begun before it can begin, over restarts', async () => {
    const world = new FamilyWorld()
    world.graphs.set('resting', resting)
    const { pass, open } = gate((call) => call === 'startChild')
    world.outbound = pass
    await world.start('parent', parentOf('resting'))
    cancelParent(world)
    await world.settle()
    expect([world.told(), world.status('parent')]).toEqual([[`cancel ${childId}`], 'cancelled'])
    world.restart(childId)
    open()
    await world.settle()
    expect([world.types(childId), world.execution(childId).isKnown, world.member(childId).alarmAt]).toEqual([
      [],
      false,
      null,
    ])
  })

  it('[CHI8] cancels one that has begun but whose start it never heard of', async () => {
    const world = new FamilyWorld()
    world.graphs.set('resting', resting)
    const { pass } = gate((call) => call === 'startChild')
    world.inbound = pass
    await world.start('parent', parentOf('resting'))
    expect(world.status(childId)).toBe('waiting')
    cancelParent(world)
    await world.settle()
    expect(world.status(childId)).toBe('cancelled')
  })
})

describe('a parent that is paused', () => {
  it('[CHI9] pauses its children and theirs, and is quiescent when they are; they go on with it', async () => {
    const world = await family('middle')
    pauseParent(world)
    await world.pass(3 * limits.againMinMs)
    const ids = ['parent', childId, `${childId}.child`]
    expect(ids.map((id) => world.execution(id).view()?.paused)).toEqual(
      ids.map(() => expect.objectContaining({ quiescent: true, timers: 'frozen' })),
    )
    await world.pass(600_000)
    resumeParent(world)
    await world.pass(limits.againMinMs)
    expect(ids.map((id) => world.status(id))).toEqual(['waiting', 'waiting', 'waiting'])
    await world.pass(20_000)
    expect(ids.map((id) => world.status(id))).toEqual(['succeeded', 'succeeded', 'succeeded'])
  })

  it('[CHI9] is not quiescent while an attempt of a child is in flight', async () => {
    const world = await family('busy')
    pauseParent(world)
    await world.pass(2 * limits.againMinMs)
    expect([world.status(childId), world.execution('parent').view()?.paused?.quiescent]).toEqual(['paused', false])
    world.execution(childId).handle({
      type: 'SucceedAttempt',
      now: world.now,
      step: step('call'),
      attempt: 1,
      output: null,
    })
    await world.pass(limits.againMaxMs)
    expect(world.execution('parent').view()?.paused?.quiescent).toBe(true)
  })

  it('[CHI9] that goes on before a child has heard of the pause tells it only to go on', async () => {
    const world = await family('resting')
    const { pass, open } = gate((call) => call === 'tellChild')
    world.outbound = pass
    pauseParent(world)
    resumeParent(world)
    open()
    await world.pass(20_000)
    expect([world.told().slice(0, 2), world.status('parent')]).toEqual([
      [`pause ${childId}`, `resume ${childId}`],
      'succeeded',
    ])
    expect(world.now).toBe(t0 + 20_000)
  })

  it('[CHI9] has no child that a pause stops which comes when its end was heard', async () => {
    const world = await family('resting')
    const { pass, open } = gate((call) => call === 'tellChild')
    world.outbound = pass
    pauseParent(world)
    world.outbound = async () => undefined
    // The call under way outlives its caller.
    world.restart('parent')
    resumeParent(world)
    await world.settle()
    open()
    await world.settle()
    await world.pass(20_000)
    expect([world.told().slice(0, 2), world.status(childId), world.status('parent')]).toEqual([
      [`pause ${childId}`, `resume ${childId}`],
      'succeeded',
      'succeeded',
    ])
  })

  it('[CHI8] and cancelled leaves no child standing still in the pause that it has to undo what it did', async () => {
    const world = new FamilyWorld()
    const done = ['start -> done', 'done.compensate -> undone']
    const steps = [start, make('done'), make('undone')]
    world.graphs.set('resting', graphOf([...steps, delay('rest', 60_000)], [...done, 'done -> rest']))
    await world.start('parent', graphOf([...steps, calls('resting')], [...done, 'done -> child']))
    pauseParent(world)
    await world.pass(2 * limits.againMinMs)
    expect(world.status(childId)).toBe('paused')
    cancelParent(world, true)
    await world.pass(2 * limits.againMinMs)
    expect([world.status('parent'), world.status(childId)]).toEqual(['paused', 'cancelled'])
  })
})
