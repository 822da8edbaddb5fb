import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { graphOf, make, start } from '../support/graphs.ts'
import { newExecution, startOf } from './execution-kit.ts'

const running = (source: string, config: object = {}) =>
  graphOf(
    [start, { id: 'work', kind: 'code', config: { source, ...config } }, make('after', '{{ steps.work.output }}')],
    ['start -> work', 'work -> after'],
  )
const toEnd = { milestone: 'end', ms: 20_000 } as const

describe('a code step', () => {
  it('[CODE1][CODE2] runs in a published graph, on the data that led to it', async () => {
    const { object, log } = newExecution()
    const source = 'export default ({ body }) => body.prices.reduce((sum, price) => sum + price, 0)'
    const { outcome } = await object.start(startOf(running(source), { prices: [1, 2, 39] }), toEnd)
    expect(outcome).toMatchObject({ status: 'succeeded', output: { value: 42 } })
    const started = (await log()).find((event) => event.type === 'AttemptStarted')
    expect(Object.keys(started?.request?.config ?? {}).sort()).toEqual(['input', 'limits'])
  })

  const hostile = {
    'an endless loop': ['code_out_of_fuel', 'for (;;);'],
    'a built-in function that does not come back': ['code_out_of_fuel', '[].indexOf.call({ length: 2 ** 53 - 1 }, 1)'],
    'a pattern that backtracks for ever': ['code_out_of_fuel', '/^(a+)+$/.test("a".repeat(40) + "b")'],
    'a heap bomb': ['code_out_of_memory', 'const all = []; for (;;) all.push(new Uint8Array(100_000))'],
    'deep recursion': ['code_stack_overflow', 'const again = () => again(); again()'],
    'a source that nests too deep': ['code_stack_overflow', `return ${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    'an output of 10 MB': ['output_too_large', 'return Array(10_000).fill("x".repeat(1_000))'],
    'a promise that never settles': ['code_never_settled', 'return new Promise(() => {})'],
  } as const

  it.each(Object.entries(hostile))(
    '[CODE10][CODE11][CODE12][CODE13] %s ends as a failed step, and others go on',
    async (_, [code, body]) => {
      const { object } = newExecution()
      const other = newExecution()
      const [ended, beside] = await Promise.all([
        object.start(startOf(running(`export default () => { ${body} }`)), toEnd),
        other.object.start(startOf(running('export default () => 1')), toEnd),
      ])
      expect(ended.outcome).toMatchObject({ status: 'failed', error: { code } })
      expect(beside.outcome).toMatchObject({ status: 'succeeded', output: { value: 1 } })
    },
  )

  const endless = running('export default () => { for (;;); }', { limits: { heapBytes: limits.codeHeapBytes } })

  it('[CODE24] is cancelled with its execution, in the middle', async () => {
    const { object, types } = newExecution()
    await object.start(startOf(endless), null)
    await object.cancel('enough')
    expect((await types()).slice(-2)).toEqual(['StepCancelled', 'ExecutionCancelled'])
  })

  it('[CODE26] leaves its room when it is lost with its object, in the middle', { timeout: 60_000 }, async () => {
    const { object, crash } = newExecution()
    await object.start(startOf(endless), null)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await crash()
    const { outcome } = await newExecution().object.start(startOf(endless), { milestone: 'end', ms: 30_000 })
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'code_out_of_fuel' } })
  })
})
