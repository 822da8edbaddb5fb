import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type Budget, newListBudget } from '../../runtime/expression/index.ts'
import { limits } from '../../schemas/limits.ts'
import { compiled } from './evaluate.ts'

const roots = ['trigger', 'item', 'index']

const each = (source: string, list: readonly unknown[], budget: Budget = newListBudget(), result?: 'boolean') =>
  compiled(source, { roots, result }).evaluateEach(list, { trigger: { body: 2 } }, budget)

describe('an expression for the elements of a list', () => {
  it('[EXP34] reads each of them as item, its place as index, and what else there is', () => {
    expect(each('item * trigger.body + index', [10, 20, 30])).toEqual({ ok: true, values: [20, 41, 62] })
    expect(each('item', [])).toEqual({ ok: true, values: [] })
  })

  it('[EXP34] means the element by item, whatever item stands for outside', () => {
    const scope = { item: 'outer', index: 9 }
    const evaluations = compiled('string(index) + item', { roots }).evaluateEach(['inner'], scope, newListBudget())
    expect(evaluations).toEqual({ ok: true, values: ['0inner'] })
    expect(scope).toEqual({ item: 'outer', index: 9 })
  })

  it('[EXP34] gives what it gives for each alone', () => {
    const source = 'item.?a.orValue(index)'
    fc.assert(
      fc.property(fc.array(fc.record({ a: fc.jsonValue() }, { requiredKeys: [] })), (list) => {
        const alone = list.map((item, index) => {
          const evaluation = compiled(source, { roots }).evaluate({ item, index })
          return evaluation.ok ? evaluation.value : evaluation.failure
        })
        expect(each(source, list)).toEqual({ ok: true, values: alone })
      }),
    )
  })

  it('[EXP34] fails with the first that fails, and says which', () => {
    expect(each('item.total', [{ total: 1 }, { totl: 2 }, {}])).toEqual({
      ok: false,
      failure: {
        code: 'expression_failed',
        message: 'at element 1: `item.total` does not exist; did you mean `totl`?',
        details: { reason: 'missing', mend: 'did you mean `totl`?', expression: 'item.total', index: 1 },
      },
    })
  })

  it('[EXP34] may need true or false, and fails with the first that is neither', () => {
    expect(each('item', [true, false], newListBudget(), 'boolean')).toEqual({ ok: true, values: [true, false] })
    expect(each('item', [true, 1], newListBudget(), 'boolean')).toMatchObject({
      failure: { message: expect.stringMatching(/^at element 1: `item` must be true or false/), details: { index: 1 } },
    })
  })

  it('[EXP34] has one step for each element, and those of its evaluation', () => {
    const budget = newListBudget()
    expect(budget.stepsLeft).toBe(limits.listSteps)
    expect(each('item + 1', [1, 2, 3], budget).ok).toBe(true)
    // Reading a root costs nothing, adding one step.
    expect(limits.listSteps - budget.stepsLeft).toBe(3 * 2)
  })

  it.each([
    ['between two elements', 'true', 3, 3],
    ['within one', 'item + item + item', 5, 1],
  ])('[EXP34] ends when the steps of all together are used up %s', (_, source, stepsLeft, index) => {
    const budget = { ...newListBudget(), stepsLeft }
    expect(each(source, [1, 2, 3, 4], budget)).toEqual({
      ok: false,
      failure: {
        code: 'expression_budget',
        message: `the steps that one list may take were used up at element ${index}; work on a shorter list, or with a shorter expression`,
        details: { reason: 'budget', expression: source, index },
      },
    })
  })

  it('[EXP34] has for each element no more than any evaluation has', () => {
    const long = Array.from({ length: limits.expressionSteps }, () => 0)
    expect(each('item.map(x, x + 1)', [[], long])).toMatchObject({
      failure: {
        code: 'expression_budget',
        message: expect.stringMatching(/^at element 1: the expression needs more/),
      },
    })
  })

  it('[EXP34] gives together no more than a step may put out, but any number of truths', () => {
    const half = 'x'.repeat(limits.stepOutputBytes / 2)
    expect(each('item', [half.slice(2), half.slice(2)]).ok).toBe(true)
    expect(each('item', [half, half])).toMatchObject({
      failure: { message: expect.stringMatching(/^at element 1: the result is larger than a step may put out/) },
    })
    const many = Array.from({ length: limits.stepOutputBytes / 4 + 1 }, () => true)
    expect(each('item', many, newListBudget(), 'boolean').ok).toBe(true)
    expect(each('item', many).ok).toBe(false)
  })

  it('[EXP34] takes 100,000 elements of an everyday test', () => {
    const list = Array.from({ length: 100_000 }, (_, index) => ({ total: index, status: 'paid' }))
    expect(each("item.total > 40 && item.status == 'paid'", list, newListBudget(), 'boolean').ok).toBe(true)
  })
})
