import { beforeAll, describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { failed } from './perform.ts'
import { runCode } from './run-code.ts'

/** More work than a slice. */
const counting = `export default () => {
  const all = []
  for (let i = 0; i < 20_000; i++) all.push({ i })
  return all.length
}`
const ends = async (fuel: number) => (await runCode(counting, { limits: { fuel } })).ok

/** What the program needs, to the unit. */
let fuel = 0
beforeAll(async () => {
  let [low, high]: [number, number] = [limits.codeSliceFuel, 10 * limits.codeSliceFuel]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (await ends(middle)) high = middle
    else low = middle
  }
  fuel = high
})

describe('what a program comes to', () => {
  it('[CODE4] is the same for the same input, to the unit', async () => {
    for (let run = 0; run < 5; run += 1) expect([await ends(fuel - 1), await ends(fuel)]).toEqual([false, true])
  })

  it('[CODE4] is the same beside others', async () => {
    const beside = Array.from({ length: 4 }, () => runCode('export default () => { for (;;); }'))
    const outcomes = await Promise.all([ends(fuel - 1), ends(fuel), ...beside])
    expect(outcomes.slice(0, 2)).toEqual([false, true])
  })

  it.each([
    ['is cut off in the middle of a built-in function', '[].indexOf.call({ length: 2 ** 53 - 1 }, 1)'],
    ['was interrupted', 'for (;;);'],
    ['nested too deep', `return ${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['filled its heap', 'const all = []; for (;;) all.push({ a: {} })'],
  ])('[CODE3] is the same after one that %s', async (_, body) => {
    for (const last of [false, true]) {
      await runCode(`export default () => { ${body} }`, { limits: { heapBytes: limits.codeHeapMinBytes } })
      expect(await ends(last ? fuel : fuel - 1)).toBe(last)
    }
  })
})

describe('how deep calls may nest', () => {
  const nesting = 'export default () => { let n = 0; const f = () => { n += 1; f() }; try { f() } catch {} return n }'
  const depth = async () => {
    const outcome = await runCode(nesting)
    return outcome.ok ? outcome.output : outcome.failure
  }

  it('[CODE3] is the same after a program that was cut off deep inside', async () => {
    const before = await depth()
    expect(before).toBeGreaterThan(500)
    const cutOff = 'const f = (n) => (n === 0 ? [].indexOf.call({ length: 2 ** 53 - 1 }, 1) : f(n - 1))'
    await runCode(`${cutOff}\nexport default () => f(300)`)
    expect(await depth()).toBe(before)
  })
})

describe('a program that is halted', () => {
  it('[CODE24] is cancelled before it runs', async () => {
    const outcome = await runCode('export default () => 1', { signal: AbortSignal.abort() })
    expect(failed(outcome).failure.code).toBe('cancelled')
  })

  it('[CODE24] is cancelled while it runs, in the middle', async () => {
    const attempt = new AbortController()
    let turns = 0
    const onTurn = () => {
      turns += 1
      if (turns === 3) attempt.abort()
    }
    const outcome = await runCode('export default () => { for (;;); }', { signal: attempt.signal, onTurn })
    expect(failed(outcome)).toMatchObject({ failure: { code: 'cancelled' }, retryable: false })
    expect(turns).toBe(3)
  })

  it('[CODE24] is late while it runs', async () => {
    const outcome = await runCode('export default () => { for (;;); }', { timeoutMs: 20 })
    expect(failed(outcome)).toMatchObject({ failure: { code: 'timeout' }, retryable: true })
  })
})

describe('programs at once', () => {
  const long = 'export default () => { let sum = 0; for (let i = 0; i < 1e5; i++) sum += i; return sum }'

  it('[CODE25] do not hold up a short one', async () => {
    const order: string[] = []
    const ended = (name: string) => (outcome: { ok: boolean }) => order.push(outcome.ok ? name : 'failed')
    const all = Array.from({ length: 6 }, () => runCode(long).then(ended('long')))
    await Promise.all([...all, runCode('export default () => 1').then(ended('short'))])
    expect(order).toEqual(['short', ...all.map(() => 'long')])
  })

  it('[CODE26] begin again when they find no room, and come to the same', async () => {
    const runs = Array.from({ length: 5 }, () => runCode(long, { limits: { heapBytes: limits.codeHeapBytes } }))
    expect(await Promise.all(runs)).toEqual(runs.map(() => ({ ok: true, output: 4_999_950_000 })))
  })
})
