import { describe, expect, it } from 'vitest'

import { Heap } from '../../runtime/steps/code-heap.ts'
import { limits } from '../../schemas/limits.ts'

const KIB = 1024
const page = 64 * KIB

function heap() {
  const paid: number[] = []
  const made = new Heap((pages) => paid.push(pages))
  const pages = new WebAssembly.Global({ value: 'i32', mutable: true }, 0)
  made.begin(pages, 5 * page - 1)
  return { heap: made, pages, paid, bytes: () => new Uint8Array(made.memory.buffer) }
}

describe('the heap of an engine', () => {
  it('[CODE3] puts back every byte, and forgets every page', () => {
    const { heap: one, pages, bytes } = heap()
    bytes().fill(1, 0, 5 * page)
    one.remember()
    expect(one.grow(7 * page)).toBe(1)
    bytes().fill(2, 0, 7 * page)
    one.forget()
    expect(pages.value).toBe(5)
    expect(bytes().findIndex((byte) => byte !== 1)).toBe(5 * page)
    expect(bytes().findLastIndex((byte) => byte !== 0)).toBe(5 * page - 1)
  })

  it('[CODE11] shows no more than what was asked for, whatever there is', () => {
    const { heap: one, pages } = heap()
    expect([one.grow(6 * page - 1), pages.value]).toEqual([1, 6])
    expect(one.memory.buffer.byteLength).toBe(limits.codeHeapMinBytes)
  })

  it('[CODE11] is no larger than it may be, and says that more was asked for', () => {
    const { heap: one, pages, paid } = heap()
    one.allow(limits.codeHeapMinBytes + page)
    expect([one.grow(limits.codeHeapMinBytes + page), one.wasRefused]).toEqual([1, false])
    expect([one.grow(limits.codeHeapMinBytes + page + 1), one.wasRefused]).toEqual([0, true])
    expect(pages.value * page).toBe(limits.codeHeapMinBytes + page)
    // What it begins with is free; then a page, and a refusal.
    expect(paid).toEqual([1, 1])
    one.extend(page)
    expect(one.grow(limits.codeHeapMinBytes + page + 1)).toBe(1)
    // The engine counts without a sign.
    expect(one.grow(-1)).toBe(0)
  })

  it('[CODE3] that has grown is not kept', () => {
    const { heap: one } = heap()
    one.allow(limits.codeHeapBytes)
    expect(one.isLarge).toBe(false)
    one.grow(limits.codeHeapMinBytes + 1)
    expect(one.isLarge).toBe(true)
  })
})
