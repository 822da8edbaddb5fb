import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'

import { Coverage } from './coverage.ts'
import type { Block, BlockRun } from './seed-worker.ts'
import { shrink } from './shrink.ts'
import { planOf, run } from './simulation.ts'
import { SEEDS_PER_BLOCK } from './workload.ts'

/** From so many seeds on, a cell of the coverage that stays empty is a failure of the run. */
const LONG = 10_000
const PROGRESS_MS = 10_000

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string' },
    threads: { type: 'string', default: `${availableParallelism()}` },
    coverage: { type: 'boolean', default: false },
  },
})
const print = (line: string): void => void process.stdout.write(`${line}\n`)

const first = Number(values.seed ?? values.from)
const count = values.seed === undefined ? Number(values.seeds) : 1
const blocks = blocksOf(first, first + count)
const coverage = new Coverage()
const begunAt = performance.now()
let printedAt = begunAt
let done = 0
const failing: number[] = []
await Promise.all(Array.from({ length: Math.min(Number(values.threads), blocks.length) }, work))

const [seed] = failing.sort((one, other) => one - other)
if (seed !== undefined) await explain(seed)
const empty = count >= LONG && seed === undefined ? coverage.empty() : []
if (seed === undefined) print(`${done} seeds kept every invariant, ${perSecond()}`)
if (values.coverage)
  for (const [cell, times] of [...coverage.counts].sort()) print(`${String(times).padStart(9)}  ${cell}`)
if (empty.length > 0) print(`never met: ${empty.join(', ')}`)
process.exitCode = seed !== undefined || empty.length > 0 ? 1 : 0

/** Seeds of one block share their graphs, which every thread compiles for itself. */
function blocksOf(from: number, to: number): Block[] {
  const found: Block[] = []
  for (let next = from; next < to; ) {
    const end = Math.min(to, (Math.floor(next / SEEDS_PER_BLOCK) + 1) * SEEDS_PER_BLOCK)
    found.push({ first: next, count: end - next })
    next = end
  }
  return found
}

/** A thread takes one block after another until none is left or a seed has failed somewhere. */
async function work(): Promise<void> {
  const worker = new Worker(join(import.meta.dirname, 'seed-worker.ts'))
  for (let block = blocks.shift(); block !== undefined && failing.length === 0; block = blocks.shift()) {
    const ran = await runIn(worker, block)
    done += ran.done
    for (const [cell, times] of ran.counts) coverage.count(cell, times)
    if (ran.failing !== null) failing.push(ran.failing)
    if (performance.now() - printedAt < PROGRESS_MS) continue
    printedAt = performance.now()
    print(`${done} seeds, ${perSecond()}`)
  }
  await worker.terminate()
}

async function runIn(worker: Worker, block: Block): Promise<BlockRun> {
  // Rejects with what the thread ended by, if it does.
  const answered = once(worker, 'message')
  worker.postMessage(block)
  const [ran] = await answered
  return ran as BlockRun
}

function perSecond(): string {
  return `${(done / ((performance.now() - begunAt) / 1000)).toFixed(0)} a second`
}

async function explain(failed: number): Promise<void> {
  const plan = planOf(failed)
  const found = await run(plan, new Coverage())
  if (found === null) throw new Error(`seed ${failed} failed once and not again: something in it is left to chance`)
  print(`seed ${failed}: ${found.message}`)
  print('shrinking')
  const smallest = await shrink(plan, found)
  print(`\n${smallest.failure.message}\n`)
  for (const line of smallest.failure.story) print(line)
  print(`\n${smallest.plan.operations.length} of ${plan.operations.length} operations are enough. Again:\n`)
  print(`  npm run simulate -- --seed ${failed}`)
}
