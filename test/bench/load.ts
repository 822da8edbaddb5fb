import { Agent, request } from 'node:http'

export type Load = {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMs: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 })

export function post(
  url: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Makes `count` calls from `clients` clients, each waiting for its answer, after a warm-up of a tenth. */
export async function load(
  count: number,
  clients: number,
  call: () => Promise<void>,
  cpuMs: () => number,
): Promise<Load> {
  await spread(Math.ceil(count / 10), clients, call)
  const cpuBefore = cpuMs()
  const before = performance.now()
  const latencies = await spread(count, clients, call)
  const elapsedMs = performance.now() - before
  latencies.sort((left, right) => left - right)
  return {
    perSecond: (count / elapsedMs) * 1000,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    cpuMs: (cpuMs() - cpuBefore) / count,
  }
}

async function spread(count: number, clients: number, call: () => Promise<void>): Promise<number[]> {
  const latencies: number[] = []
  let left = count
  const client = async (): Promise<void> => {
    for (; left > 0; ) {
      left -= 1
      const before = performance.now()
      await call()
      latencies.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return latencies
}

export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

export const median = (values: readonly number[]): number =>
  percentile(
    [...values].sort((left, right) => left - right),
    0.5,
  )

/** Each number by itself: the middle of what the rounds gave. */
export const middle = (loads: readonly Load[]): Load => ({
  perSecond: median(loads.map(({ perSecond }) => perSecond)),
  p50Ms: median(loads.map(({ p50Ms }) => p50Ms)),
  p99Ms: median(loads.map(({ p99Ms }) => p99Ms)),
  cpuMs: median(loads.map(({ cpuMs }) => cpuMs)),
})
