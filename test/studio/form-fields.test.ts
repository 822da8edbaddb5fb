import { describe, expect, it } from 'vitest'
import { formData, formFields } from '../../studio/model/form-fields.ts'

const fields = formFields({
  type: 'object',
  properties: {
    comment: { type: 'string', title: 'Comment', description: 'What the other side reads.' },
    amount: { type: 'number' },
    count: { type: 'integer', default: 3 },
    urgent: { type: 'boolean' },
    colour: { enum: ['red', 'green', 7] },
    address: { type: 'object' },
  },
  required: ['comment', 'amount'],
})

describe('a form', () => {
  it('has a control for every property, in their order', () => {
    expect(fields.map(({ name, control, isRequired }) => [name, control, isRequired])).toEqual([
      ['comment', 'text', true],
      ['amount', 'number', true],
      ['count', 'number', false],
      ['urgent', 'boolean', false],
      ['colour', 'choice', false],
      ['address', 'json', false],
    ])
    expect(fields[0]).toMatchObject({ label: 'Comment', help: 'What the other side reads.', initial: '' })
    expect(fields[2]).toMatchObject({ label: 'count', help: null, initial: '3' })
  })

  it('has none where nothing is asked', () => {
    expect(formFields(undefined)).toEqual([])
    expect(formFields({ type: 'object' })).toEqual([])
  })

  it('gives what was filled in as data; what was left empty is left out', () => {
    expect(formData(fields, { comment: 'ok', amount: '12.5', colour: '7', address: '{"city": "Lyon"}' })).toEqual({
      ok: true,
      data: { comment: 'ok', amount: 12.5, count: 3, urgent: false, colour: 7, address: { city: 'Lyon' } },
    })
    expect(formData(fields, { comment: 'ok', amount: '1', count: '', urgent: 'true' })).toEqual({
      ok: true,
      data: { comment: 'ok', amount: 1, urgent: true },
    })
  })

  it('says of each field what is wrong with it', () => {
    const answer = formData(fields, { amount: 'a lot', address: '{' })
    expect(answer).toMatchObject({
      ok: false,
      problems: { comment: 'Comment is needed.', amount: 'amount is not a number.' },
    })
    expect(answer.ok ? '' : answer.problems['address']).toMatch(/^This is not JSON yet: /)
  })
})
