import { webhookToDone } from './bench-graphs.ts'
import type { BenchServer } from './bench-server.ts'
import { type Load, load, median, middle, post } from './load.ts'

/** After the first, programs that stop for nothing but their limits, each by another one. */
const programs = {
  // What another client costs by itself.
  'a program that returns a number': 'return 42',
  'an endless loop': 'for (;;);',
  'a built-in that does not come back': '[].indexOf.call({ length: 2 ** 53 - 1 }, 1)',
  'a pattern that backtracks': '/^(a+)+$/.test("a".repeat(40) + "b")',
  'a heap bomb': 'const all = []; for (;;) all.push(new Uint8Array(1e5))',
  'lists filled near the end of the heap': 'const all = []; for (;;) all.push(new Array(1e5).fill(1))',
  'a large number in decimals': '(2n ** 1_000_000n - 1n).toString()',
  'a promise after the other': 'const again = () => Promise.resolve().then(again); return again()',
  'memory that is copied': 'const bytes = new Uint8Array(2e7); for (;;) bytes.copyWithin(1, 0)',
  'deep recursion': 'const again = () => again(); again()',
  'an output of 10 MB': 'return Array(10_000).fill("x".repeat(1_000))',
} as const

const clients = 4

/** What code steps cost, and what other executions notice of programs that take all they can get. */
export async function benchCode(server: BenchServer, print: (line: string) => void): Promise<void> {
  const { hookUrl } = await server.publish(webhookToDone(server.sinkUrl))
  const body = JSON.stringify({ total: 99.5, note: 'x'.repeat(400) })
  const other = async (): Promise<void> => {
    const { status, text } = await post(hookUrl, body)
    if (status !== 200) throw new Error(`the webhook answered ${status}: ${text}`)
  }
  const kind = await codeWorkflow(server, 'return 42')
  const own: number[] = []
  for (let round = 0; round < 50; round += 1) own.push(await timed(() => run(server, kind)))
  print(`\na code step that returns a number: ${median(own).toFixed(1)} ms from start to end`)

  print(`webhook → done, ${clients} clients, beside programs that one client runs again and again:`)
  // A server that has just started interprets what it will soon have compiled.
  await load(600, clients, other, server.cpuMs)
  for (const [name, source] of Object.entries(programs)) {
    const workflow = await codeWorkflow(server, source)
    const alone: number[] = []
    for (let round = 0; round < 3; round += 1) alone.push(await timed(() => run(server, workflow)))
    // They take turns, so that noise meets both.
    const [quiet, beside]: [Load[], Load[]] = [[], []]
    for (let round = 0; round < 5; round += 1) {
      quiet.push(await load(100, clients, other, server.cpuMs))
      beside.push(
        await during(
          () => run(server, workflow),
          () => load(100, clients, other, server.cpuMs),
        ),
      )
    }
    const [normal, result] = [middle(quiet), middle(beside)]
    print(
      `  ${name} (${median(alone).toFixed(0)} ms alone): ${shown(result)}   normal ${shown(normal)}   p50 ${ratio(result.p50Ms, normal.p50Ms)}, p99 ${ratio(result.p99Ms, normal.p99Ms)}`,
    )
  }
}

async function codeWorkflow(server: BenchServer, body: string): Promise<string> {
  const { workflowId } = await server.publish({
    name: 'Code',
    nodes: [
      { id: 'start', kind: 'manual', config: {} },
      { id: 'work', kind: 'code', onError: 'continue', config: { source: `export default () => { ${body} }` } },
    ],
    edges: [{ from: 'start', to: 'work' }],
  })
  return workflowId
}

async function run(server: BenchServer, workflowId: string): Promise<void> {
  const { status } = await server.execute(workflowId, null)
  if (status !== 'succeeded') throw new Error(`the execution is ${status}`)
}

/** Does one thing over and over, one at a time, while another is done once. */
async function during<Result>(again: () => Promise<void>, work: () => Promise<Result>): Promise<Result> {
  let isOver = false
  const repeating = (async () => {
    while (!isOver) await again()
  })()
  const result = await work()
  isOver = true
  await repeating
  return result
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now()
  await work()
  return performance.now() - before
}

const shown = ({ p50Ms, p99Ms, perSecond }: Load): string =>
  `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, ${perSecond.toFixed(0)}/s`

const ratio = (value: number, normal: number): string => `${(value / normal).toFixed(1)} ×`
