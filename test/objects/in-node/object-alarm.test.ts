import { describe, expect, it } from 'vitest'

import { ObjectAlarm } from '../../../runtime/objects/object-alarm.ts'
import { WorkflowStorage } from '../../../runtime/objects/workflow-storage.ts'

const t0 = 1_800_000_000_000

/** The three calls of an object's storage that an alarm needs. */
function world(at: number | null = null) {
  const storage = { at, writes: 0 }
  const calls = {
    getAlarm: async () => storage.at,
    setAlarm: async (wanted: number) => {
      storage.at = wanted
      storage.writes += 1
    },
    deleteAlarm: async () => {
      storage.at = null
      storage.writes += 1
    },
  }
  return { storage, calls, alarm: new ObjectAlarm(calls) }
}

describe('the alarm of an object', () => {
  it('[ALM1] what is set already costs no write', () => {
    const { storage, alarm } = world()
    alarm.set(t0 + 5, t0)
    alarm.set(t0 + 5, t0 + 1)
    expect(storage).toEqual({ at: t0 + 5, writes: 1 })
    alarm.set(null, t0)
    alarm.set(null, t0)
    expect(storage).toEqual({ at: null, writes: 2 })
  })

  it('[ALM1] a new object has none, and removing it costs no write', () => {
    const { storage, alarm } = world()
    alarm.isUnset()
    alarm.set(null, t0)
    expect(storage.writes).toBe(0)
  })

  it('[ALM2] an instant that has passed is the next millisecond', () => {
    const { storage, alarm } = world()
    alarm.set(t0 - 1000, t0)
    expect(storage.at).toBe(t0 + 1)
  })

  it('[ALM3] after a rollback, and after it has fired, it is set again', () => {
    const { storage, alarm } = world()
    for (const forget of [() => alarm.forget(), () => alarm.fired()]) {
      alarm.set(t0 + 5, t0)
      storage.at = null
      forget()
      alarm.set(t0 + 5, t0)
      expect(storage.at).toBe(t0 + 5)
    }
  })

  it('[ALM3] it is set again also when the tables cannot be read after the rollback', () => {
    const { storage, calls } = world()
    let isReadable = true
    const exec = () => {
      if (!isReadable) throw new Error('the disk could not be read')
      return { toArray: () => [] }
    }
    const kept = new WorkflowStorage({ ...calls, sql: { exec }, transactionSync: (body) => body() }, () => t0)
    isReadable = false
    const turn = () => {
      kept.wakeAt(t0 + 5)
      throw new Error('the disk is full')
    }
    expect(() => kept.transaction(turn)).toThrow('the disk is full')
    storage.at = null
    isReadable = true
    kept.transaction(() => kept.wakeAt(t0 + 5))
    expect(storage.at).toBe(t0 + 5)
  })

  it('[ALM4] one that comes soon enough stays; a later one, or a lost one, is moved', () => {
    const { storage, alarm } = world()
    alarm.comeBy(null, t0)
    expect(storage).toEqual({ at: null, writes: 0 })
    alarm.comeBy(t0 + 10, t0)
    alarm.comeBy(t0 + 20, t0)
    expect(storage).toEqual({ at: t0 + 10, writes: 1 })
    alarm.comeBy(t0 + 5, t0)
    expect(storage).toEqual({ at: t0 + 5, writes: 2 })
    // It is a minute late: nobody will bring it any more.
    alarm.comeBy(t0 + 61_000, t0 + 60_005)
    expect(storage.at).toBe(t0 + 61_000)
  })

  it('[ALM4] waking repairs what the platform lost', async () => {
    const repaired = async (at: number | null, wanted: number): Promise<number | null> => {
      const { storage, alarm } = world(at)
      await alarm.repair(wanted, t0)
      return storage.at
    }
    expect(await repaired(null, t0 + 5)).toBe(t0 + 5)
    expect(await repaired(t0 + 9, t0 + 5)).toBe(t0 + 5)
    expect(await repaired(t0 + 1, t0 + 5)).toBe(t0 + 1)
    expect(await repaired(t0 - 59_000, t0 - 59_000)).toBe(t0 - 59_000)
    expect(await repaired(t0 - 61_000, t0 - 61_000)).toBe(t0 + 1)
  })
})
