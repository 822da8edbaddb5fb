import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { leaveTurn, turnCame } from '../../runtime/steps/code-turns.ts'
import { limits } from '../../schemas/limits.ts'

const now = () => Date.now()
const never = new AbortController().signal
/** A run of this many milliseconds has just ended. */
const ran = (ms: number): void => leaveTurn(now() - ms, ms * limits.codeFuelPerMs)

/** What became of waiting for a turn after each of these milliseconds; undefined while it waits. */
async function cameAfter(waiting: Promise<boolean>, ...steps: readonly number[]): Promise<(boolean | undefined)[]> {
  let came: boolean | undefined
  void waiting.then((value) => {
    came = value
  })
  const seen: (boolean | undefined)[] = []
  for (const ms of steps) {
    await vi.advanceTimersByTimeAsync(ms)
    seen.push(came)
  }
  return seen
}

describe('the turns of code', () => {
  let day = 1_800_000_000_000
  beforeEach(() => {
    // What ran is the process's to remember, so each test has a day of its own.
    day += 86_400_000
    vi.useFakeTimers({ now: day })
  })
  afterEach(() => vi.useRealTimers())

  it('[CODE25] are a turn of the event loop away when nothing ran', async () => {
    expect(await cameAfter(turnCame(now, now() + 1_000, never), 0)).toEqual([true])
  })

  it('[CODE25] leave five times as long to others as the last one took', async () => {
    ran(20)
    expect(await cameAfter(turnCame(now, now() + 1_000, never), 99, 1)).toEqual([undefined, true])
  })

  it('[CODE25] do not wait for a short run', async () => {
    ran(limits.codeShortMs)
    expect(await cameAfter(turnCame(now, now() + 1_000, never), 0)).toEqual([true])
  })

  it('[CODE25] come one after the other', async () => {
    ran(20)
    const [first, second] = [turnCame(now, now() + 1_000, never), turnCame(now, now() + 1_000, never)]
    void first.then(() => leaveTurn(now(), 10 * limits.codeFuelPerMs))
    expect(await cameAfter(second, 100, 59, 1)).toEqual([undefined, undefined, true])
  })

  it('[CODE25] do not come to who was cancelled, or has no time left', async () => {
    ran(20)
    expect(await cameAfter(turnCame(now, now() + 1_000, AbortSignal.abort()), 100)).toEqual([false])
    ran(20)
    expect(await cameAfter(turnCame(now, now() + 60, never), 100)).toEqual([false])
  })

  it('[CODE25] do not wait for a clock that was set back', async () => {
    leaveTurn(now() + 3_600_000, 20 * limits.codeFuelPerMs)
    expect(await cameAfter(turnCame(now, now() + 1_000, never), 0)).toEqual([true])
  })
})
