import { describe, expect, it } from 'vitest'

import { limits } from '../../../schemas/limits.ts'
import { graphOf, make, start } from '../../support/graphs.ts'
import { calls, cancelParent, childId, family, gate, parentOf, quick, resting } from './family-graphs.ts'
import { FamilyWorld } from './family-world.ts'

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

  it('[FTR5] that fails raises its failure when nobody waits for it, and never below a failure trigger', async () => {
    const awaited = await family('failing')
    expect(awaited.execution(childId).report()?.raisedAt).toBeUndefined()
    const { state } = awaited.execution('parent')
    expect(awaited.execution('parent').report()?.raisedAt).toBe(state?.endAt)
    const alone = await family('failing', { wait: false })
    expect(alone.execution(childId).report()?.raisedAt).toBe(alone.execution(childId).state?.endAt)
    const handler = graphOf([{ id: 'start', kind: 'failure' }, calls('failing', { wait: false })], ['start -> child'])
    await alone.start('handler', handler)
    expect(alone.execution('handler.child').view()).toMatchObject({ status: 'failed', parent: { isOfFailure: true } })
    expect(alone.execution('handler.child').report()?.raisedAt).toBeUndefined()
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

  it('[CHI4] that stands still until it is loaded anew keeps its step waiting', async () => {
    const world = await family('resting')
    const { rows } = world.member(childId).disk
    const push = Array.prototype.push.bind(rows)
    rows.push = () => {
      throw new Error('disk full')
    }
    await world.pass(10_001)
    expect([world.status(childId), world.status('parent'), world.told()]).toEqual(['quarantined', 'waiting', []])
    rows.push = push
    world.restart(childId)
    world.execution(childId).wake()
    await world.settle()
    expect([world.status(childId), world.status('parent')]).toEqual(['succeeded', 'succeeded'])
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
  }, 30_000)

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

  it('[OBJ21] comes too late when the time of its parent was up before, however late the alarm', async () => {
    const world = new FamilyWorld()
    world.graphs.set('resting', resting)
    await world.start('parent', { ...parentOf('resting'), settings: { timeoutMs: 5000 } })
    world.now += 10_001
    world.execution(childId).wake()
    await world.settle()
    expect([world.status(childId), world.told()[0]]).toEqual(['succeeded', 'ended parent'])
    expect(world.execution('parent').view()).toMatchObject({ status: 'failed', error: { code: 'execution_timeout' } })
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
