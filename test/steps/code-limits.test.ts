import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { failed } from './perform.ts'
import { runCode } from './run-code.ts'

/** Programs that mean harm. Each must end; how soon is measured by the bench. */
const outOfFuel = {
  'an endless loop': 'for (;;);',
  'an endless loop that catches': 'for (;;) try { for (;;); } catch {} finally { continue }',
  'recursion that catches': 'const f = () => { try { f() } catch { f() } }; f()',
  'an endless generator': 'function* all() { for (;;) yield 1 }; for (const one of all());',
  'a pattern that backtracks': '/^(a+)+$/.test("a".repeat(40) + "b")',
  'many patterns that backtrack': 'for (;;) /(.*)(.*)(.*)x/.test("a".repeat(1000))',
  // Built-in functions are one call each, and never ask whether to go on.
  'a search in a list of any length': '[].indexOf.call({ length: 2 ** 53 - 1 }, 1)',
  'moving a list of any length': '[].unshift.call({ length: 2 ** 53 - 9 }, 1)',
  'sorting a list of any length': '[].sort.call({ length: 2 ** 53 - 1 })',
  'a search in a text, backwards all the time': '"a".repeat(1e6).indexOf("a".repeat(5e5) + "b")',
  'a list that is itself many times': 'let all = []; for (let i = 0; i < 40; i++) all = [all, all]; all.flat(Infinity)',
  'a list that is itself many times, written':
    'let all = []; for (let i = 0; i < 40; i++) all = [all, all]; return String(all)',
  'products of large numbers': 'let n = 2n ** 500_000n - 1n; for (;;) n * n',
  'a large number in decimals': '(2n ** 1_000_000n - 1n).toString()',
  'lists that are filled and dropped': 'for (;;) new Array(1e5).fill(1)',
  'memory that is copied': 'const bytes = new Uint8Array(4e6); for (;;) bytes.copyWithin(1, 0)',
  'memory that is allocated and dropped': 'for (;;) new Uint8Array(4e6)',
  'texts that are cut': 'const text = "x".repeat(2e6); for (;;) text.slice(1)',
  'texts that are split': 'const text = "a".repeat(2e5); for (;;) text.split("")',
  'texts that are normalized': 'const text = "\\u1e9b\\u0323".repeat(2e5); for (;;) text.normalize("NFKD")',
  'a list that is sorted':
    'const all = Array.from({ length: 1e5 }, (_, i) => (i * 7919) % 100003); for (;;) all.slice().sort()',
  'JSON that is read': 'const text = JSON.stringify(Array(5e3).fill({ a: [1] })); for (;;) JSON.parse(text)',
  'rubbish in circles': 'for (;;) { const a = {}; a.a = a }',
  'a promise after the other': 'const f = () => Promise.resolve().then(f); return f()',
  'an endless loop in a promise': 'return Promise.resolve().then(() => { for (;;); })',
  'refused memory that is asked for again':
    'const all = []; for (;;) try { for (;;) all.push(new Uint8Array(1e5)) } catch {}',
  'an output that never ends': 'return { toJSON() { for (;;); } }',
} as const

const outOfMemory = {
  // Near the end of the heap this held the process for 3 to 9 seconds, whatever QuickJS's own limit said.
  'lists that are filled and kept': 'const all = []; for (;;) all.push(new Array(1e5).fill(1))',
  'buffers that are kept': 'const all = []; for (;;) all.push(new Uint8Array(1e5))',
  'small buffers that are kept': 'const all = []; for (;;) all.push(new Uint8Array(4e3))',
  'one buffer that is too large': 'new Uint8Array(1e9)',
} as const

const tooDeep = {
  'a function that calls itself': 'const f = () => f(); f()',
  'a getter that reads itself': 'const o = { get a() { return this.a } }; o.a',
  'a source that nests too deep': `return ${'['.repeat(30_000)}${']'.repeat(30_000)}`,
} as const

const ending = async (body: string) => {
  const { failure, retryable } = failed(await runCode(`export default () => { ${body} }`))
  return { code: failure.code, retryable }
}

describe('a program that does not end', () => {
  it.each(Object.entries(outOfFuel))('[CODE10] %s runs out of fuel', async (_, body) => {
    expect(await ending(body)).toEqual({ code: 'code_out_of_fuel', retryable: false })
  })

  it('[CODE10] cannot catch that', async () => {
    const source =
      'export default async () => { try { await null; for (;;); } catch { return 1 } finally { return 2 } }'
    expect(failed(await runCode(source)).failure.code).toBe('code_out_of_fuel')
  })

  it.each([
    '(async () => { await null; for (;;); })(); return 2',
    'return (async () => { await null; for (;;); })().catch(() => 2)',
  ])('[CODE10] cannot hide it in a promise: %s', async (body) => {
    expect(await ending(body)).toEqual({ code: 'code_out_of_fuel', retryable: false })
  })

  it('[CODE10] may be in the module itself', async () => {
    expect(failed(await runCode('for (;;);\nexport default 1')).failure.code).toBe('code_out_of_fuel')
  })

  it('[CODE13] waits for a promise that nothing settles', async () => {
    expect(await ending('return new Promise(() => {})')).toEqual({ code: 'code_never_settled', retryable: false })
    const source = 'await new Promise(() => {})\nexport default () => 1'
    expect(failed(await runCode(source)).failure.code).toBe('code_never_settled')
  })
})

describe('a program that takes all', () => {
  it.each(Object.entries(outOfMemory))('[CODE11] %s: the heap is full', async (_, body) => {
    expect(await ending(body)).toEqual({ code: 'code_out_of_memory', retryable: false })
  })

  it.each([
    ['no room for its error either', 'for (;;) all.push({ a: {} })'],
    ['no room to go on after it', 'try { for (;;) all.push({ a: {} }) } catch {} await null'],
    ['no room to settle a promise', 'try { for (;;) all.push({ a: {} }) } catch {} return new Promise(() => {})'],
  ])('[CODE11] small objects that are kept: the heap is full, with %s', async (_, body) => {
    const source = `const all = []; export default async () => { ${body} }`
    const outcome = await runCode(source, { limits: { fuel: limits.codeFuel, heapBytes: limits.codeHeapMinBytes } })
    expect(failed(outcome).failure.code).toBe('code_out_of_memory')
  })

  it('[CODE11] can say where it failed when there is no room left', async () => {
    const source = `
      const all = [], error = new Error('early'.repeat(1000))
      const fill = (size) => { try { for (;;) all.push('y'.repeat(size)) } catch {} }
      export default () => {
        for (const size of [1e6, 1e5, 1e4, 1e3]) fill(size)
        throw error
      }`
    const outcome = await runCode(source, { limits: { fuel: limits.codeFuel, heapBytes: limits.codeHeapMinBytes } })
    expect(failed(outcome).failure).toMatchObject({ code: 'code_error', details: { line: 2 } })
  })

  it('[CODE11] may be too small for its input already', async () => {
    const input = Array.from({ length: 100_000 }, () => ({ a: {} }))
    const outcome = await runCode('export default () => 1', { input, limits: { heapBytes: limits.codeHeapMinBytes } })
    expect(failed(outcome).failure.code).toBe('code_out_of_memory')
  })

  it('[CODE11] pays for each refusal', async () => {
    const source = (times: number) =>
      `export default () => { for (let i = 0; i < ${times}; i++) try { new Uint8Array(1e9) } catch {} return 'done' }`
    expect(await runCode(source(500))).toEqual({ ok: true, output: 'done' })
    expect(failed(await runCode(source(5_000))).failure.code).toBe('code_out_of_fuel')
  })

  it('[CODE11] may catch that and go on with less', async () => {
    const source = 'export default () => { try { new Uint8Array(1e9) } catch (error) { return error.message } }'
    expect(await runCode(source)).toEqual({ ok: true, output: 'out of memory' })
  })

  it('[CODE12] of the stack: calls may nest some hundred deep', async () => {
    const source = 'const sum = (n) => (n === 0 ? 0 : n + sum(n - 1))\nexport default () => sum(500)'
    expect(await runCode(source)).toEqual({ ok: true, output: 125_250 })
  })

  it.each(Object.entries(tooDeep))('[CODE12] %s is stopped', async (_, body) => {
    expect(await ending(body)).toEqual({ code: 'code_stack_overflow', retryable: false })
  })
})

describe('the engine', () => {
  it('[CODE3] lets go of what programs filled', async () => {
    for (let run = 0; run < 10; run += 1) {
      const { failure } = failed(await runCode('export default () => { new Uint8Array(2e7); new Uint8Array(1e9) }'))
      expect(failure.code).toBe('code_out_of_memory')
    }
  })
})
