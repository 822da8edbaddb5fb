import { describe, expect, it } from 'vitest'

import { limits } from '../../../schemas/limits.ts'
import { delay, graphOf, http, make, type NodeText, start, step } from '../../support/graphs.ts'
import { t0 } from './execution-world.ts'
import { FamilyWorld } from './family-world.ts'

const calls = (workflowId: string, more: Record<string, unknown> = {}): NodeText => ({
  id: 'child',
  kind: 'workflow',
  config: { workflowId, input: { n: 1 }, ...more },
})
const parentOf = (workflowId: string, more: Record<string, unknown> = {}) =>
  graphOf(
    [start, calls(workflowId, more), make('after', '{{ steps.child.output }}')],
    ['start -> child', 'child -> after'],
  )

const quick = graphOf([start, make('answer', '{{ trigger.body.n + 1 }}')], ['start -> answer'])
const resting = graphOf([start, delay('rest', 10_000), make('woken')], ['start -> rest', 'rest -> woken'])
const busy = graphOf([start, http('call')], ['start -> call'])
const failing = graphOf(
  [start, { id: 'stop', kind: 'fail', config: { message: 'no stock', code: 'out_of_stock' } }],
  ['start -> stop'],
)

/** Every workflow that these tests start, and a parent over the one of that name. */
async function family(workflowId: string, more: Record<string, unknown> = {}): Promise<FamilyWorld> {
  const world = new FamilyWorld()
  for (const [name, graph] of Object.entries({ quick, resting, busy, failing })) world.graphs.set(name, graph)
  world.graphs.set('middle', parentOf('resting'))
  world.graphs.set('endless', parentOf('endless'))
  await world.start('parent', parentOf(workflowId, more))
  return world
}

const childId = 'parent.child'
const cancelParent = (world: FamilyWorld, compensate = false) =>
  world.execution('parent').handle({ type: 'CancelExecution', now: world.now, reason: 'enough', compensate })
const pauseParent = (world: FamilyWorld) =>
  world.execution('parent').handle({ type: 'PauseExecution', now: world.now, timers: 'frozen' })
const resumeParent = (world: FamilyWorld) =>
  world.execution('parent').handle({ type: 'ResumeExecution', now: world.now })

/** Holds the calls that pass `isMeant` until it is called. */
function gate(isMeant: (call: string) => boolean) {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { pass: (call: string) => (isMeant(call) ? opened : Promise.resolve()), open: () => open() }
}

describe('a child', () => {
  it('[CHI1] is started with its input and its parent, and the step ends with what it came to', async () => {
    const world = await family('quick')
    expect(world.execution(childId).view()).toMatchObject({
      status: 'succeeded',
      trigger: { body: { n: 1 } },
      parent: { executionId: 'parent', step: 'child', depth: 1, isAwaited: true, isOfFailure: false },
    })
    expect(world.execution('parent').view()).toMatchObject({ status: 'succeeded', output: { value: { value: 2 } } })
    expect(world.types('parent')).toEqual([
      'ExecutionStarted',
      'AttemptStarted',
      'ChildStarted',
      'StepSucceeded',
      'StepSucceeded',
      'ExecutionSucceeded',
    ])
    expect([world.member(childId).alarmAt, world.member('parent').alarmAt, world.faults]).toEqual([null, null, []])
  })

  it('[CHI1] that nobody waits for tells nobody: the step is over when it has started', async () => {
    const world = await family('resting', { wait: false })
    expect(world.execution('parent').view()).toMatchObject({
      status: 'succeeded',
      output: { value: { workflowId: 'resting', executionId: childId, version: 1 } },
    })
    cancelParent(world)
    await world.pass(60_000)
    expect([world.status(childId), world.told()]).toEqual(['succeeded', []])
  })

  it('[CHI2] is one, however often its start is repeated', async () => {
    const world = new FamilyWorld()
    world.graphs.set('resting', resting)
    let lost = 2
    world.inbound = async (call) => {
      if (call === 'startChild' && lost-- > 0) throw new Error('the answer was lost')
    }
    await world.start('parent', parentOf('resting'))
    await world.pass(5000)
    expect(world.calls.map(([call, key]) => [call, key])).toEqual(
      Array.from({ length: 3 }, () => ['startChild', childId]),
    )
    expect(world.types(childId).filter((type) => type === 'ExecutionStarted')).toHaveLength(1)
    await world.pass(10_000)
    expect([world.status('parent'), world.status(childId)]).toEqual(['succeeded', 'succeeded'])
  })

  it('[CHI2] is another one when the step begins anew after a retry', async () => {
    const world = await family('failing')
    world.graphs.set('failing', quick)
    world.execution('parent').handle({ type: 'RetryExecution', now: world.now })
    await world.settle()
    expect(world.calls.filter(([call]) => call === 'startChild').map(([, key]) => key)).toEqual([
      childId,
      `${childId}~2`,
    ])
    expect(world.execution('parent').view()).toMatchObject({ status: 'succeeded', output: { value: { value: 2 } } })
  })

  it('[CHI3] that cannot be started makes the step fail at once, and that it may not stand so deep', async () => {
    const missing = await family('nowhere')
    expect(missing.execution('parent').view()).toMatchObject({
      status: 'failed',
      error: { code: 'workflow_not_found' },
    })
    expect(missing.told()).toEqual([])
    const endless = await family('endless')
    await endless.settle()
    const ids = endless.calls.flatMap(([call, key]) => (call === 'startChild' ? [key] : []))
    expect(ids).toHaveLength(limits.childDepth)
    expect(endless.execution('parent').view()).toMatchObject({ status: 'failed', error: { code: 'child_too_deep' } })
  })

  it('[CHI4] that fails makes the step fail with what it failed with', async () => {
    const world = await family('failing')
    expect(world.execution('parent').view()).toMatchObject({
      status: 'failed',
      error: { code: 'out_of_stock', message: 'no stock', step: 'child' },
    })
    const { events } = world.execution('parent').events(0, 100)
    expect(events.find(({ type }) => type === 'StepFailed')).toMatchObject({
      failure: { details: { executionId: childId, status: 'failed' } },
    })
  })

  it('[CHI4] that is cancelled, or cannot be read, ends the step as failed', async () => {
    const cancelled = await family('resting')
    cancelled.execution(childId).handle({ type: 'CancelExecution', now: cancelled.now, reason: 'by hand' })
    await cancelled.settle()
    expect(cancelled.execution('parent').view()?.error).toMatchObject({ code: 'cancelled', message: 'by hand' })

    const damaged = await family('resting')
    damaged.member(childId).disk.rows[1] = '{}'
    damaged.restart(childId)
    await damaged.settle()
    expect(damaged.execution('parent').view()?.error).toMatchObject({ code: 'quarantined' })
  })

  it('[CHI4] whose outputs come to more together than a step may give ends the step as failed', async () => {
    const half = 'x'.repeat(limits.stepOutputBytes / 2)
    const wide = graphOf([start, make('left', half), make('right', half)], ['start -> left', 'start -> right'])
    const world = new FamilyWorld()
    world.graphs.set('wide', wide)
    await world.start('parent', parentOf('wide'))
    expect(world.status(childId)).toBe('succeeded')
    expect(world.execution('parent').view()?.error).toMatchObject({ code: 'output_too_large' })
  })

  it('[CHI10] works on a part of a long list as on a workflow of its own', async () => {
    const long = graphOf(
      [
        start,
        { id: 'all', kind: 'each', config: { items: 'trigger.body', concurrency: 100 } },
        make('twice', '{{ item * 2 }}', { parent: 'all' as never }),
      ],
      ['start -> all', 'all.body -> twice'],
    )
    const world = new FamilyWorld()
    world.graphs.set('parents', long)
    const items = Array.from({ length: limits.eachItems + 2 }, (_, index) => index)
    await world.start('parent', long, items)
    for (let rounds = 0; world.status('parent') === 'running' || world.status('parent') === 'waiting'; rounds += 1) {
      expect(rounds).toBeLessThan(1000)
      await world.settle()
    }
    const { output } = world.execution('parent').view() ?? {}
    expect(output).toEqual(items.map((item) => ({ value: item * 2 })))
    expect(world.calls.filter(([call]) => call === 'startChild')).toHaveLength(2)
  })

  it('[CHI5] that ends before its parent knows that it started is held until then', async () => {
    const world = new FamilyWorld()
    world.graphs.set('quick', quick)
    const { pass, open } = gate((call) => call === 'startChild')
    world.inbound = pass
    await world.start('parent', parentOf('quick'))
    expect([world.status(childId), world.types('parent')]).toEqual([
      'succeeded',
      ['ExecutionStarted', 'AttemptStarted'],
    ])
    open()
    await world.settle()
    expect([world.status('parent'), world.told()]).toEqual(['succeeded', ['ended parent']])
  })

  it('[CHI5] whose parent crashed while it started ends the step all the same', async () => {
    const world = new FamilyWorld()
    world.graphs.set('quick', quick)
    const { pass } = gate((call) => call === 'startChild')
    world.inbound = pass
    await world.start('parent', parentOf('quick'))
    world.inbound = async () => undefined
    world.restart('parent')
    await world.pass(limits.againMaxMs)
    expect([world.status('parent'), world.types('parent').filter((type) => type === 'ChildStarted')]).toEqual([
      'succeeded',
      ['ChildStarted'],
    ])
  })

  it('[CHI5] told twice ends the step once, and one that the parent no longer waits for changes nothing', async () => {
    const world = await family('resting')
    let lost = 1
    world.inbound = async (call) => {
      if (call === 'tellParent' && lost-- > 0) throw new Error('the answer was lost')
    }
    await world.pass(20_000)
    expect(world.told()).toEqual(['ended parent', 'ended parent'])
    expect(world.types('parent').filter((type) => type === 'StepSucceeded')).toHaveLength(2)
    expect(world.types(childId).at(-1)).toBe('NoticeDelivered')
  })
})

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
})
