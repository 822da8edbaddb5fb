import { availableParallelism, cpus } from 'node:os'

import { benchCode } from './bench-code.ts'
import { benchEach, benchLength } from './bench-each.ts'
import { computedChain, httpChain, stubbornSteps, webhookToDone } from './bench-graphs.ts'
import { BenchServer } from './bench-server.ts'
import { countSyncs } from './count-syncs.ts'
import { type Load, load, median, middle, post } from './load.ts'

const only = process.argv[2]
const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Webhook → done, beside a bare object that does one append and one fetch. Rounds alternate, so that noise meets both. */
async function webhook(): Promise<void> {
  const { hookUrl } = await server.publish(webhookToDone(server.sinkUrl))
  const body = JSON.stringify({ total: 99.5, note: 'x'.repeat(400) })
  const stepwell = call(hookUrl, body, '{"id":1}')
  const floor = call(`${server.floorUrl}/?url=${server.sinkUrl}`, body, '{"id":1,"ok":true}')
  print('\nwebhook → done (condition, http, transform, respond)     floor: bare object, one append, one fetch')
  // A server that has just started interprets what it will soon have compiled.
  for (const warming of [floor, stepwell]) await load(1000, 16, warming, server.cpuMs)
  for (const clients of [1, 16, 64]) {
    const count = clients === 1 ? 300 : 800
    const rounds: { floor: Load; stepwell: Load }[] = []
    for (let round = 0; round < 3; round += 1) {
      rounds.push({
        floor: await load(count, clients, floor, server.cpuMs),
        stepwell: await load(count, clients, stepwell, server.cpuMs),
      })
    }
    const ours = middle(rounds.map((round) => round.stepwell))
    const theirs = middle(rounds.map((round) => round.floor))
    const ratio = median(rounds.map((round) => round.stepwell.perSecond / round.floor.perSecond))
    print(
      `  ${String(clients).padStart(2)} clients  ${shown(ours)}   floor ${shown(theirs)}   ${(ratio * 100).toFixed(0)} % of the floor`,
    )
  }
  await idle()
  const syncs = await countSyncs(server.workerd, async () => {
    for (let count = 0; count < 50; count += 1) await stepwell()
  })
  const floorSyncs = await countSyncs(server.workerd, async () => {
    for (let count = 0; count < 50; count += 1) await floor()
  })
  print(
    syncs === null || floorSyncs === null
      ? '  fsyncs: strace is not installed, so they were not counted'
      : `  fsyncs an execution, one at a time: ${(syncs / 50).toFixed(1)}   floor ${(floorSyncs / 50).toFixed(1)}`,
  )
}

/** A hundred computed steps in one execution: wall time in the object, from the call to the commit. */
async function computed(): Promise<void> {
  const graph = computedChain(100)
  const { workflowId, contentHash } = await server.publish(graph)
  const published = await server.ask<{ active: { graph: unknown } }>('GET', `/api/workflows/${workflowId}`)
  const start = {
    workflowId,
    version: 1,
    contentHash,
    graph: published.active.graph,
    triggerNode: 'start',
    trigger: { body: { n: 1 } },
  }
  const times: number[] = []
  for (let round = 0; round < 20; round += 1) {
    const { text } = await post(`${server.floorUrl}/computed`, JSON.stringify(start))
    times.push((JSON.parse(text) as { milliseconds: number }).milliseconds)
  }
  const floorTimes: number[] = []
  for (let round = 0; round < 60; round += 1) {
    const before = performance.now()
    await post(`${server.floorUrl}/`, '{}')
    floorTimes.push(performance.now() - before)
  }
  print(
    `\n100 computed steps, one execution: median ${median(times.slice(5)).toFixed(2)} ms from start to commit in the object   floor: one append in a fresh object, over HTTP ${median(floorTimes.slice(10)).toFixed(2)} ms`,
  )
}

/** A hundred http steps one after the other, beside a bare object with one append and a hundred fetches. */
async function chain(): Promise<void> {
  const { workflowId } = await server.publish(httpChain(100, server.sinkUrl))
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < 10; round += 1) {
    ours.push(await timed(() => server.execute(workflowId, { n: round })))
    theirs.push(await timed(() => post(`${server.floorUrl}/?url=${server.sinkUrl}&fetches=100`, '{}')))
  }
  print(
    `\n100 http steps in a row: median ${median(ours).toFixed(0)} ms   floor (one append, 100 fetches) ${median(theirs).toFixed(0)} ms   ${((median(theirs) / median(ours)) * 100).toFixed(0)} % of the floor`,
  )
}

/** First answer of an object that must be read from its SQLite, by the length of its log. */
async function wake(): Promise<void> {
  const sizes = [
    [1, 5],
    [100, 50],
  ] as const
  const executions: { id: string; events: number }[] = []
  for (const [steps, attempts] of sizes) {
    const { workflowId } = await server.publish(stubbornSteps(steps, attempts, server.sinkUrl))
    const { executionId } = await server.ask<{ executionId: string }>('POST', `/actions/execute/${workflowId}`, {})
    executions.push({ id: executionId, events: await settled(executionId, steps * attempts * 2) })
  }
  await server.restart()
  // The first request of a new process compiles the Worker; it must not be counted to an object.
  await server.ask('GET', '/api/workflows')
  await server.ask('GET', `/actions/executions/${executions[0]?.id}`)
  print('')
  for (const { id, events } of executions) {
    const first = await timed(() => server.ask('GET', `/actions/executions/${id}`))
    const second = await timed(() => server.ask('GET', `/actions/executions/${id}`))
    print(
      `wake of an execution with ${events} events: ${(first - second).toFixed(1)} ms above an awake one (${second.toFixed(1)} ms)`,
    )
  }
}

async function settled(id: string, events: number): Promise<number> {
  const until = Date.now() + 120_000
  for (;;) {
    const { position } = await server.ask<{ position: number }>('GET', `/actions/executions/${id}`)
    if (position > events) return position
    if (Date.now() > until) throw new Error(`execution ${id} stopped at position ${position}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Memory of the server while executions come and go. */
async function memory(): Promise<void> {
  const { hookUrl } = await server.publish(webhookToDone(server.sinkUrl))
  const step = call(hookUrl, JSON.stringify({ total: 99.5 }), '{"id":1}')
  const readings: string[] = []
  for (let finished = 0; finished < 6000; finished += 1000) {
    await load(900, 32, step, server.cpuMs)
    readings.push(`${finished + 1000}: ${server.memoryMiB().toFixed(0)}`)
  }
  print(`\nmemory of workerd in MiB after finished executions: ${readings.join(', ')}`)
  await idle()
  print(`  once they are put away: ${server.memoryMiB().toFixed(0)}`)
}

function call(url: string, body: string, expected: string): () => Promise<void> {
  return async () => {
    const { status, text } = await post(url, body)
    if (status !== 200 || text !== expected) throw new Error(`${url} answered ${status}: ${text}`)
  }
}

/** Objects that nobody asks are put away after some ten seconds, and doing so writes to the disk, too. */
const idle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20_000))

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now()
  await work()
  return performance.now() - before
}

const shown = ({ perSecond, p50Ms, p99Ms, cpuMs }: Load): string =>
  `${perSecond.toFixed(0).padStart(4)}/s  p50 ${p50Ms.toFixed(1)} ms  p99 ${p99Ms.toFixed(1)} ms  CPU ${cpuMs.toFixed(2)} ms`

print(
  `Stepwell bench: ${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}. Ratios hold within this run only.`,
)
const server = await BenchServer.start()
try {
  const sections = {
    webhook,
    computed,
    chain,
    wake,
    each: () => benchEach(server, print),
    length: () => benchLength(server, print),
    code: () => benchCode(server, print),
    memory,
  }
  for (const [name, section] of Object.entries(sections)) if (only === undefined || only === name) await section()
} finally {
  await server.stop()
}
