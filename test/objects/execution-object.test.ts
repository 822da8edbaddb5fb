import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'

import type { ExecutionObject } from '../../runtime/objects/execution-object.ts'
import type { RecordedEvent } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import { endpoint } from '../support/endpoint.ts'
import { delay, graphOf, http, make, start } from '../support/graphs.ts'
import { newExecution, startOf } from './execution-kit.ts'

const calling = (url: string, more: Parameters<typeof http>[1] = {}) =>
  graphOf(
    [start, http('charge', { config: { url, method: 'POST', body: {} }, ...more }), make('receipt')],
    ['start -> charge', 'charge -> receipt'],
  )
const resting = (ms: number) => graphOf([start, delay('rest', ms), make('after')], ['start -> rest', 'rest -> after'])
const computed = graphOf([start, make('greeting', '{{ trigger.body.name }}')], ['start -> greeting'])

const toEnd = { milestone: 'end', ms: 20_000 } as const
const retry = { maxAttempts: 3, initialIntervalMs: 60_000, jitter: 0 }

/** What the log says of attempts: `Started 1`, `Failed 1`. */
const attempts = (log: readonly RecordedEvent[]): string[] =>
  log.flatMap((event) =>
    event.type.startsWith('Attempt') && 'attempt' in event
      ? [`${event.type.slice('Attempt'.length)} ${event.attempt}`]
      : [],
  )

describe('an execution', () => {
  it('[OBJ1] records, acts, records what came of it, and ends', async () => {
    const shop = await endpoint('plain', { json: { charged: 12 } })
    const { object, types, alarmAt, id } = newExecution()
    const answer = await object.start(startOf(calling(shop.url), { order: 7 }), toEnd)
    expect(answer).toMatchObject({
      isNew: true,
      report: { id, status: 'succeeded', position: 5 },
      outcome: { status: 'succeeded', output: { value: 'receipt' }, response: null },
    })
    expect(await types()).toEqual([
      'ExecutionStarted',
      'AttemptStarted',
      'StepSucceeded',
      'StepSucceeded',
      'ExecutionSucceeded',
    ])
    expect((await shop.calls()).map(({ headers }) => headers['idempotency-key'])).toEqual([`${id}.charge`])
    expect(await alarmAt()).toBeNull()
  })

  it('[OBJ2] a start that is repeated changes nothing and finds the same execution', async () => {
    const { object, log } = newExecution()
    const first = await object.start(startOf(computed, { name: 'Ada' }), toEnd)
    const before = await log()
    const again = await object.start(startOf(computed, { name: 'Bob' }), toEnd)
    expect([again.isNew, again.report, again.outcome]).toEqual([false, first.report, first.outcome])
    expect(await log()).toEqual(before)
  })

  it('[OBJ2] nothing was started: nothing is shown, and asking stores nothing', async () => {
    const { object, evict, sql, fireAlarm } = newExecution()
    expect(await object.view()).toBeNull()
    expect(await object.events(0, 10)).toBeNull()
    expect(await object.stateAt(null)).toBeNull()
    expect(await object.cancel('no')).toEqual({ type: 'not_found' })
    expect(await object.poke()).toEqual({ type: 'not_started' })
    await evict()
    expect(await sql('SELECT name FROM sqlite_master')).toEqual([])
    expect(await fireAlarm()).toBe(false)
  })
})

describe('going on', () => {
  it('[OBJ3] after a crash during an attempt: interrupted, and again with the same key', async () => {
    const shop = await endpoint('interrupted', { hold: true }, { json: { charged: 12 } })
    const { object, log, crash, id } = newExecution()
    await object.start(startOf(calling(shop.url)), null)
    await shop.calls(1)
    await crash()
    expect(await object.poke()).toMatchObject({ type: 'report', report: { status: 'running' } })
    const calls = await shop.calls(2)
    expect(calls.map(({ headers }) => headers['idempotency-key'])).toEqual([`${id}.charge`, `${id}.charge`])
    const again = await object.start(startOf(calling(shop.url)), toEnd)
    expect(again.outcome?.status).toBe('succeeded')
    expect(attempts(await log())).toEqual(['Started 1', 'Interrupted 1', 'Started 2'])
    await shop.release()
  })

  it('[OBJ3] an attempt that is in flight is not interrupted by being asked', async () => {
    const shop = await endpoint('in-flight', { hold: true })
    const { object, log } = newExecution()
    await object.start(startOf(calling(shop.url)), null)
    await shop.calls(1)
    await object.poke()
    await object.poke()
    expect(attempts(await log())).toEqual(['Started 1'])
    await shop.release()
    expect((await object.start(startOf(calling(shop.url)), toEnd)).outcome?.status).toBe('succeeded')
    expect(attempts(await log())).toEqual(['Started 1'])
  })

  it('[OBJ3] after eviction and after a crash during a delay', async () => {
    const { object, types, evict, crash, alarmAt, fireAlarm } = newExecution()
    const { report } = await object.start(startOf(resting(400)), null)
    expect([report.status, report.wakeAt]).toEqual(['waiting', await alarmAt()])
    await evict()
    await crash()
    // The alarm comes by itself.
    const again = await object.start(startOf(resting(400)), toEnd)
    expect(again.outcome?.status).toBe('succeeded')
    expect(await types()).toEqual([
      'ExecutionStarted',
      'DelayStarted',
      'StepSucceeded',
      'StepSucceeded',
      'ExecutionSucceeded',
    ])
    expect([await alarmAt(), await fireAlarm()]).toEqual([null, false])
  })

  it('[OBJ3] after eviction during a backoff', async () => {
    const shop = await endpoint('backoff', { status: 503 }, { json: { charged: 12 } })
    const graph = calling(shop.url, { retry: { ...retry, initialIntervalMs: 300 } })
    const { object, log, evict } = newExecution()
    await object.start(startOf(graph), null)
    await expect.poll(async () => (await object.view())?.status).toBe('waiting')
    await evict()
    const { outcome } = await object.start(startOf(graph), toEnd)
    expect(outcome?.status).toBe('succeeded')
    expect(attempts(await log())).toEqual(['Started 1', 'Failed 1', 'Started 2'])
  })

  it('[OBJ3] after eviction when all is over: it is as it was, and nothing is called', async () => {
    const shop = await endpoint('over')
    const { object, log, evict, fireAlarm } = newExecution()
    const { outcome } = await object.start(startOf(calling(shop.url)), toEnd)
    const before = await log()
    await evict()
    expect(await fireAlarm()).toBe(false)
    expect(await object.view()).toMatchObject({ status: outcome?.status, output: outcome?.output })
    expect(await object.poke()).toMatchObject({ report: { status: 'succeeded' } })
    expect([await log(), (await shop.calls()).length]).toEqual([before, 1])
  })
})

describe('the alarm', () => {
  it('[OBJ4] is set while a timer is pending and only then', async () => {
    const shop = await endpoint('alarm', { hold: true })
    const { object, alarmAt } = newExecution()
    const before = Date.now()
    await object.start(startOf(resting(60_000)), null)
    expect(await alarmAt()).toBeGreaterThanOrEqual(before + 60_000)
    await object.cancel('enough')
    expect(await alarmAt()).toBeNull()
    const limited = newExecution()
    await limited.object.start(startOf({ ...calling(shop.url), settings: { timeoutMs: 90_000 } }), null)
    expect(await limited.alarmAt()).toBeGreaterThanOrEqual(before + 90_000)
    await limited.object.cancel('enough')
    expect(await limited.alarmAt()).toBeNull()
    await shop.release()
  })

  it('[OBJ4] that comes before its time fires nothing and is set again', async () => {
    const { object, log, alarmAt, fireAlarm } = newExecution()
    await object.start(startOf(resting(60_000)), null)
    const [before, at] = [await log(), await alarmAt()]
    expect(await fireAlarm()).toBe(true)
    expect([await log(), await alarmAt()]).toEqual([before, at])
  })

  it('[OBJ4] that comes twice fires once', async () => {
    const { object, stub, types } = newExecution()
    await object.start(startOf(resting(100)), null)
    await new Promise((resolve) => setTimeout(resolve, 110))
    await runInDurableObject<ExecutionObject, void>(stub(), async (instance) => {
      await Promise.all([instance.alarm(), instance.alarm()])
      await instance.alarm()
    })
    expect((await types()).filter((type) => type === 'ExecutionSucceeded')).toHaveLength(1)
    expect((await types()).length).toBe(5)
  })

  it('[OBJ4] that was lost is repaired when the object wakes', async () => {
    const { object, stub, alarmAt, evict } = newExecution()
    const { report } = await object.start(startOf(resting(60_000)), null)
    await runInDurableObject(stub(), (_object, { storage }) => storage.deleteAlarm())
    expect(await alarmAt()).toBeNull()
    await evict()
    await object.view()
    expect(await alarmAt()).toBe(report.wakeAt)
  })
})

describe('at the same time', () => {
  it('[OBJ10] two cancels: one cancels, the other hears that it is over', async () => {
    const { object, types } = newExecution()
    await object.start(startOf(resting(60_000)), null)
    const answers = await Promise.all([object.cancel('first'), object.cancel('second')])
    expect(answers).toEqual([
      { type: 'done', status: 'cancelled', isTaken: true, isRepeated: false },
      {
        type: 'rejected',
        rejection: { reason: 'not_running', status: 'cancelled' },
        status: 'cancelled',
        settled: null,
      },
    ])
    expect((await types()).slice(-2)).toEqual(['StepCancelled', 'ExecutionCancelled'])
    expect((await object.view())?.error).toEqual({ code: 'cancelled', message: 'first' })
  })

  it('[OBJ10] an answer that comes after the cancel changes nothing', async () => {
    const shop = await endpoint('late', { hold: true })
    const { object, log } = newExecution()
    await object.start(startOf(calling(shop.url)), null)
    await shop.calls(1)
    await object.cancel('enough')
    const before = await log()
    await shop.release()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await log()).toEqual(before)
    expect(before.at(-1)?.type).toBe('ExecutionCancelled')
  })

  it('[OBJ10] a cancel that races the end: one of them wins, and the log has one end', async () => {
    for (let round = 0; round < 10; round += 1) {
      const shop = await endpoint(`race-${round}`, { hold: true })
      const { object, types } = newExecution()
      const started = object.start(startOf(calling(shop.url)), toEnd)
      await shop.calls(1)
      const [cancelled] = await Promise.all([object.cancel('race'), shop.release()])
      const { outcome } = await started
      const ends = (await types()).filter((type) => /^Execution(Succeeded|Failed|Cancelled)$/.test(type))
      expect(ends).toHaveLength(1)
      expect(outcome?.status).toBe(cancelled.type === 'done' ? 'cancelled' : 'succeeded')
    }
  })

  it('[OBJ10] two starts of one object are one execution', async () => {
    const { object, types } = newExecution()
    const answers = await Promise.all([
      object.start(startOf(computed, { name: 'Ada' }), toEnd),
      object.start(startOf(computed, { name: 'Bob' }), toEnd),
    ])
    expect(answers.map(({ isNew }) => isNew)).toEqual([true, false])
    expect(answers.map(({ outcome }) => outcome?.output)).toEqual([{ value: 'Ada' }, { value: 'Ada' }])
    expect((await types()).filter((type) => type === 'ExecutionStarted')).toHaveLength(1)
  })

  it('[OBJ11] a caller whose patience ends gets no outcome, and the execution goes on', async () => {
    const shop = await endpoint('patience', { hold: true })
    const { object } = newExecution()
    const { outcome, report } = await object.start(startOf(calling(shop.url)), { milestone: 'end', ms: 30 })
    expect([outcome, report.status]).toEqual([null, 'running'])
    await shop.release()
    await expect.poll(async () => (await object.view())?.status).toBe('succeeded')
  })
})

describe('a long log', () => {
  it('[OBJ12] is folded from a snapshot and its tail, to the same state', async () => {
    const steps = Array.from({ length: limits.graphNodes - 10 }, (_, index) => make(`step_${index}`))
    const rests = Array.from({ length: 5 }, (_, index) => delay(`rest_${index}`, 1))
    const nodes = [start, ...steps, ...rests]
    const graph = graphOf(
      nodes,
      nodes.slice(1).map(({ id }, index) => `${nodes[index]?.id} -> ${id}`),
    )
    const { object, sql, evict, log } = newExecution()
    await object.start(startOf(graph), toEnd)
    const [snapshot] = await sql('SELECT position FROM snapshots')
    expect(Number(snapshot?.['position'])).toBeGreaterThanOrEqual(limits.snapshotEvents)
    const [whole, count] = [await object.stateAt(null), (await log()).length]
    expect(count).toBeGreaterThan(limits.snapshotEvents)
    // Only a state that came from the snapshot can stand on a row that is no longer readable.
    await sql("UPDATE events SET body = '{}' WHERE position = 100")
    await evict()
    expect(await object.stateAt(null)).toEqual(whole)
    expect((await object.view())?.status).toBe('succeeded')
  })
})
