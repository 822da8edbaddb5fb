import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { mutants } from './index.ts'
import { platformMutants } from './platform-mutants.ts'

describe('the mutants', () => {
  it.each(mutants)(
    '$id can still be put in, in one place, and its check is there',
    ({ file, find, replace, killer }) => {
      expect(readFileSync(file, 'utf8').split(find)).toHaveLength(2)
      expect(replace).not.toBe(find)
      if (killer === 'simulation') return
      expect(existsSync(killer.test)).toBe(true)
      expect(readFileSync(killer.test, 'utf8')).toContain(killer.name)
    },
  )

  it('have an id of their own, and every bug of the list is among them or has a reason', () => {
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length)
    expect(Object.keys(platformMutants).map(Number)).toEqual(Array.from({ length: 22 }, (_, index) => index + 1))
  })

  it('have all been run, as the table beside them says', () => {
    const table = readFileSync('test/mutants/README.md', 'utf8')
    expect(mutants.filter(({ id }) => !table.includes(`| ${id} |`)).map(({ id }) => id)).toEqual([])
  })
})
