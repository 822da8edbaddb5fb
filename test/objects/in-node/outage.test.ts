import { describe, expect, it } from 'vitest'

import type { StartRequest } from '../../../runtime/objects/start.ts'
import { faultOrBug, isStorageFault, StorageFault } from '../../../runtime/objects/storage-fault.ts'
import { WorkflowStorage } from '../../../runtime/objects/workflow-storage.ts'
import type { AttemptOutcome } from '../../../runtime/steps/step-runner.ts'
import { limits } from '../../../schemas/limits.ts'
import { delay, graphOf, http, make, start } from '../../support/graphs.ts'
import { ExecutionWorld } from './execution-world.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { startedReport } from './workflow-world.ts'

const resting = graphOf([start, delay('rest', 60_000), make('after')], ['start -> rest', 'rest -> after'])
const calling = graphOf([start, http('charge', { once: true }), http('ship')], ['start -> charge', 'charge -> ship'])
const tryAgain = 'the storage did not answer, try again: database or disk is full: SQLITE_FULL'

function begun(graph = resting) {
  const disk = new FaultyDisk()
  const world = new ExecutionWorld(disk.openLog)
  const answers: ((outcome: AttemptOutcome) => void)[] = []
  world.runner = () => new Promise((resolve) => answers.push(resolve))
  world.start(graph, JSON.stringify(graph))
  const cancel = () => world.execution.handle({ type: 'CancelExecution', now: world.now, reason: 'enough' })
  /** The alarm comes. */
  const ring = (): number => {
    const at = world.alarmAt ?? Number.NaN
    world.alarmAt = null
    world.now = at
    world.execution.wake()
    return at
  }
  return { disk, world, answers, cancel, ring }
}

describe('a storage that does not answer', () => {
  it('[OBJ26] changes nothing, and the caller is told to try again', () => {
    const { disk, world, cancel } = begun()
    const before = world.execution.view()
    disk.beforeCommit = () => {
      throw new Error('database or disk is full: SQLITE_FULL')
    }
    expect(cancel).toThrow(new StorageFault(new Error('database or disk is full: SQLITE_FULL')))
    expect(cancel).toThrow(tryAgain)
    disk.mend()
    expect(world.execution.view()).toEqual(before)
    expect(cancel()).toMatchObject({ ok: true })
    expect([world.execution.view()?.status, world.alarmAt, world.faults]).toEqual(['cancelled', null, [tryAgain]])
  })

  it('[OBJ26] is asked again by the alarm, less and less often, and what was due is done then', () => {
    const { disk, world, ring } = begun()
    world.now += 60_000
    disk.beforeStatement = (query) => {
      if (query.startsWith('INSERT')) throw new Error('disk I/O error: SQLITE_IOERR_WRITE')
    }
    world.execution.wake()
    const first = world.now
    const waits = Array.from({ length: 9 }, () => {
      const before = world.now
      return ring() - before
    })
    expect(waits).toEqual([1, 1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1000))
    expect([world.execution.quarantine, world.faults.length, world.now - first]).toEqual([null, 1, 184_000])
    disk.mend()
    ring()
    expect(world.execution.view()?.status).toBe('succeeded')
  })

  it('[OBJ26] is asked again by a timer, while not even an alarm can be set', async () => {
    const { disk, world } = begun()
    world.now += 60_000
    disk.fail()
    world.alarmAt = null
    world.execution.wake()
    await world.settle()
    expect([world.alarmAt, world.execution.quarantine]).toEqual([null, null])
    disk.mend()
    await world.settle()
    expect(world.execution.view()?.status).toBe('succeeded')
  })

  it('[OBJ26] keeps nothing of a start, which can be repeated', () => {
    const disk = new FaultyDisk()
    const world = new ExecutionWorld(disk.openLog)
    disk.fail()
    expect(() => world.start(resting, 'resting')).toThrow(tryAgain)
    disk.mend()
    expect([world.execution.view(), world.types()]).toEqual([null, []])
    expect(world.start(resting, 'resting').ok).toBe(true)
  })

  it('[OBJ26] shows nothing and quarantines nothing, whoever reads', () => {
    const { disk, world } = begun()
    world.restart()
    disk.fail()
    for (const read of [
      () => world.execution.view(),
      () => world.execution.events(0, 10),
      () => world.execution.stateAt(2),
    ]) {
      expect(read).toThrow(tryAgain)
    }
    disk.mend()
    expect(world.execution.view()?.status).toBe('waiting')
  })

  it('[OBJ26] keeps an object from loading, which says nothing about its log', () => {
    const { disk, world } = begun()
    disk.beforeStatement = (query) => {
      if (query.includes('body FROM events')) throw new Error('disk I/O error: SQLITE_IOERR_READ')
    }
    expect(() => world.restart()).toThrow('the storage did not answer')
    disk.mend()
    world.restart()
    expect(world.execution.view()?.status).toBe('waiting')
  })

  it('[OBJ27] loses no answer: what was done outside is recorded when it answers, and not done twice', async () => {
    const { disk, world, answers, ring } = begun(calling)
    await world.settle()
    disk.fail()
    answers[0]?.({ ok: true, output: { status: 200 } })
    disk.beforeStatement = () => undefined
    await world.settle()
    expect([world.types().at(-1), world.execution.quarantine]).toEqual(['AttemptStarted', null])
    disk.mend()
    ring()
    await world.settle()
    expect(world.types()).toEqual(['ExecutionStarted', 'AttemptStarted', 'StepSucceeded', 'AttemptStarted'])
    expect(answers).toHaveLength(2)
  })

  it('[OBJ28] may have kept what seemed to fail: that is acted on as if nothing had been', async () => {
    const { disk, world, answers } = begun(calling)
    await world.settle()
    const before = world.published.length
    disk.afterCommit = () => {
      disk.afterCommit = () => undefined
      throw new Error('disk I/O error: SQLITE_IOERR_FSYNC')
    }
    answers[0]?.({ ok: true, output: { status: 200 } })
    await world.settle()
    expect(world.published).toHaveLength(before)
    world.execution.wake()
    await world.settle()
    expect(world.published.slice(before).map(({ type, position }) => [type, position])).toEqual([
      ['StepSucceeded', 3],
      ['AttemptStarted', 4],
      ['AttemptIgnored', 5],
    ])
    expect(answers).toHaveLength(2)
    answers[1]?.({ ok: true, output: { status: 200 } })
    await world.settle()
    expect(world.execution.view()?.status).toBe('succeeded')
  })

  it('[OBJ28] may have kept rows of an index that seemed to fail: what follows is numbered after them', () => {
    const disk = new FaultyDisk()
    const index = new WorkflowStorage(disk.storage, () => 0)
    const write = (id: string): void => {
      const report = startedReport(id, { workflowId: 'orders', version: 1, triggerNode: 'start' } as StartRequest, 0)
      index.transaction(() =>
        index.store.write({ deliveries: [], starts: [], reports: [{ report, checkAt: null }] }, 0),
      )
    }
    write('one')
    disk.afterCommit = () => {
      disk.afterCommit = () => undefined
      throw new Error('disk I/O error: SQLITE_IOERR_FSYNC')
    }
    expect(() => write('two')).toThrow('the storage did not answer')
    write('three')
    expect(index.store.changes(0, 10).map(({ change, report }) => [change, report.id])).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ])
  })

  it('[OBJ29] that answers with a log which does not verify quarantines the execution, with nothing appended', () => {
    for (const damage of [
      "UPDATE events SET body = '{}' WHERE position = 2",
      'DELETE FROM events WHERE position = 2',
    ]) {
      const { disk, world, cancel } = begun()
      disk.fail()
      expect(cancel).toThrow(tryAgain)
      disk.mend()
      disk.database.exec(damage)
      expect(cancel()).toMatchObject({ ok: false, rejection: { reason: 'quarantined' } })
      expect(world.execution.quarantine).toMatch(/^the log (did not verify after|ends at) position 1/)
      expect(world.reports.at(-1)).toMatchObject({ status: 'quarantined' })
    }
  })
})

describe('an error of the storage', () => {
  it('[OBJ29] is a fault of the storage unless it says that the call or what is stored is wrong', () => {
    const told = (message: string) => faultOrBug(new Error(message))
    for (const message of [
      'database or disk is full: SQLITE_FULL',
      'disk I/O error: SQLITE_IOERR_FSYNC',
      'database is locked: SQLITE_BUSY',
      'Durable Object storage operation exceeded timeout which caused object to be reset.',
    ]) {
      expect(told(message)).toBeInstanceOf(StorageFault)
    }
    for (const message of [
      'database disk image is malformed: SQLITE_CORRUPT',
      'file is not a database: SQLITE_NOTADB',
      'UNIQUE constraint failed: events.position: SQLITE_CONSTRAINT_PRIMARYKEY',
      'no such table: events: SQLITE_ERROR',
      'string or blob too big: SQLITE_TOOBIG',
    ]) {
      expect(told(message)).not.toBeInstanceOf(StorageFault)
    }
    expect(faultOrBug(new TypeError('a binding is no value'))).toBeInstanceOf(TypeError)
  })

  it('[OBJ26] is known by its message, which is all that another object is told', () => {
    const fault = new StorageFault(new Error('busy'))
    expect([isStorageFault(fault), isStorageFault(new Error(`Error: ${fault.message}`))]).toEqual([true, true])
    expect([isStorageFault(new Error('busy')), isStorageFault('busy')]).toEqual([false, false])
  })

  it('[OBJ26] waits no longer than the index would', () => {
    expect(limits.againMaxMs).toBeLessThan(limits.quarantineAskMs)
  })
})
