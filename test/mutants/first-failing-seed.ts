import { parseArgs } from 'node:util'

import { Coverage } from '../simulation/coverage.ts'
import { type Failure, planOf, run } from '../simulation/simulation.ts'
import type { SeedRun } from './workshop.ts'

const { values } = parseArgs({
  options: { from: { type: 'string', default: '0' }, seeds: { type: 'string', default: '1' } },
})
const first = Number(values.from)
const end = first + Number(values.seeds)

/** Prints the first seed that breaks an invariant, and which. */
let seed = first
let failure: Failure | null = null
for (; seed < end && failure === null; seed += 1) failure = await run(planOf(seed), new Coverage())
const found: SeedRun = failure === null ? { seed: null } : { seed: seed - 1, invariant: failure.invariant }
process.stdout.write(JSON.stringify(found))
