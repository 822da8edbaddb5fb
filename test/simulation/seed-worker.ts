import { parentPort } from 'node:worker_threads'

import { assert } from '../../runtime/engine/index.ts'
import { Coverage } from './coverage.ts'
import { planOf, run } from './simulation.ts'

/** Seeds that one thread runs, up to the first that breaks an invariant. */
export type Block = { readonly first: number; readonly count: number }
/** `failing`: the seed that did; null when none did. */
export type BlockRun = {
  readonly done: number
  readonly failing: number | null
  readonly counts: readonly (readonly [cell: string, times: number])[]
}

assert(parentPort !== null, 'a thread of its own runs this')
const port = parentPort
port.on('message', (block: Block) => void runBlock(block).then((ran) => port.postMessage(ran)))

async function runBlock({ first, count }: Block): Promise<BlockRun> {
  const coverage = new Coverage()
  let failing: number | null = null
  let done = 0
  for (; done < count && failing === null; done += 1) {
    const seed = first + done
    if ((await run(planOf(seed), coverage)) !== null) failing = seed
  }
  return { done, failing, counts: [...coverage.counts] }
}
