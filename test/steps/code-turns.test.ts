import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Turns } from '../../runtime/steps/code-turns.ts'
import { limits } from '../../schemas/limits.ts'

const MIB = 1024 * 1024
const slice = limits.codeSliceFuel
/** How long others have the process after a slice, for each long program. */
const restMs = (slice / limits.codeFuelPerMs) * limits.codeOthersShare

const made: Turns[] = []
type Options = { readonly mib?: number; readonly ms?: number; readonly signal?: AbortSignal }

function turns({ mib = 16, ms = 60_000, signal = new AbortController().signal }: Options = {}): Turns {
  const one = new Turns({
    now: () => Date.now(),
    sleep: (time) => new Promise((resolve) => setTimeout(resolve, time)),
    deadline: Date.now() + ms,
    signal,
    heapBytes: mib * MIB,
  })
  made.push(one)
  return one
}

/** What became of waiting after each of these milliseconds; undefined while it waits. */
async function cameOf<Result>(waiting: Promise<Result>, ...steps: readonly number[]): Promise<(Result | undefined)[]> {
  let came: Result | undefined
  void waiting.then((value) => {
    came = value
  })
  const seen: (Result | undefined)[] = []
  for (const ms of steps) {
    await vi.advanceTimersByTimeAsync(ms)
    seen.push(came)
  }
  return seen
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
})
afterEach(() => {
  // Who is long is the process's to remember.
  for (const one of made.splice(0)) one.end()
  vi.useRealTimers()
})

describe('the turns of a program', () => {
  it('[CODE25] begin a turn of the event loop later', async () => {
    expect(await cameOf(turns().begin(), 0)).toEqual([null])
  })

  it('[CODE25] leave the process to others for some times as long as a slice took', async () => {
    expect(await cameOf(turns().next(slice), restMs - 1, 1)).toEqual([undefined, null])
    expect(await cameOf(turns().next(10 * slice), 20 * restMs - 1, 1)).toEqual([undefined, null])
  })

  it('[CODE25] leave it to them as often as there are long programs', async () => {
    const [first, second, third] = [turns(), turns(), turns()]
    for (const one of [first, second, third]) expect(await cameOf(one.next(0), 0)).toEqual([null])
    expect(await cameOf(second.next(slice), 3 * restMs - 1, 1)).toEqual([undefined, null])
    third.end()
    expect(await cameOf(first.next(slice), 2 * restMs - 1, 1)).toEqual([undefined, null])
  })

  it('[CODE24] end with the attempt', async () => {
    const attempt = new AbortController()
    const resting = turns({ signal: attempt.signal }).next(slice)
    attempt.abort()
    expect(await cameOf(resting, restMs)).toEqual(['cancelled'])
  })

  it('[CODE24] end with its time', async () => {
    expect(await cameOf(turns({ ms: restMs }).next(slice), restMs)).toEqual(['late'])
    expect(await cameOf(turns({ ms: 0 }).begin(), 0)).toEqual(['late'])
  })
})

describe('long programs', () => {
  it('[CODE26] have room for so much memory together', async () => {
    for (const mib of [16, 32, 16]) expect(await cameOf(turns({ mib }).next(0), 0)).toEqual([null])
    expect(await turns({ mib: 16 }).next(0)).toBe('crowded')
  })

  it('[CODE26] wait for room in the order in which they came', async () => {
    const [first, second, third] = [turns({ mib: 64 }), turns({ mib: 64 }), turns({ mib: 16 })]
    expect(await cameOf(first.next(0), 0)).toEqual([null])
    expect([await second.next(0), await third.next(0)]).toEqual(['crowded', 'crowded'])
    const [placeOfSecond, placeOfThird] = [second.placeCame(), third.placeCame()]
    expect(await cameOf(placeOfSecond, 1_000)).toEqual([undefined])
    first.end()
    expect(await cameOf(placeOfSecond, limits.codePlaceMs)).toEqual([null])
    expect(await cameOf(placeOfThird, 1_000)).toEqual([undefined])
    second.end()
    expect(await cameOf(placeOfThird, 2 * limits.codePlaceMs)).toEqual([null])
  })

  it('[CODE26] that are cancelled, or out of time, wait no longer', async () => {
    expect(await cameOf(turns({ mib: 64 }).next(0), 0)).toEqual([null])
    const attempt = new AbortController()
    const [cancelled, late] = [turns({ signal: attempt.signal }), turns({ ms: 50 })]
    expect([await cancelled.next(0), await late.next(0)]).toEqual(['crowded', 'crowded'])
    const places = [cancelled.placeCame(), late.placeCame()] as const
    attempt.abort()
    await vi.advanceTimersByTimeAsync(100)
    expect(await Promise.all(places)).toEqual(['cancelled', 'late'])
  })

  it('[CODE26] that were lost with their object leave their room', async () => {
    expect(await cameOf(turns({ mib: 64 }).next(0), 0)).toEqual([null])
    // Nobody calls its `next` again.
    const second = turns()
    expect(await second.next(0)).toBe('crowded')
    const place = second.placeCame()
    expect(await cameOf(place, limits.codeLostMs, 2 * limits.codePlaceMs)).toEqual([undefined, null])
  })
})
