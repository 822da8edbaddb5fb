import { describe, expect, it } from 'vitest'

import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import type { RuleDecision } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import { t0 } from '../support/events.ts'
import { make, type NodeText } from '../support/graphs.ts'
import { eventsOf, recorded } from './kind-runs.ts'

const fields = Array.from({ length: 140 }, (_, index) => `f${index}`)
const wide = (text: string) => Object.fromEntries(fields.map((field) => [field, text]))
const readsAll = (root: string): string => fields.map((field) => `${root}.${field}!=""`).join('&&')

/** The bytes of the operands that are recorded whole, and how many are cut. */
function operandsOf(rules: readonly RuleDecision[] | undefined): { readonly bytes: number; readonly cut: number } {
  const operands = (rules ?? []).flatMap((rule) => Object.values(rule.operands))
  const whole = operands.filter((operand) => typeof operand === 'string')
  return { bytes: whole.join('').length, cut: operands.length - whole.length }
}

describe('what the rules of one event read', () => {
  /** One match reads less than an event records, two read more. */
  const data = wide('x'.repeat(1500))
  const signal: ExecutionCommand = { type: 'SendSignal', now: t0, name: 'paid', data }
  const waiting = (id: string, more: string): NodeText => ({
    id,
    kind: 'wait',
    config: { for: 'signal', name: 'paid', match: `${readsAll('signal')}${more}` },
  })

  it('[KND22] is recorded of all the matches that a signal came to, as far as there is room', () => {
    const waits = [waiting('a', '&&false'), waiting('b', '&&false')]
    const [received] = eventsOf(recorded(waits, ['start -> a', 'start -> b'], signal), 'SignalReceived')
    const { bytes, cut } = operandsOf(received?.considered?.map(({ rule }) => rule))
    expect(bytes).toBeLessThanOrEqual(limits.decisionBytes)
    expect(bytes).toBeGreaterThan(limits.decisionBytes - 4000)
    expect(cut).toBeGreaterThan(0)
  })

  it('[KND22] is recorded of the match that takes the signal in an event of its own', () => {
    const waits = [waiting('a', '&&false'), waiting('b', '')]
    const run = recorded(waits, ['start -> a', 'start -> b'], signal)
    const taken = eventsOf(run, 'StepSucceeded').find(({ step }) => step === 'b')
    expect(operandsOf(taken?.decision)).toEqual({ bytes: fields.length * 1500, cut: 0 })
  })

  it('[KND22] is recorded of the rule of a repeat', () => {
    const rule = readsAll('steps.w.output')
    const loop = { id: 'loop', kind: 'repeat', config: { while: rule, maxIterations: 2 } }
    const work = { ...make('w'), config: { fields: wide('x'.repeat(2000)) }, parent: 'loop' }
    const [ended] = eventsOf(recorded([loop, work], ['start -> loop', 'loop.body -> w']), 'IterationSucceeded')
    const { bytes, cut } = operandsOf(ended?.decision)
    expect(bytes).toBeLessThanOrEqual(limits.decisionBytes)
    expect(cut).toBeGreaterThan(0)
  })
})
