import { describe, expect, it } from 'vitest'

import { InFlight } from '../../../runtime/objects/in-flight.ts'
import { limits } from '../../../schemas/limits.ts'
import { step } from '../../support/graphs.ts'

/** Work that ends when the test says so. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let signal: AbortSignal | null = null
  return {
    work: (given: AbortSignal): Promise<string> => {
      signal = given
      return promise
    },
    resolve,
    reject,
    hasBegun: () => signal !== null,
    isAborted: () => signal?.aborted ?? false,
  }
}
let now = 1000
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Takes all places. */
function fill(inFlight: InFlight) {
  return Array.from({ length: limits.attemptConcurrency }, (_, index) => {
    const job = held()
    return { ...job, done: inFlight.carry(step(`busy_${index}`), 1, job.work) }
  })
}

describe('attempts in flight', () => {
  it('[OBJ7] are listed until they are done', async () => {
    const inFlight = new InFlight(() => now)
    const { work, resolve } = held()
    const done = inFlight.carry(step('charge'), 2, work)
    expect(inFlight.list()).toEqual([{ step: 'charge', attempt: 2, waitedMs: 0 }])
    resolve('paid')
    expect(await done).toBe('paid')
    expect(inFlight.list()).toEqual([])
  })

  it('[OBJ7] are listed while they queue, so that a wake does not take them for lost', async () => {
    const inFlight = new InFlight(() => now)
    const busy = fill(inFlight)
    const late = held()
    const done = inFlight.carry(step('late'), 1, late.work)
    await settle()
    expect([late.hasBegun(), inFlight.list().length]).toEqual([false, limits.attemptConcurrency + 1])
    now += 700
    expect(inFlight.list().map(({ waitedMs }) => waitedMs)).toEqual([...busy.map(() => 0), 700])
    busy[0]?.resolve('first')
    await settle()
    expect(late.hasBegun()).toBe(true)
    now += 5000
    expect(inFlight.list().at(-1)).toEqual({ step: 'late', attempt: 1, waitedMs: 700 })
    late.resolve('late')
    expect(await done).toBe('late')
    for (const { resolve } of busy) resolve('done')
    await Promise.all(busy.map((job) => job.done))
  })

  it('[OBJ8] an aborted attempt gives no result, whatever its work says', async () => {
    const inFlight = new InFlight(() => now)
    const { work, resolve, isAborted } = held()
    const done = inFlight.carry(step('charge'), 1, work)
    await settle()
    inFlight.abort(step('charge'))
    expect([isAborted(), inFlight.list()]).toEqual([true, []])
    resolve('too late')
    expect(await done).toBeNull()
  })

  it('[OBJ8] an attempt aborted in the queue never begins, and keeps no place', async () => {
    const inFlight = new InFlight(() => now)
    const busy = fill(inFlight)
    const queued = held()
    const next = held()
    const done = inFlight.carry(step('queued'), 1, queued.work)
    const nextDone = inFlight.carry(step('next'), 1, next.work)
    inFlight.abort(step('queued'))
    busy[0]?.resolve('free')
    await settle()
    expect([await done, queued.hasBegun(), next.hasBegun()]).toEqual([null, false, true])
    next.resolve('next')
    expect(await nextDone).toBe('next')
    for (const { resolve } of busy) resolve('done')
    await Promise.all(busy.map((job) => job.done))
  })

  it('[OBJ8] a newer attempt of the step takes the place of the older one', async () => {
    const inFlight = new InFlight(() => now)
    const old = held()
    const fresh = held()
    const oldDone = inFlight.carry(step('charge'), 1, old.work)
    await settle()
    const freshDone = inFlight.carry(step('charge'), 2, fresh.work)
    expect([old.isAborted(), inFlight.list()]).toEqual([true, [{ step: 'charge', attempt: 2, waitedMs: 0 }]])
    old.resolve('old')
    expect(await oldDone).toBeNull()
    expect(inFlight.list()).toEqual([{ step: 'charge', attempt: 2, waitedMs: 0 }])
    fresh.resolve('fresh')
    expect(await freshDone).toBe('fresh')
  })

  it('[OBJ9] no place is lost, whatever becomes of the attempts', async () => {
    const inFlight = new InFlight(() => now)
    for (let round = 0; round < 3; round += 1) {
      const jobs = Array.from({ length: limits.attemptConcurrency * 3 }, (_, index) => {
        const job = held()
        return { ...job, key: step(`step_${index}`), done: inFlight.carry(step(`step_${index}`), 1, job.work) }
      })
      const settled = Promise.allSettled(jobs.map(({ done }) => done))
      for (const [index, job] of jobs.entries()) {
        if (index % 3 === 0) inFlight.abort(job.key)
        if (index % 3 === 1) job.reject(new Error('a bug in a runner'))
        job.resolve('done')
      }
      await settled
    }
    const busy = fill(inFlight)
    await settle()
    expect(busy.map(({ hasBegun }) => hasBegun())).toEqual(busy.map(() => true))
    const extra = held()
    const done = inFlight.carry(step('extra'), 1, extra.work)
    await settle()
    expect(extra.hasBegun()).toBe(false)
    for (const { resolve } of busy) resolve('done')
    extra.resolve('extra')
    expect(await done).toBe('extra')
  })
})
