import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Each numbered text of rules, and the tests that show them. */
const specifications = [
  { rules: 'runtime/engine/SPEC.md', tests: ['test/engine'] },
  { rules: 'runtime/expression/SPEC.md', tests: ['test/expression'] },
  { rules: 'runtime/steps/SPEC.md', tests: ['test/steps', 'test/objects'] },
  { rules: 'runtime/objects/SPEC.md', tests: ['test/objects', 'test/storage', 'test/http'] },
]

const root = join(dirname(import.meta.dirname), '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** A rule begins a line of a list with its id in bold: `- **ACT1** …`. */
const rulesOf = (path: string): string[] =>
  [...read(path).matchAll(/^- \*\*([A-Z]+\d+)\*\*/gm)].map(([, id = '']) => id)

/** A test cites a rule at the beginning of its title: `it('[ACT1] …`. */
function citedIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...read(join(folder, name)).matchAll(/['"`]((?:\[[A-Z]+\d+\])+) /g)])
    .flatMap(([, ids = '']) => [...ids.matchAll(/[A-Z]+\d+/g)].map(([id]) => id))
}

describe.each(specifications)('$rules', ({ rules, tests }) => {
  const stated = rulesOf(rules)
  const cited = new Set(tests.flatMap(citedIn))

  it('states each rule once', () => {
    expect(stated.length).toBeGreaterThan(0)
    expect(stated.filter((id, index) => stated.indexOf(id) !== index)).toEqual([])
  })

  it('states no rule that no test shows', () => {
    expect(stated.filter((id) => !cited.has(id))).toEqual([])
  })

  it('states every rule that a test claims to show', () => {
    const families = new Set(stated.map((id) => id.replace(/\d+/, '')))
    const claimed = [...cited].filter((id) => families.has(id.replace(/\d+/, '')) || tests[0] === 'test/engine')
    expect(claimed.filter((id) => !stated.includes(id)).sort()).toEqual([])
  })
})
