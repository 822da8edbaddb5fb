import { eachComputed, eachHttp, longRepeat } from './bench-graphs.ts'
import { type BenchServer, slowMs } from './bench-server.ts'
import { median, post } from './load.ts'

type Print = (line: string) => void

const items = 10_000
const concurrency = 50

/** Ten thousand items: computed, and with calls beside a bare object that makes the same calls. */
export async function benchEach(server: BenchServer, print: Print): Promise<void> {
  const computed = await server.publish(eachComputed())
  const input = { items: Array.from({ length: items }, (_, index) => index) }
  const times: number[] = []
  for (let round = 0; round < 5; round += 1) times.push(await timed(() => ended(server, computed.workflowId, input)))
  print(
    `\neach over ${items} items, one computed step: median ${median(times).toFixed(0)} ms from start to end (aim < 2,000)`,
  )

  for (const [url, what] of [
    [server.sinkUrl, 'at once'],
    [`${server.sinkUrl}slow`, `after ${slowMs} ms`],
  ] as const) {
    const calling = await server.publish(eachHttp(url, concurrency))
    const ours = await timed(() => ended(server, calling.workflowId, input))
    const floor = await timed(() =>
      post(`${server.floorUrl}/?url=${url}&fetches=${items}&concurrency=${concurrency}`, '{}'),
    )
    print(
      `each over ${items} items, one http call that is answered ${what}, ${concurrency} at a time: ${ours.toFixed(0)} ms   floor (the calls alone) ${floor.toFixed(0)} ms   ${((floor / ours) * 100).toFixed(0)} % of the floor`,
    )
  }
}

/** Time and memory by the length of one execution's log. */
export async function benchLength(server: BenchServer, print: Print): Promise<void> {
  const { workflowId } = await server.publish(longRepeat())
  const before = server.memoryMiB()
  const { executionId } = await server.ask<{ executionId: string }>('POST', `/actions/execute/${workflowId}`, {})
  const events = await lengthAtEnd(server, executionId)
  const at = async (position: number): Promise<number> => {
    const page = await server.ask<{ events: { at: number }[] }>(
      'GET',
      `/actions/executions/${executionId}/events?after=${position - 1}&limit=1`,
    )
    return page.events[0]?.at ?? 0
  }
  const perEvent = async (from: number, to: number): Promise<number> =>
    ((await at(to)) - (await at(from))) / (to - from)
  const early = await perEvent(1000, 11_000)
  const late = await perEvent(events - 10_001, events - 1)
  print(
    `\nan execution of ${events} events: ${(early * 1000).toFixed(0)} µs an event at its beginning, ${(late * 1000).toFixed(0)} µs at its end, ratio ${(late / early).toFixed(2)} (aim < 1.5); memory ${before.toFixed(0)} → ${server.memoryMiB().toFixed(0)} MiB`,
  )
  await server.restart()
  await server.ask('GET', '/api/workflows')
  const first = await timed(() => server.ask('GET', `/actions/executions/${executionId}`))
  const second = await timed(() => server.ask('GET', `/actions/executions/${executionId}`))
  print(`wake of it: ${(first - second).toFixed(1)} ms above an awake one (${second.toFixed(1)} ms)`)
}

async function ended(server: BenchServer, workflowId: string, input: unknown): Promise<void> {
  const { executionId } = await server.ask<{ executionId: string }>(
    'POST',
    `/actions/execute/${workflowId}?wait=30000`,
    input,
  )
  await lengthAtEnd(server, executionId)
}

/** The position of the last event of an execution that succeeds. */
async function lengthAtEnd(server: BenchServer, executionId: string): Promise<number> {
  const until = Date.now() + 300_000
  for (;;) {
    const view = await server.ask<{ position: number; status: string; error?: object }>(
      'GET',
      `/actions/executions/${executionId}`,
    )
    if (view.status === 'succeeded') return view.position
    if (view.status !== 'running' && view.status !== 'waiting') throw new Error(JSON.stringify(view.error))
    if (Date.now() > until) throw new Error(`execution ${executionId} stopped at position ${view.position}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now()
  await work()
  return performance.now() - before
}
