import { describe, expect, it } from 'vitest'

import { fromJsonSchema } from '../../runtime/engine/json-schema.ts'
import type { JsonObject } from '../../schemas/json.ts'

const fits = (schema: JsonObject, value: unknown): boolean => fromJsonSchema(schema).safeParse(value).success

describe('a JSON Schema', () => {
  it('[KND5] asks for a required field whether or not it is among the properties', () => {
    const schema = { type: 'object', required: ['name'] }
    expect([fits(schema, {}), fits(schema, { name: null })]).toEqual([false, true])
    const typed = { ...schema, properties: { name: { type: 'string' } } }
    expect([fits(typed, {}), fits(typed, { name: 1 }), fits(typed, { name: 'Ada' })]).toEqual([false, false, true])
  })

  it('[KND5] asks for it at any depth', () => {
    const inner = { type: 'object', required: ['street'] }
    expect(fits({ type: 'object', properties: { address: inner } }, { address: {} })).toBe(false)
    expect(fits({ type: 'array', items: inner }, [{}])).toBe(false)
    expect(fits({ anyOf: [inner, { type: 'string' }] }, {})).toBe(false)
  })

  it('[KND5] keeps fields that are called as its own words are', () => {
    const schema = {
      type: 'object',
      properties: { required: { type: 'boolean' }, properties: { type: 'string' } },
      required: ['required'],
    }
    expect([fits(schema, { required: true }), fits(schema, { required: 'yes' }), fits(schema, {})]).toEqual([
      true,
      false,
      false,
    ])
  })
})
