import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { mutants } from './index.ts'
import type { Mutant } from './mutant.ts'
import { type Fate, tableOf } from './table.ts'
import { Workshop } from './workshop.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '10000' } },
})
const print = (line: string): void => void process.stdout.write(`${line}\n`)

const unknown = positionals.filter((wanted) => !mutants.some(({ id }) => id === wanted))
const chosen = positionals.length === 0 ? mutants : mutants.filter(({ id }) => positionals.includes(id))
const workshop = new Workshop()
try {
  for (const id of unknown) print(`there is no mutant ${id}`)
  process.exitCode = unknown.length === 0 && areChecksSound(chosen) && runAll(chosen) ? 0 : 1
} finally {
  workshop.close()
}

/** A check that fails without a bug shows nothing by failing with one. Seeds are looked at when one was found. */
function areChecksSound(subjects: readonly Mutant[]): boolean {
  const files = new Set(subjects.flatMap(({ killer }) => (killer === 'simulation' ? [] : [killer.test])))
  if (files.size === 0) return true
  const { isSound, failed } = workshop.test([...files])
  if (!isSound) print(`without any mutant ${failed} tests fail, or a file cannot be loaded`)
  return isSound
}

function runAll(subjects: readonly Mutant[]): boolean {
  const fates = subjects.map((mutant) => {
    const begunAt = performance.now()
    const end = endOrBreak(mutant)
    const seconds = (performance.now() - begunAt) / 1000
    const isKilled = typeof end !== 'string'
    print(`${mutant.id}: ${isKilled ? `killed by ${end.by}` : end}, ${seconds.toFixed(1)} s`)
    return isKilled ? { mutant, by: end.by, seconds } : null
  })
  const killed = fates.filter((fate) => fate !== null)
  print(`${killed.length} of ${fates.length} were killed`)
  if (killed.length < fates.length) return false
  if (subjects.length === mutants.length) writeFileSync('test/mutants/README.md', tableOf(killed))
  return true
}

/** A check that neither holds nor fails has found nothing. */
function endOrBreak(mutant: Mutant): Pick<Fate, 'by'> | string {
  try {
    return endOf(mutant)
  } catch (error) {
    return String(error)
  }
}

/** What killed it, or why nothing did. */
function endOf(mutant: Mutant): Pick<Fate, 'by'> | string {
  const { killer } = mutant
  if (killer !== 'simulation') {
    const tests = workshop.with(mutant, () => workshop.test([killer.test], killer.name))
    if (tests === null) return 'the code that it changes is no longer there'
    return tests.failed > 0 ? { by: `${killer.name} \`${killer.test}\`` } : 'survived'
  }
  const found = workshop.with(mutant, () => workshop.simulate(0, Number(values.seeds)))
  if (found === null) return 'the code that it changes is no longer there'
  if (found.seed === null) return 'survived'
  if (workshop.simulate(found.seed, 1).seed !== null) return `seed ${found.seed} fails without it, too`
  return { by: `the simulation, seed ${found.seed}: ${found.invariant}` }
}
