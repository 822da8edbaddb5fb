import { describe, expect, it } from 'vitest'

import { EventReader } from '../../../runtime/objects/event-reader.ts'
import { inMemoryEventLog } from '../../../runtime/storage/in-memory-event-log.ts'
import type { ExecutionEvent } from '../../../schemas/execution-events.ts'
import { limits } from '../../../schemas/limits.ts'
import { done } from '../../support/events.ts'

/** A log of outputs of so many characters, and which of its rows were read. */
function logged(...sizes: readonly number[]) {
  const log = inMemoryEventLog()
  const events = sizes.map((size, index): ExecutionEvent => done(`step_${index}`, 'x'.repeat(size)))
  log.append(events, 0)
  const reads: number[] = []
  const sizedAt = (position: number) => {
    reads.push(position)
    return log.sizedAt(position)
  }
  return { events, reads, reader: new EventReader({ ...log, position: log.position, sizedAt }) }
}

describe('reading events', () => {
  it('[OBJ17] an event that is read again and again is parsed once', () => {
    const { events, reads, reader } = logged(10, 10)
    for (let item = 0; item < 100; item += 1) expect([reader.read(1), reader.read(2)]).toEqual(events)
    expect(reads).toEqual([1, 2])
  })

  it('[OBJ17] those of the last turn are at hand', () => {
    const { events, reads, reader } = logged(10)
    reader.recorded(events, 7)
    expect(reader.read(8)).toBe(events[0])
    expect(reads).toEqual([])
    reader.recorded([], 9)
    expect(reader.read(1)).toEqual(events[0])
    expect(reads).toEqual([1])
  })

  it('[OBJ17] so many are kept, those that were read last', () => {
    const count = limits.keptEvents + 1
    const { reads, reader } = logged(...Array.from({ length: count }, () => 1))
    for (let position = 1; position < count; position += 1) reader.read(position)
    reader.read(1)
    reader.read(count)
    reads.length = 0
    reader.read(1)
    expect(reads).toEqual([])
    reader.read(2)
    expect(reads).toEqual([2])
  })

  it('[OBJ17] of so many characters, and one that alone has more is not kept', () => {
    const half = limits.keptEventChars / 2
    const { reads, reader } = logged(half, half, 10, 3 * half)
    for (const position of [1, 2, 3, 2, 3]) reader.read(position)
    expect(reads).toEqual([1, 2, 3])
    reader.read(1)
    expect(reads).toEqual([1, 2, 3, 1])
    reader.read(4)
    reader.read(4)
    expect(reads.slice(4)).toEqual([4, 4])
  })
})
