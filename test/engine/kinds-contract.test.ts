import { describe, expect, it } from 'vitest'

import { kinds } from '../../schemas/kinds/index.ts'
import { kindFields } from './kind-fields.ts'
import { witnesses } from './kind-witnesses.ts'

describe('every field of every kind', () => {
  it('[KND8] has a witness, and nothing else has one', () => {
    expect(Object.keys(witnesses).sort()).toEqual(kindFields().sort())
  })

  it.each(Object.entries(witnesses))('[KND8] changes what happens: %s', async (_, witness) => {
    const { happens, expected } = await witness()
    expect(happens).toEqual(expected)
    expect(happens[0]).not.toEqual(happens[1])
  })

  it.each(Object.values(kinds))(
    '[KND9] of $kind has a label, and no label stands for nothing',
    ({ config, fields }) => {
      expect(Object.keys(fields).sort()).toEqual(Object.keys(config.shape).sort())
      for (const { label, help } of Object.values(fields)) expect([label, help]).not.toContain('')
    },
  )
})
