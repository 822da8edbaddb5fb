import { describe, expect, it } from 'vitest'

import type { StepRunner } from '../../../runtime/steps/step-runner.ts'
import { busy, started } from '../../support/events.ts'
import { each, graphOf, http, inside, start } from '../../support/graphs.ts'
import { eachStarted } from '../../support/whole-events.ts'
import { cancelParent, pauseParent, resumeParent } from './family-graphs.ts'
import { FamilyWorld } from './family-world.ts'

const graph = graphOf(
  [
    start,
    each('orders', { concurrency: 1 }),
    http('charge', inside('orders')),
    http('refund', inside('orders')),
    http('last'),
  ],
  ['start -> orders', 'orders.body -> charge', 'orders -> last', 'charge.compensate -> refund'],
)
const plain = graphOf(
  [start, each('orders', { concurrency: 1 }), http('charge', inside('orders'))],
  ['start -> orders', 'orders.body -> charge'],
)
const [first, second] = ['parent.orders@orders[0]', 'parent.orders@orders[1]']

/** A parent that works on three orders in batches of two, and what the http steps have done, in order. */
class BatchedWorld extends FamilyWorld {
  readonly effects: string[] = []
  /** By the key of an attempt: what it comes to. By default it succeeds. */
  readonly meets = new Map<string, ReturnType<StepRunner>>()

  constructor(workflow = graph) {
    super()
    this.graphs.set('parents', workflow)
    this.http = async ({ idempotencyKey }) => {
      this.effects.push(idempotencyKey)
      return this.meets.get(idempotencyKey) ?? { ok: true, output: null }
    }
    const pinned = {
      now: this.now,
      executionId: 'parent',
      workflowId: 'parents',
      contentHash: JSON.stringify(workflow),
    }
    const inTwos = { at: this.now, batchSize: 2, concurrency: 1 }
    const log = [started(workflow, pinned), eachStarted('orders', ['a', 'b', 'c'], inTwos)]
    this.member('parent').disk.rows.push(...log.map((event) => JSON.stringify(event)))
    this.restart('parent')
  }

  async begin(): Promise<void> {
    this.execution('parent').wake()
    await this.settle()
  }

  fails(...keys: readonly string[]): void {
    for (const key of keys) this.meets.set(key, Promise.resolve({ ok: false, failure: busy, retryable: false }))
  }

  hangs(key: string): void {
    this.meets.set(key, new Promise(() => undefined))
  }

  statuses(): (string | undefined)[] {
    return ['parent', first, second].map((id) => this.status(id))
  }
}

const charges = [`${first}.charge@orders[0]`, `${first}.charge@orders[1]`, `${second}.charge@orders[2]`]
const refunds = [`${second}.refund@orders[2]`, `${first}.refund@orders[1]`, `${first}.refund@orders[0]`]

describe('batches of which something can be undone', () => {
  it('[CHI11] undo what they did when their parent fails, the newest first over all of them', async () => {
    const world = new BatchedWorld()
    world.fails('parent.last')
    await world.begin()
    expect(world.statuses()).toEqual(['failed', 'cancelled', 'cancelled'])
    expect(world.effects).toEqual([...charges, 'parent.last', ...refunds])
    expect(world.faults).toEqual([])
    expect(world.types(first).slice(-7)).toEqual([
      'CompensationStarted',
      'AttemptStarted',
      'StepSucceeded',
      'AttemptStarted',
      'StepSucceeded',
      'ExecutionCancelled',
      'NoticeDelivered',
    ])
  })

  it('[CHI11][CHI8] undo also the one that has not ended, which is stopped at once', async () => {
    const world = new BatchedWorld()
    world.hangs(charges[1] ?? '')
    await world.begin()
    cancelParent(world, true)
    await world.pass(5000)
    expect(world.statuses()).toEqual(['cancelled', 'cancelled', undefined])
    expect(world.effects).toEqual([...charges.slice(0, 2), refunds[2]])
  })

  it('[CHI11] undo what the one did that failed, and only when their parent fails of it', async () => {
    const world = new BatchedWorld()
    world.fails(charges[2] ?? '')
    await world.begin()
    expect(world.statuses()).toEqual(['failed', 'cancelled', 'failed'])
    expect(world.effects).toEqual([...charges, ...refunds.slice(1)])
  })

  it('[CHI11] are asked again by an answer that was lost, and undo once', async () => {
    const world = new BatchedWorld()
    world.fails('parent.last')
    let lost = 3
    world.inbound = async (call) => {
      if (call === 'askBatch' && lost-- > 0) throw new Error('the answer was lost')
    }
    await world.begin()
    await world.pass(60_000)
    expect(world.statuses()).toEqual(['failed', 'cancelled', 'cancelled'])
    expect(world.effects).toEqual([...charges, 'parent.last', ...refunds])
  })

  it('[CHI11] undo once over a crash of the parent, and of the child', async () => {
    const world = new BatchedWorld()
    world.fails('parent.last')
    world.hangs(refunds[0] ?? '')
    await world.begin()
    expect(world.statuses()).toEqual(['waiting', 'succeeded', 'running'])
    world.meets.delete(refunds[0] ?? '')
    world.restart('parent')
    world.restart(second)
    world.execution(second).wake()
    world.execution('parent').wake()
    await world.pass(60_000)
    expect(world.statuses()).toEqual(['failed', 'cancelled', 'cancelled'])
    expect(world.effects.slice(4)).toEqual([refunds[0], ...refunds])
  })

  it('[CHI11][CHI9] stop undoing with their parent, and go on with it', async () => {
    const world = new BatchedWorld()
    world.fails('parent.last')
    const { promise, resolve } = Promise.withResolvers<{ ok: true; output: null }>()
    world.meets.set(refunds[1] ?? '', promise)
    await world.begin()
    pauseParent(world)
    resolve({ ok: true, output: null })
    await world.settle()
    expect(world.statuses()).toEqual(['paused', 'paused', 'cancelled'])
    resumeParent(world)
    await world.pass(60_000)
    expect(world.statuses()).toEqual(['failed', 'cancelled', 'cancelled'])
  })

  it('[CHI11] never begin when they have not', async () => {
    const world = new BatchedWorld()
    world.outbound = async (call) => {
      if (call === 'startChild') await new Promise(() => undefined)
    }
    await world.begin()
    cancelParent(world, true)
    await world.settle()
    expect([world.status('parent'), world.execution(first).neverBegins]).toEqual(['cancelled', true])
    expect(world.types('parent').slice(-4)).toEqual([
      'AttemptStarted',
      'NoticeDelivered',
      'StepSucceeded',
      'ExecutionCancelled',
    ])
  })

  it('[CHI11] that cannot be read are not undone, and the others are', async () => {
    const world = new BatchedWorld()
    world.hangs('parent.last')
    await world.begin()
    world.member(second).disk.rows[3] = '{}'
    world.restart(second)
    cancelParent(world, true)
    await world.pass(600_000)
    expect(world.statuses()).toEqual(['cancelled', 'cancelled', 'quarantined'])
    expect(world.effects).toEqual([...charges, 'parent.last', ...refunds.slice(1)])
  })
})

describe('a batch that failed', () => {
  it('[CHI11] goes on where it was when its parent is retried: what it did is not done again', async () => {
    const world = new BatchedWorld(plain)
    world.fails(charges[1] ?? '')
    await world.begin()
    expect(world.statuses()).toEqual(['failed', 'failed', undefined])
    world.meets.clear()
    world.execution('parent').handle({ type: 'RetryExecution', now: world.now })
    await world.settle()
    expect(world.statuses()).toEqual(['succeeded', 'succeeded', 'succeeded'])
    expect(world.effects).toEqual([charges[0], charges[1], charges[1], charges[2]])
    expect(world.calls.filter(([call]) => call === 'startChild')).toHaveLength(2)
  })

  it('[CHI11] fails again when it can only do the same', async () => {
    const computing = graphOf(
      [start, each('orders'), { id: 'stop', kind: 'fail', config: { message: 'no' }, ...inside('orders') }],
      ['start -> orders', 'orders.body -> stop'],
    )
    const world = new BatchedWorld(computing)
    await world.begin()
    world.execution('parent').handle({ type: 'RetryExecution', now: world.now })
    await world.settle()
    expect(world.execution('parent').view()).toMatchObject({
      status: 'failed',
      error: {
        code: 'batch_not_retried',
        message: 'the batch cannot go on where it was: it was refused as computes_the_same',
      },
    })
  })

  it('[CHI11] is retried once, however often it is asked, also when it had been cancelled', async () => {
    const world = new BatchedWorld(plain)
    world.hangs(charges[1] ?? '')
    await world.begin()
    world.execution(first).handle({ type: 'CancelExecution', now: world.now, reason: 'by hand' })
    await world.settle()
    world.meets.clear()
    let lost = 2
    world.inbound = async (call) => {
      if (call === 'askBatch' && lost-- > 0) throw new Error('the answer was lost')
    }
    world.hangs(charges[1] ?? '')
    world.execution('parent').handle({ type: 'RetryExecution', now: world.now })
    await world.pass(60_000)
    expect(world.types(first).filter((type) => type === 'ExecutionRetried')).toHaveLength(1)
    expect(world.statuses().slice(0, 2)).toEqual(['waiting', 'running'])
  })
})
