import { describe, expect, it } from 'vitest'

import { decide, initialState } from '../../runtime/engine/index.ts'
import { limits } from '../../schemas/limits.ts'
import { startExecution } from '../support/events.ts'
import { readFrom } from '../support/given.ts'
import { graphOf, make, start } from '../support/graphs.ts'

const source = 'export default (input) => input'
const code = (config: object = {}) => ({ id: 'work', kind: 'code', config: { source, ...config } })
const few = { fuel: 1_000, heapBytes: limits.codeHeapMinBytes, outputBytes: 100 }
const usual = {
  fuel: limits.codeFuelDefault,
  heapBytes: limits.codeHeapDefaultBytes,
  outputBytes: limits.stepOutputBytes,
}

/** What is recorded of the code step when an execution starts. */
function begun(nodes: Parameters<typeof graphOf>[0], edges: readonly string[], body: unknown) {
  const command = startExecution(graphOf(nodes, edges), { trigger: { body } })
  const decision = decide(command, initialState(), readFrom([]))
  if (!decision.ok) throw new Error(decision.rejection.reason)
  return decision.events.find((event) => 'step' in event && String(event.step) === 'work')
}

describe('the input of code', () => {
  it('[CODE2] is recorded with the limits, and the source is not', () => {
    const event = begun([start, code({ input: { sum: '{{ trigger.body.a + 1 }}' }, limits: few })], ['start -> work'], {
      a: 1,
    })
    expect(event).toMatchObject({
      type: 'AttemptStarted',
      request: { kind: 'code', config: { input: { sum: 2 }, limits: few }, injections: [] },
    })
    expect(JSON.stringify(event)).not.toContain('export default')
  })

  it('[CODE2] is by default the output of the step before, or of each step before by its id', () => {
    const [a, b] = [make('a'), make('b')]
    expect(begun([start, a, code()], ['start -> a', 'a -> work'], null)).toMatchObject({
      request: { config: { input: { value: 'a' }, limits: usual } },
    })
    expect(begun([start, a, b, code()], ['start -> a', 'start -> b', 'a -> work', 'b -> work'], null)).toMatchObject({
      request: { config: { input: { a: { value: 'a' }, b: { value: 'b' } } } },
    })
  })

  it('[CODE2] may be as large as a row holds, and no larger', () => {
    const ofBytes = (bytes: number) =>
      begun([start, code()], ['start -> work'], 'x'.repeat(bytes - JSON.stringify({ body: '' }).length))
    expect(ofBytes(limits.codeInputBytes)).toMatchObject({ type: 'AttemptStarted' })
    expect(ofBytes(limits.codeInputBytes + 1)).toMatchObject({
      type: 'StepFailed',
      failure: { code: 'input_too_large' },
    })
  })

  it('[CODE2] that cannot be made fails the step', () => {
    expect(begun([start, code({ input: '{{ trigger.body.a.b }}' })], ['start -> work'], {})).toMatchObject({
      type: 'StepFailed',
      failure: { code: 'expression_failed' },
    })
  })
})
