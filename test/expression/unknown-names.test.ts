import { describe, expect, it } from 'vitest'

import { compiled, problemOf } from './evaluate.ts'

describe('names', () => {
  it.each([
    ['triger.body', 'did you mean `trigger`?'],
    ['nothing', 'start with `trigger`, `steps`, `item`'],
    ['[1].map(line, lien)', 'did you mean `line`?'],
    ['trigger.headers.x-github-evnt', "['x-github-evnt']"],
    ['item.id -elsewhere', 'start with'],
    ['-elsewhere', 'start with'],
  ])('[EXP17] says that %s is unknown', (source, mend) => {
    expect(problemOf(source)).toMatchObject({ code: 'unknown_reference' })
    expect(problemOf(source).mend).toContain(mend)
  })

  it('[EXP17] says what to do about a name that stands only elsewhere', () => {
    const elsewhere = new Map([['itm', 'put this into a loop']])
    expect(problemOf('itm', { elsewhere })).toMatchObject({ code: 'unknown_reference', mend: 'put this into a loop' })
    expect(problemOf('items', { elsewhere }).mend).toBe('did you mean `item`?')
    expect(compiled('[1].map(itm, itm)', { elsewhere }).references).toEqual([])
  })

  it('[EXP17] says when there is nothing to read', () => {
    expect(problemOf('item', { roots: [] }).mend).toBe('start with a literal, or put text in quotes')
  })

  it('[EXP17] knows the steps that can be read', () => {
    const steps = ['notify', 'charge']
    expect(problemOf('steps.notfy.output', { steps }).mend).toBe('did you mean `notify`?')
    expect(problemOf("steps['nowhere'].output", { steps }).mend).toBe('there are `notify`, `charge`')
    expect(problemOf('steps.?nowhere.output', { steps }).code).toBe('unknown_reference')
    expect(problemOf('has(steps.nowhere.output)', { steps }).code).toBe('unknown_reference')
    expect(compiled('steps.notify.output', { steps }).source).toBe('steps.notify.output')
    expect(compiled('[{"x": 1}].map(steps, steps.x)', { steps }).evaluate({})).toMatchObject({ value: [1] })
  })
})
