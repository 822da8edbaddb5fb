import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { RecordedEvent } from '../../schemas/execution-events.ts'
import { RandomSource } from '../support/random-source.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { Sink } from '../support/sink.ts'
import { StepwellClient } from '../support/stepwell-client.ts'

const KILLS = 20
const IN_FLIGHT = 50
/** Longer than the longest pause between two sweeps of executions of this age, so silence means that nothing is left. */
const SILENCE_MS = 20_000
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

const call = (id: string, url: string) => ({
  id,
  kind: 'http',
  config: { method: 'POST', url: `${url}/${id}`, body: { n: '{{ trigger.body.n }}' } },
})

/** Six steps, three of them calls. */
const graph = (url: string) => ({
  name: 'Six steps',
  nodes: [
    { id: 'start', kind: 'manual' },
    call('reserve', url),
    { id: 'price', kind: 'transform', config: { fields: { total: '{{ trigger.body.n * 2 }}' } } },
    call('charge', url),
    { id: 'check', kind: 'condition', config: { rules: [{ port: 'paid', when: 'steps.charge.output.body.ok' }] } },
    call('ship', url),
    {
      id: 'reply',
      kind: 'respond',
      config: { body: { n: '{{ trigger.body.n }}', total: '{{ steps.price.output.total }}' } },
    },
  ],
  edges: [
    { from: 'start', to: 'reserve' },
    { from: 'reserve', to: 'price' },
    { from: 'price', to: 'charge' },
    { from: 'charge', to: 'check' },
    { from: 'check', port: 'paid', to: 'ship' },
    { from: 'ship', to: 'reply' },
  ],
})

/** The goal: what was acknowledged is finished whatever happens to the process, and every effect is accounted for. */
describe(`a server that is killed ${KILLS} times (SEED=${seed})`, () => {
  const random = new RandomSource(seed)
  const accepted = new Map<string, number>()
  let server: TestServer
  let client: StepwellClient
  let sink: Sink
  let workflowId: string
  let lastCallAt = 0

  beforeAll(async () => {
    sink = await Sink.start(() => {
      lastCallAt = Date.now()
      return { body: '{"ok":true}', delayMs: random.between(20, 400) }
    })
    server = await startServer({ env: { ALLOW_PRIVATE_NETWORK: '1' } })
    client = new StepwellClient(server)
    workflowId = (await client.publish(graph(sink.url))).workflowId
  })
  afterAll(async () => {
    await server.stop()
    sink.stop()
  })

  /** Starts executions until `count` more are acknowledged; calls that the kill cuts off are not. */
  async function keepStarting(count: number): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, async () => {
        const n = accepted.size + random.between(0, 1_000_000)
        const response = await server
          .fetch(`/actions/execute/${workflowId}`, { method: 'POST', body: JSON.stringify({ n }) })
          .catch(() => null)
        const answer = response?.status === 202 ? await response.json().catch(() => null) : null
        if (answer !== null) accepted.set((answer as { executionId: string }).executionId, n)
      }),
    )
  }

  it('[CRA1] ends every acknowledged execution, with only alarms to wake it after the last kill', {
    timeout: 400_000,
  }, async () => {
    const earlier = new Map<string, RecordedEvent[]>()
    for (let kill = 0; kill < KILLS; kill += 1) {
      const unfinished = (await client.executions(`&workflow=${workflowId}&status=running,waiting`)).length
      const starting = keepStarting(Math.max(IN_FLIGHT - unfinished, 0))
      await sleep(random.between(50, 900))
      await server.kill9()
      await starting
      await server.restart()
      // What is recorded stays recorded: a log that was read is the beginning of the log that is read later.
      for (const id of [...accepted.keys()].slice(-5)) await expectPrefix(earlier, id)
    }
    expect(accepted.size).toBeGreaterThan(IN_FLIGHT)
    lastCallAt = Date.now()
    while (Date.now() - lastCallAt < SILENCE_MS) await sleep(500)
    for (const [id, n] of accepted) {
      const view = await client.execution(id)
      expect(view).toMatchObject({ status: 'succeeded', output: { n, total: n * 2 } })
      await expectPrefix(earlier, id)
    }
  })

  async function expectPrefix(earlier: Map<string, RecordedEvent[]>, id: string): Promise<void> {
    const events = await client.events(id)
    const before = earlier.get(id) ?? []
    expect(events.slice(0, before.length)).toEqual(before)
    earlier.set(id, events)
  }

  it('[CRA2] records each result once, and explains every call beyond the first', async () => {
    const calls = Map.groupBy(sink.calls, ({ headers }) => String(headers['idempotency-key']))
    let interrupted = 0
    for (const id of accepted.keys()) {
      const events = await client.events(id)
      for (const step of ['reserve', 'charge', 'ship']) {
        const own = events.filter((event) => 'step' in event && event.step === step)
        const count = (type: RecordedEvent['type']): number => own.filter((event) => event.type === type).length
        const seen = calls.get(`${id}.${step}`)?.length ?? 0
        expect(count('StepSucceeded')).toBe(1)
        expect(seen).toBeGreaterThanOrEqual(1)
        expect(seen).toBeLessThanOrEqual(count('AttemptStarted'))
        expect(seen - 1).toBeLessThanOrEqual(count('AttemptInterrupted'))
        interrupted += count('AttemptInterrupted')
      }
      for (const step of ['price', 'check', 'reply'])
        expect(events.filter((event) => event.type === 'StepSucceeded' && event.step === step)).toHaveLength(1)
    }
    // A run in which no kill met an attempt would have shown nothing.
    expect(interrupted).toBeGreaterThan(10)
  })

  it('[CRA3] started nothing that the log does not know', async () => {
    const known = new Set((await client.executions(`&workflow=${workflowId}`)).map(({ id }) => id))
    for (const { headers } of sink.calls)
      expect(known.has(String(headers['idempotency-key']).split('.')[0] ?? '')).toBe(true)
    for (const id of accepted.keys()) expect(known.has(id)).toBe(true)
  })
})
