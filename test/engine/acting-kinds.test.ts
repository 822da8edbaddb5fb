import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { eventsOf, recorded } from './kind-runs.ts'

const broken = '{{ trigger.body.missing }}'
const source = 'export default (input) => input'

/** One step after a manual start. */
const acting = (kind: string, config: Record<string, unknown>) =>
  recorded([{ id: 'it', kind, config }], ['start -> it'])

const requestOf = (kind: string, config: Record<string, unknown>) =>
  eventsOf(acting(kind, config), 'AttemptStarted')[0]?.request?.config

const failureOf = (kind: string, config: Record<string, unknown>) => {
  const run = acting(kind, config)
  return { attempts: eventsOf(run, 'AttemptStarted').length, code: eventsOf(run, 'StepFailed')[0]?.failure.code }
}

describe('a code step', () => {
  it('[KND20] works on its input, by default on what led to it, and its source is not recorded', () => {
    expect(requestOf('code', { source, input: [1, '{{ trigger.body.total }}'] })).toMatchObject({ input: [1, 40] })
    expect(requestOf('code', { source })).toMatchObject({ input: { body: { total: 40 } } })
    expect(Object.keys(requestOf('code', { source }) ?? {})).toEqual(['input', 'limits'])
  })

  it('[KND20] fails without an attempt when its input fails, or is too large', () => {
    expect(failureOf('code', { source, input: broken })).toEqual({ attempts: 0, code: 'expression_failed' })
    const input = { a: 'x'.repeat(limits.codeInputBytes) }
    expect(failureOf('code', { source, input })).toEqual({ attempts: 0, code: 'input_too_large' })
  })
})

describe('a workflow step', () => {
  it('[KND21] gives its child its input, by default an empty object', () => {
    expect(requestOf('workflow', { workflowId: 'billing', input: ['{{ trigger.body.total }}'] })).toEqual({
      workflowId: 'billing',
      input: [40],
      wait: true,
    })
    expect(requestOf('workflow', { workflowId: 'billing' })).toEqual({ workflowId: 'billing', input: {}, wait: true })
  })

  it('[KND21] fails without an attempt when its input fails', () => {
    expect(failureOf('workflow', { workflowId: 'billing', input: broken })).toEqual({
      attempts: 0,
      code: 'expression_failed',
    })
  })
})
