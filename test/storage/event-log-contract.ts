import { expect, it } from 'vitest'

import { ClosedLog, type EventLog, MissingEvent, PositionConflict } from '../../runtime/storage/event-log.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import { logged, started } from './events.ts'

/** A place that a log is kept in, and what a test may do to it from outside. */
export type LogWorld = {
  /** Opens the log that is kept here, as after a restart. */
  readonly open: () => EventLog
  /** What the object does: everything that `body` writes is kept together, or nothing of it. */
  readonly transaction: <Result>(log: EventLog, body: () => Result) => Result
  /** Writes over the stored text of one event. */
  readonly damage: (position: number, text: string) => void
}

/** Every event log obeys these rules; each implementation runs them in a world of its own. */
export function eventLogContract(inWorld: (test: (world: LogWorld) => void) => Promise<void>): void {
  const withLog = (test: (log: EventLog, world: LogWorld) => void): Promise<void> =>
    inWorld((world) => test(world.open(), world))

  it('[LOG1] is empty at first, and reading it makes nothing', () =>
    withLog((log, { open }) => {
      expect([log.position, log.after(0, 10), log.snapshot()]).toEqual([0, [], null])
      expect(() => log.at(1)).toThrow(MissingEvent)
      expect(open().position).toBe(0)
    }))

  it('[LOG1] reads back what was appended, at dense positions from 1', () =>
    withLog((log) => {
      log.append([started, logged('one')], 0)
      log.append([logged('two')], 2)
      expect(log.position).toBe(3)
      expect(log.after(0, 10)).toEqual([
        { ...started, position: 1 },
        { ...logged('one'), position: 2 },
        { ...logged('two'), position: 3 },
      ])
      expect(log.at(3)).toEqual(logged('two'))
      expect(log.sizedAt(3)).toEqual({ event: logged('two'), chars: JSON.stringify(logged('two')).length })
      expect(() => log.sizedAt(4)).toThrow(MissingEvent)
    }))

  it('[LOG1] keeps a batch of any length in order', () =>
    withLog((log) => {
      const batch = Array.from({ length: 78 }, (_, index) => logged(`line ${index + 2}`))
      log.append([started, ...batch], 0)
      expect(log.position).toBe(79)
      expect(log.after(1, 1000).map(({ position, ...event }) => [position, event])).toEqual(
        batch.map((event, index) => [index + 2, event]),
      )
    }))

  it('[LOG2] refuses an append at another position and keeps the log as it was', () =>
    withLog((log) => {
      log.append([started], 0)
      for (const wrong of [0, 2]) expect(() => log.append([logged('lost')], wrong)).toThrow(PositionConflict)
      expect(log.after(0, 10)).toEqual([{ ...started, position: 1 }])
      log.append([logged('kept')], 1)
      expect(log.at(2)).toEqual(logged('kept'))
    }))

  it('[LOG2] shows only the tail after a position, and nothing past the end', () =>
    withLog((log) => {
      log.append([started, logged('one'), logged('two'), logged('three')], 0)
      expect(log.after(1, 2).map(({ position }) => position)).toEqual([2, 3])
      expect(log.after(3, 2).map(({ position }) => position)).toEqual([4])
      expect(log.after(4, 2)).toEqual([])
      expect(log.after(40, 2)).toEqual([])
      for (const missing of [0, 5]) expect(() => log.at(missing)).toThrow(MissingEvent)
    }))

  it('[LOG3] ends a page where the next event would not fit, but gives at least one', () =>
    withLog((log) => {
      log.append([started, logged('a'.repeat(1000)), logged('b'.repeat(1000)), logged('c')], 0)
      const chars = JSON.stringify(logged('a'.repeat(1000))).length
      expect(log.after(1, 10, chars * 2).map(({ position }) => position)).toEqual([2, 3])
      expect(log.after(1, 10, chars * 2 - 1).map(({ position }) => position)).toEqual([2])
      expect(log.after(1, 10, 1).map(({ position }) => position)).toEqual([2])
    }))

  it('[LOG3] ends a page at the first event that does not fit, though a shorter one follows', () =>
    withLog((log) => {
      log.append([started, logged('a'), logged('b'.repeat(1000)), logged('c')], 0)
      expect(log.after(1, 10, 500).map(({ position }) => position)).toEqual([2])
    }))

  it('[LOG4] keeps the newest snapshot only', () =>
    withLog((log, { open }) => {
      log.append([started, logged('one')], 0)
      log.saveSnapshot({ position: 1, state: { steps: [] } })
      log.saveSnapshot({ position: 2, state: { steps: [['one', { taken: 1 }]] } })
      const kept = { position: 2, state: { steps: [['one', { taken: 1 }]] } }
      expect(log.snapshot()).toEqual(kept)
      expect(open().snapshot()).toEqual(kept)
    }))

  it('[LOG4] keeps a snapshot of any size, cut between characters', () =>
    withLog((log, { open }) => {
      log.append([started], 0)
      for (const shift of ['', 'a']) {
        const snapshot = { position: 1, state: { text: shift + '😀'.repeat(1_000_000) } }
        log.saveSnapshot(snapshot)
        expect(open().snapshot()).toEqual(snapshot)
      }
    }))

  it('[LOG5] is the same after it is opened again', () =>
    withLog((log, { open }) => {
      log.append([started, logged('one')], 0)
      const again = open()
      expect(again.position).toBe(2)
      again.append([logged('two')], 2)
      expect(again.after(0, 10)).toEqual([
        { ...started, position: 1 },
        { ...logged('one'), position: 2 },
        { ...logged('two'), position: 3 },
      ])
    }))

  it('[LOG5] gives copies: changing what was read or written changes nothing here', () =>
    withLog((log) => {
      const event = logged('one')
      log.append([started, event], 0)
      Object.assign(event, { output: 'changed' })
      Object.assign(log.at(2), { output: 'changed' })
      expect(log.at(2)).toEqual(logged('one'))
    }))

  it('[LOG6] writes no event that the schema does not know, and nothing of its batch', () =>
    withLog((log) => {
      const broken = { ...logged('one'), at: 'noon' } as unknown as ExecutionEvent
      expect(() => log.append([started, broken], 0)).toThrow(/at/)
      expect(log.position).toBe(0)
      log.append([started], 0)
      expect(log.position).toBe(1)
    }))

  it('[LOG6] refuses to read an event that is damaged, or of a kind that this code does not know', () =>
    withLog((log, { damage, open }) => {
      log.append([started, logged('one'), logged('two')], 0)
      for (const text of ['{"type":"StepSucc', '{}', JSON.stringify({ ...logged('one'), type: 'StepDreamt' })]) {
        damage(2, text)
        expect(() => open().at(2)).toThrow()
        expect(() => open().after(0, 10)).toThrow()
        expect(open().at(3)).toEqual(logged('two'))
      }
    }))

  it('[LOG7] is as it was when the transaction around an append is rolled back', () =>
    withLog((log, { transaction, open }) => {
      const rolledBack = (): void =>
        transaction(log, () => {
          log.append([log.position === 0 ? started : logged('lost')], log.position)
          log.saveSnapshot({ position: log.position, state: 'lost' })
          throw new Error('the turn broke')
        })
      // The first append makes the tables too, so it is a case of its own.
      expect(rolledBack).toThrow('the turn broke')
      expect([log.position, log.after(0, 10), log.snapshot()]).toEqual([0, [], null])
      transaction(log, () => log.append([started], 0))
      expect(rolledBack).toThrow('the turn broke')
      expect([log.position, log.snapshot()]).toEqual([1, null])
      transaction(log, () => log.append([logged('kept')], 1))
      expect(open().after(0, 10)).toEqual([
        { ...started, position: 1 },
        { ...logged('kept'), position: 2 },
      ])
    }))
  it('[LOG8] that is closed while it is empty stays empty, also when it is opened again', () =>
    withLog((log, { transaction, open }) => {
      const closeAndBreak = (): void => {
        log.close()
        throw new Error('the turn broke')
      }
      expect(() => transaction(log, closeAndBreak)).toThrow('the turn broke')
      expect([log.isClosed, log.position]).toEqual([false, 0])
      transaction(log, () => log.close())
      transaction(log, () => log.close())
      expect(() => transaction(log, () => log.append([started], 0))).toThrow(ClosedLog)
      expect([log.isClosed, open().isClosed, open().position]).toEqual([true, true, 0])
    }))

  it('[LOG8] is not closed when something is in it', () =>
    withLog((log) => {
      log.append([started], 0)
      expect(() => log.close()).toThrow(PositionConflict)
      expect([log.isClosed, log.position]).toEqual([false, 1])
    }))
}
