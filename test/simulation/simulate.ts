import { parseArgs } from 'node:util'

import { Coverage } from './coverage.ts'
import { shrink } from './shrink.ts'
import { type Failure, type Plan, planOf, run } from './simulation.ts'

/** From so many seeds on, a cell of the coverage that stays empty is a failure of the run. */
const LONG = 10_000
const PROGRESS_MS = 10_000

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string' },
    coverage: { type: 'boolean', default: false },
  },
})
const print = (line: string): void => void process.stdout.write(`${line}\n`)

const first = Number(values.seed ?? values.from)
const count = values.seed === undefined ? Number(values.seeds) : 1
const coverage = new Coverage()
const begunAt = performance.now()
let printedAt = begunAt
let done = 0
let failure: Failure | null = null
for (let seed = first; seed < first + count && failure === null; seed += 1) {
  const plan = planOf(seed)
  failure = await run(plan, coverage)
  done += 1
  if (failure !== null) await explain(plan, failure)
  else if (performance.now() - printedAt > PROGRESS_MS) {
    printedAt = performance.now()
    print(`${done} seeds, ${perSecond()}`)
  }
}
const empty = count >= LONG ? coverage.empty() : []
if (failure === null) print(`${done} seeds kept every invariant, ${perSecond()}`)
if (values.coverage)
  for (const [cell, times] of [...coverage.counts].sort()) print(`${String(times).padStart(9)}  ${cell}`)
if (empty.length > 0) print(`never met: ${empty.join(', ')}`)
process.exitCode = failure !== null || empty.length > 0 ? 1 : 0

function perSecond(): string {
  return `${(done / ((performance.now() - begunAt) / 1000)).toFixed(0)} a second`
}

async function explain(plan: Plan, found: Failure): Promise<void> {
  print(`seed ${plan.seed}: ${found.message}`)
  print('shrinking')
  const smallest = await shrink(plan, found)
  print(`\n${smallest.failure.message}\n`)
  for (const line of smallest.failure.story) print(line)
  print(`\n${smallest.plan.operations.length} of ${plan.operations.length} operations are enough. Again:\n`)
  print(`  npm run simulate -- --seed ${plan.seed}`)
}
