import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { failed } from './perform.ts'
import { performCode, runCode } from './run-code.ts'

const output = async (source: string, input: unknown = null) => {
  const outcome = await runCode(source, { input })
  return outcome.ok ? outcome.output : outcome.failure
}
const code = async (source: string) => failed(await runCode(source)).failure.code
const message = async (source: string) => failed(await runCode(source)).failure.message
const details = async (source: string) => failed(await runCode(source)).failure.details

describe('a run', () => {
  it.each([
    ['a function', 'export default ({ price }) => price * 2'],
    ['a promise', 'export default async ({ price }) => price + (await Promise.resolve(price))'],
    ['a module that waits itself', 'const two = await Promise.resolve(2)\nexport default ({ price }) => price * two'],
    ['an export under another name', 'function twice({ price }) { return price * 2 }\nexport { twice as default }'],
  ])('[CODE1] gives the output of %s', async (_, source) => {
    expect(await output(source, { price: 21 })).toBe(42)
  })

  it('[CODE1] takes undefined for null', async () => {
    expect(await output('export default () => {}')).toBeNull()
  })

  it.each(['export const answer = 42', 'export default 42'])('[CODE1] needs a default function: %s', async (source) => {
    expect(await code(source)).toBe('code_no_default')
  })

  it('[CODE1] gives and takes every text', async () => {
    const texts = ['', 'Grüße 🚀', 'a\u0000b', '\ud800', '</script>', '"\\']
    expect(await output('export default (texts) => texts', texts)).toEqual(texts)
  })

  it('[CODE3] leaves no trace for the next', async () => {
    const source = `
      const before = [globalThis.left, Array.prototype.left]
      globalThis.left = Array.prototype.left = true
      export default () => before.map((value) => value === undefined)`
    expect([await output(source), await output(source)]).toEqual([
      [true, true],
      [true, true],
    ])
  })

  it('[CODE3] harms only itself when it changes what is built in', async () => {
    const source = `
      JSON.stringify = () => 'not JSON'
      Promise.prototype.then = () => {}
      Object.prototype.state = 'succeeded'
      Date.prototype.constructor = String = undefined
      export default (input) => input`
    expect(await output(source, { a: [1] })).toEqual({ a: [1] })
    expect(await output('export default (input) => input', { a: [1] })).toEqual({ a: [1] })
  })
})

describe('the world of a program', () => {
  it.each(['Date.now()', 'new Date()', 'Date()', 'new (class extends Date {})()', 'Reflect.construct(Date, [])'])(
    '[CODE4] has no clock: %s',
    async (expression) => {
      expect(await message(`export default () => ${expression}`)).toContain('a code step has no clock')
    },
  )

  it('[CODE4] counts dates in UTC, wherever the machine stands', async () => {
    const zone = process.env['TZ']
    process.env['TZ'] = 'Asia/Tokyo'
    try {
      expect(new Date(2026, 0, 1).getTimezoneOffset()).toBe(-540)
      const source =
        'export default (at) => [new Date(at), new Date(2026, 0, 1), new Date(at).getHours(), new Date(at) instanceof Date]'
      expect(await output(source, '2026-01-01T00:00')).toEqual([
        '2026-01-01T00:00:00.000Z',
        '2026-01-01T00:00:00.000Z',
        0,
        true,
      ])
    } finally {
      if (zone === undefined) delete process.env['TZ']
      else process.env['TZ'] = zone
    }
  })

  it('[CODE4] has no chance', async () => {
    expect(await message('export default () => Math.random()')).toContain('a code step has no chance')
  })

  it('[CODE4] has no other module', async () => {
    expect(await message("import { readFileSync } from 'node:fs'\nexport default () => 1")).toContain(
      "module 'node:fs'",
    )
    expect(await message("export default () => import('node:fs')")).toContain("module 'node:fs'")
  })

  it('[CODE4] is the language and nothing of the host', async () => {
    const names = (await output(
      'export default () => Object.getOwnPropertyNames(Function("return this")())',
    )) as string[]
    const ofLanguage =
      /^[A-Z]|^(console|decode|encode|escape|eval|globalThis|is|parse|undefined|unescape|queueMicrotask)/
    const ofHost = ['WebAssembly', 'Request', 'Response', 'Headers', 'URL', 'WebSocket', 'Buffer', 'Atomics']
    expect(names.filter((name) => !ofLanguage.test(name) || ofHost.includes(name))).toEqual([])
  })
})

describe('an output', () => {
  it.each([
    ['() => 1', 'it is a function'],
    ['({ total: 1n })', 'it holds a BigInt in "total"'],
    ['[Symbol()]', 'it holds a symbol in "0"'],
    ['({ a: { b: 0 / 0 } })', 'it holds NaN in "b"'],
    ['[1 / 0]', 'it holds Infinity in "0"'],
    ['new Map([[1, 2]])', 'it is a Map'],
    ['[new Set()]', 'it holds a Set in "0"'],
    ['{ const all = []; all.push(all); return all }', 'circular reference'],
  ])('[CODE5] is JSON, and %s is not', async (value, fault) => {
    const body = value.startsWith('{') ? value : `(${value})`
    const { failure, retryable } = failed(await runCode(`export default () => ${body}`))
    expect([failure.code, retryable]).toEqual(['code_output_invalid', false])
    expect(failure.message).toContain(`The output is not JSON: ${fault}.`)
  })

  it('[CODE5] is what JSON.stringify writes', async () => {
    expect(
      await output('export default () => ({ at: new Date(0), none: undefined, own: { toJSON: () => 7 } })'),
    ).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      own: 7,
    })
  })

  it('[CODE5] may have as many bytes as the node allows, and no more', async () => {
    const texts = async (characters: string) => {
      const outcome = await runCode(`export default () => '${characters}'`, { limits: { outputBytes: 12 } })
      return outcome.ok ? outcome.output : outcome.failure.code
    }
    expect(await texts('0123456789')).toBe('0123456789')
    expect(await texts('01234567890')).toBe('output_too_large')
    // Each is two bytes long.
    expect(await texts('üüüüü')).toBe('üüüüü')
    expect(await texts('üüüüüü')).toBe('output_too_large')
    expect(await code('export default () => Array(10_000).fill("x".repeat(1_000))')).toBe('output_too_large')
    expect(await output(`export default () => "x".repeat(${limits.stepOutputBytes - 2})`)).toHaveLength(
      limits.stepOutputBytes - 2,
    )
  })
})

describe('an output that nests', () => {
  it('[CODE5] may do so as deep as any step', async () => {
    const nested = (levels: number) =>
      `export default () => { let all = 1; for (let i = 0; i < ${levels}; i++) all = { all }; return all }`
    expect((await runCode(nested(limits.stepOutputDepth))).ok).toBe(true)
    expect(await code(nested(limits.stepOutputDepth + 1))).toBe('output_too_deep')
    expect(await code(nested(2_000))).toBe('output_too_deep')
  })
})

describe('a failure', () => {
  it('[CODE20][CODE21] of the program names the error and its line', async () => {
    const { failure, retryable } = failed(
      await runCode('\n\nexport default (order) => {\n  return order.lines.length\n}'),
    )
    expect([failure, retryable]).toEqual([
      {
        code: 'code_error',
        message: "Line 4: TypeError: cannot read property 'lines' of null.",
        details: { line: 4, column: 15, text: 'return order.lines.length' },
      },
      false,
    ])
  })

  it('[CODE20][CODE21] of the syntax names its line', async () => {
    const { failure } = failed(await runCode('export default () => {\n  const total = ;\n}'))
    expect(failure).toEqual({
      code: 'code_syntax_error',
      message: "Line 2: SyntaxError: unexpected token in expression: ';'.",
      details: { line: 2, column: 17, text: 'const total = ;' },
    })
    expect(await code('export default () => JSON.parse("{")')).toBe('code_error')
  })

  it('[CODE21] of a promise, and of a function that was called, names the innermost line', async () => {
    expect(await details('export default async () => {\n  await null\n  throw new RangeError("no")\n}')).toMatchObject({
      line: 3,
    })
    expect(
      await details('const check = () => {\n  throw new Error("no")\n}\nexport default () => [1].map(check)'),
    ).toMatchObject({
      line: 2,
    })
  })

  it('[CODE21] of a program that forges its stack names no line that is not there', async () => {
    const source = (stack: string) =>
      `export default () => { throw Object.assign(new Error('x'), { stack: ${JSON.stringify(stack)} }) }`
    expect(await details(source('at code.js:7:1'))).toBeUndefined()
    expect(await details(source('at code.js:0:1'))).toBeUndefined()
  })

  it.each([
    ['null', 'null was thrown.'],
    ["'no stock left'", 'no stock left was thrown.'],
    ['{ reason: 1 }', '{"reason":1} was thrown.'],
    ['undefined', 'undefined was thrown.'],
  ])('[CODE20] of a thrown value shows it: %s', async (value, expected) => {
    expect(await message(`export default () => { throw ${value} }`)).toBe(expected)
  })

  it('[CODE22] shows the last lines of the console', async () => {
    const source = `export default () => {
      for (let i = 0; i < 100; i++) console.log('line', i)
      const self = {}; self.self = self
      console.error({ a: [1] }, undefined, 1n, self, 'x'.repeat(1000))
      throw new Error('no')
    }`
    const { console: lines } = (await details(source)) as { console: string[] }
    expect(lines).toHaveLength(limits.codeConsoleLines)
    expect(lines.at(-2)).toBe('line 99')
    expect(lines.at(-1)).toMatch(/^\{"a":\[1\]\} undefined 1 \[object Object\] x+$/)
    expect(lines.at(-1)).toHaveLength(limits.codeConsoleLineChars)
  })

  it.each([
    ['that throws', 'get message() { throw 1 }'],
    ['that does not come back', 'get message() { for (;;); }'],
    ['that is no text', 'message: Symbol()'],
  ])('[CODE23] of an error %s when it is looked at keeps its code', async (_, evil) => {
    const source = `export default () => { throw Object.defineProperties(new Error(), Object.getOwnPropertyDescriptors({ ${evil} })) }`
    expect(await code(source)).toBe('code_error')
  })

  it('[CODE23] of an error with a very long message shows its beginning', async () => {
    const said = await message('export default () => { throw new Error("long".repeat(1_000_000)) }')
    expect(said).toMatch(/^Line 1: Error: (long){500}\.$/)
  })

  it('[CODE24] of a request that is none', async () => {
    const outcome = await performCode({ source: 'export default () => 1' }, { input: null, limits: { fuel: -1 } })
    expect(failed(outcome).failure.code).toBe('request_invalid')
  })
})
