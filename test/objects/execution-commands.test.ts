import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { endpoint } from '../support/endpoint.ts'
import {
  approval,
  callback,
  delay,
  each,
  graphOf,
  http,
  inside,
  make,
  signalled,
  start,
  step,
} from '../support/graphs.ts'
import { type ExecutionWorld, newExecution, startOf } from './execution-kit.ts'

const toEnd = { milestone: 'end', ms: 20_000 } as const
const taken = { type: 'done', isTaken: true, isRepeated: false }
const manager = step('manager')

const posting = (url: string) => ({ config: { url, method: 'POST' } })
const ended = async ({ object }: ExecutionWorld) => (await object.view())?.status

describe('an execution that waits', () => {
  it('[OBJ3] takes its answer after an eviction, and after a crash', async () => {
    const graph = graphOf(
      [start, signalled('order'), approval('manager'), callback('bank'), make('end', '{{ steps.bank.output }}')],
      ['start -> order', 'order -> manager', 'manager.approved -> bank', 'bank -> end'],
    )
    const world = newExecution()
    const { object, evict, crash } = world
    await object.start(startOf(graph), null)
    await evict()
    expect(await object.signal('paid', 7, 'a')).toMatchObject({ ...taken, status: 'waiting' })
    await evict()
    expect(await object.signal('paid', 7, 'a')).toMatchObject({ type: 'done', isRepeated: true })
    await crash()
    expect(await object.decideApproval(manager, 'approved', null)).toMatchObject(taken)
    await evict()
    expect(await object.answerCallback(step('bank'), 'booked')).toMatchObject({ ...taken, status: 'succeeded' })
    expect((await object.view())?.output).toEqual({ value: 'booked' })
  })

  it('[OBJ10] a signal and the timeout at the same moment: one of them wins, by the log', async () => {
    for (let round = 0; round < 10; round += 1) {
      const graph = graphOf(
        [start, signalled('order', { timeoutMs: 20 }), make('late')],
        ['start -> order', 'order.timeout -> late'],
      )
      const { object, types, fireAlarm } = newExecution()
      await object.start(startOf(graph), null)
      await new Promise((resolve) => setTimeout(resolve, 15 + round))
      const [answer] = await Promise.all([object.signal('paid', 'in time', null), fireAlarm()])
      await expect.poll(async () => (await object.view())?.status).toBe('succeeded')
      const log = await types()
      expect(log.filter((type) => type === 'ExecutionSucceeded')).toHaveLength(1)
      const isTaken = answer.type === 'done' && answer.isTaken
      expect((await object.view())?.output).toEqual(isTaken ? 'in time' : { value: 'late' })
    }
  })

  it('[OBJ4] an alarm that comes twice fires a timeout once', async () => {
    const graph = graphOf(
      [start, signalled('order', { timeoutMs: 10 }), signalled('end')],
      ['start -> order', 'order.timeout -> end'],
    )
    const { object, types, fireAlarm } = newExecution()
    await object.start(startOf(graph), null)
    await new Promise((resolve) => setTimeout(resolve, 30))
    await Promise.all([fireAlarm(), fireAlarm(), object.poke()])
    await fireAlarm()
    const log = await types()
    expect(log).toEqual(['ExecutionStarted', 'WaitStarted', 'StepSucceeded', 'WaitStarted'])
  })

  it('[OBJ10] two approvals at once: one decides, the other hears what was decided', async () => {
    const graph = graphOf(
      [start, approval('manager'), make('yes'), make('no'), signalled('end')],
      ['start -> manager', 'manager.approved -> yes', 'manager.rejected -> no', 'start -> end'],
    )
    const { object, types } = newExecution()
    await object.start(startOf(graph), null)
    const [first, second] = await Promise.all([
      object.decideApproval(manager, 'rejected', null),
      object.decideApproval(manager, 'approved', null),
    ])
    expect([first, second]).toMatchObject([
      taken,
      { type: 'late', settled: { status: 'succeeded', ports: ['rejected'] } },
    ])
    expect((await types()).slice(3)).toEqual(['StepSucceeded', 'StepSkipped', 'StepSucceeded', 'AnswerIgnored'])
  })

  it('[OBJ10] a cancel and an approval at once: one wins, and the log has one end', async () => {
    const graph = graphOf([start, approval('manager')], ['start -> manager'])
    for (const order of ['cancel first', 'approve first'] as const) {
      const { object, types } = newExecution()
      await object.start(startOf(graph), null)
      const both = [() => object.cancel('stop'), () => object.decideApproval(manager, 'approved', null)]
      if (order === 'approve first') both.reverse()
      const answers = await Promise.all(both.map((command) => command()))
      expect([order, answers.map(({ type }) => type)]).toEqual([order, ['done', 'rejected']])
      expect((await types()).filter((type) => /^Execution(Succeeded|Cancelled)$/.test(type))).toHaveLength(1)
    }
  })
})

describe('a pause', () => {
  it('[OBJ20] holds over an eviction and a crash, and the time of a delay stands still', async () => {
    const world = newExecution()
    const { object, evict, crash, alarmAt } = world
    await object.start(
      startOf(graphOf([start, delay('rest', 40), make('after')], ['start -> rest', 'rest -> after'])),
      null,
    )
    await object.pause('frozen')
    expect(await alarmAt()).toBeNull()
    await evict()
    await new Promise((resolve) => setTimeout(resolve, 60))
    await crash()
    await object.poke()
    expect(await ended(world)).toBe('paused')
    expect(await object.resume()).toMatchObject({ type: 'done', status: 'waiting' })
    expect(await alarmAt()).not.toBeNull()
    await expect.poll(() => ended(world)).toBe('succeeded')
  })

  it('[OBJ20] over a crash in an attempt: nobody tries again before it goes on', async () => {
    const shop = await endpoint('paused-crash', { hold: true }, {})
    const world = newExecution()
    const { object, crash, types } = world
    await object.start(startOf(graphOf([start, http('charge', posting(shop.url))], ['start -> charge'])), null)
    await shop.calls(1)
    await object.pause('frozen')
    await crash()
    await object.poke()
    expect((await types()).slice(1)).toEqual(['AttemptStarted', 'ExecutionPaused', 'AttemptInterrupted'])
    expect((await object.view())?.paused?.quiescent).toBe(true)
    await Promise.all([object.resume(), object.resume(), object.pause('frozen'), object.resume()])
    await expect.poll(() => ended(world)).toBe('succeeded')
    expect(await shop.calls()).toHaveLength(2)
    await shop.release()
  })
})

describe('what is left open', () => {
  it('[OBJ19] by a crash after a signal is found by the alarm, without anybody who asks', async () => {
    const shop = await endpoint('net', { hold: true }, {})
    const world = newExecution()
    const { object, crash, alarmAt, fireAlarm } = world
    const graph = graphOf(
      [start, signalled('order'), http('charge', posting(shop.url))],
      ['start -> order', 'order -> charge'],
    )
    await object.start(startOf(graph), null)
    expect(await alarmAt()).toBeNull()
    await object.signal('paid', null, null)
    await shop.calls(1)
    const at = (await alarmAt()) ?? 0
    expect(at - Date.now()).toBeGreaterThan(limits.netMs / 2)
    await crash()
    expect(await fireAlarm()).toBe(true)
    await shop.calls(2)
    await expect.poll(() => ended(world)).toBe('succeeded')
    expect(await alarmAt()).toBeNull()
    await shop.release()
  })

  it('[OBJ3] by a crash in a step that acts once is asked of a person, over an eviction', async () => {
    const shop = await endpoint('once', { hold: true }, {})
    const world = newExecution()
    const { object, crash, evict } = world
    const graph = graphOf([start, http('charge', { ...posting(shop.url), once: true })], ['start -> charge'])
    await object.start(startOf(graph), null)
    await shop.calls(1)
    await crash()
    await object.poke()
    await evict()
    expect(await object.view()).toMatchObject({ status: 'paused', unknown: ['charge'] })
    const answers = await Promise.all([
      object.answerUnknown(step('charge'), { outcome: 'succeeded', output: 'paid' }),
      object.answerUnknown(step('charge'), { outcome: 'retry' }),
    ])
    expect(answers.map(({ type }) => type)).toEqual(['done', 'rejected'])
    expect((await object.view())?.output).toBe('paid')
    expect(await shop.calls()).toHaveLength(1)
    await shop.release()
  })
})

describe('a long list', () => {
  const count = 2000
  const graph = graphOf(
    [
      start,
      each('numbered', { collect: 'steps.twice.output.value' }),
      make('twice', '{{ item * 2 }}', inside('numbered')),
    ],
    ['start -> numbered', 'numbered.body -> twice'],
  )
  const input = { items: Array.from({ length: count }, (_, index) => index) }
  const output = input.items.map((item) => item * 2)

  it('[OBJ18] is worked on by itself, and others are answered meanwhile', async () => {
    const { object, alarmAt } = newExecution()
    const answer = object.start(startOf(graph, input), toEnd)
    const seen = await object.view()
    expect(seen?.status).toBe('running')
    expect((await answer).outcome).toMatchObject({ status: 'succeeded', output })
    expect(seen?.position).toBeLessThan((await object.view())?.position ?? 0)
    expect(await alarmAt()).toBeNull()
  })

  it('[OBJ18] is gone on with by the alarm after a crash', async () => {
    const world = newExecution()
    const { object, crash, fireAlarm, alarmAt } = world
    await object.start(startOf(graph, input), null)
    await crash()
    expect(await ended(world)).toBe('running')
    expect((await alarmAt()) ?? 0).toBeGreaterThan(Date.now())
    await fireAlarm()
    await expect.poll(() => ended(world), { timeout: 10_000 }).toBe('succeeded')
    expect((await object.view())?.output).toEqual(output)
  })
})

describe('a retry', () => {
  it('[OBJ22] goes on after an eviction, with the same key, and can fail and be retried again', async () => {
    const shop = await endpoint('retrying', { status: 400 }, { status: 400 }, { json: { paid: 1 } })
    const world = newExecution()
    const { object, evict, id } = world
    await object.start(startOf(graphOf([start, http('charge', posting(shop.url))], ['start -> charge'])), toEnd)
    for (const round of [1, 2]) {
      await expect.poll(() => ended(world)).toBe('failed')
      await evict()
      const [first, second] = await Promise.all([object.retry(), object.retry()])
      expect([round, first.type, second.type]).toEqual([round, 'done', 'rejected'])
      await shop.calls(round + 1)
    }
    await expect.poll(() => ended(world)).toBe('succeeded')
    const keys = (await shop.calls()).map(({ headers }) => headers['idempotency-key'])
    expect(keys).toEqual([`${id}.charge`, `${id}.charge`, `${id}.charge`])
  })
})
