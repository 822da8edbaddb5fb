import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { RecordedEvent } from '../../schemas/execution-events.ts'
import { graphOf } from '../support/graphs.ts'
import { RandomSource } from '../support/random-source.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { Sink } from '../support/sink.ts'
import { StepwellClient } from '../support/stepwell-client.ts'
import { crashChild, crashShapes, type Shape } from './crash-workflows.ts'
import type { Drawing } from './every-kind-workflows.ts'

const KILLS = 20
const IN_FLIGHT = 50
/** Longer than the longest pause between two sweeps of executions of this age, so silence means that nothing is left. */
const SILENCE_MS = 20_000
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

/** The goal: what was acknowledged is finished whatever happens to the process, and every effect is accounted for. */
describe(`a server that is killed ${KILLS} times (SEED=${seed})`, () => {
  const random = new RandomSource(seed)
  const accepted = new Map<string, { readonly n: number; readonly shape: Shape }>()
  /** The children that parents started, by the step that did. */
  const children = new Map<string, string>()
  let server: TestServer
  let client: StepwellClient
  let sink: Sink
  let shapes: readonly (Shape & { readonly workflowId: string })[]
  let childId: string
  let lastCallAt = 0

  beforeAll(async () => {
    sink = await Sink.start(() => {
      lastCallAt = Date.now()
      return { body: '{"ok":true}', delayMs: random.between(20, 400) }
    })
    server = await startServer({ env: { ALLOW_PRIVATE_NETWORK: '1' } })
    client = new StepwellClient(server)
    childId = await published(crashChild(sink.url))
    shapes = await Promise.all(
      crashShapes(sink.url, childId).map(async (shape) => ({ ...shape, workflowId: await published(shape.drawing) })),
    )
  })
  afterAll(async () => {
    await server.stop()
    sink.stop()
  })

  async function published({ name, nodes, edges }: Drawing): Promise<string> {
    return (await client.publish({ ...graphOf(nodes, edges), name })).workflowId
  }

  /** Starts executions until `count` more are acknowledged; calls that the kill cuts off are not. */
  async function keepStarting(count: number): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, async (_, at) => {
        const n = accepted.size + random.between(0, 1_000_000)
        const shape = shapes[at % shapes.length]
        const response = await server
          .fetch(`/actions/execute/${shape?.workflowId}`, { method: 'POST', body: JSON.stringify({ n }) })
          .catch(() => null)
        const answer = response?.status === 202 ? await response.json().catch(() => null) : null
        if (answer !== null && shape !== undefined)
          accepted.set((answer as { executionId: string }).executionId, { n, shape })
      }),
    )
  }

  it('[CRA1] ends every acknowledged execution, with only alarms to wake it after the last kill', {
    timeout: 400_000,
  }, async () => {
    const earlier = new Map<string, RecordedEvent[]>()
    for (let kill = 0; kill < KILLS; kill += 1) {
      const unfinished = (await client.executions('&status=running,waiting')).length
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
    for (const [id, { n, shape }] of accepted) {
      shape.expectEnd(await client.execution(id), n)
      await expectPrefix(earlier, id)
    }
    for (const { id } of await client.executions(`&workflow=${childId}`)) {
      const { status, parent } = await client.execution(id)
      expect(status).toBe('succeeded')
      children.set(`${parent?.executionId}.${parent?.step}`, id)
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
    for (const id of [...accepted.keys(), ...children.values()]) {
      const bySteps = Map.groupBy(await client.events(id), (event) => ('step' in event ? event.step : undefined))
      for (const [step, own] of bySteps) {
        const count = (type: RecordedEvent['type']): number => own.filter((event) => event.type === type).length
        expect(count('StepSucceeded')).toBeLessThanOrEqual(1)
        // What has a child calls nobody itself.
        if (count('AttemptStarted') === 0 || count('ChildStarted') > 0) continue
        const seen = calls.get(`${id}.${step}`)?.length ?? 0
        const isUnknown = count('StepUnknown') > 0
        expect(count('StepSucceeded')).toBe(isUnknown ? 0 : 1)
        expect(seen).toBeGreaterThanOrEqual(isUnknown ? 0 : 1)
        expect(seen).toBeLessThanOrEqual(count('AttemptStarted'))
        expect(seen - 1).toBeLessThanOrEqual(count('AttemptInterrupted'))
        interrupted += count('AttemptInterrupted')
      }
    }
    // A run in which no kill met an attempt would have shown nothing.
    expect(interrupted).toBeGreaterThan(10)
  })

  it('[CRA3] started nothing that the log does not know', async () => {
    const known = new Set((await client.executions()).map(({ id }) => id))
    for (const { headers } of sink.calls)
      expect(known.has(String(headers['idempotency-key']).split('.')[0] ?? '')).toBe(true)
    for (const id of accepted.keys()) expect(known.has(id)).toBe(true)
    // One child for each step that starts one.
    expect(children.size).toBe((await client.executions(`&workflow=${childId}`)).length)
  })

  it('[CRA4] acted at most once where it was asked to, and goes on when a person says what was done', async () => {
    const transfers = sink.calls.filter(({ path }) => path === '/transfer')
    expect(new Set(transfers.map(({ headers }) => headers['idempotency-key'])).size).toBe(transfers.length)
    const unknown = (await client.executions('&status=paused')).map(({ id }) => id)
    expect(unknown.length).toBeGreaterThan(0)
    const said = { step: 'transfer', outcome: 'succeeded', output: null }
    for (const id of unknown) {
      await client.ask('POST', `/actions/executions/${id}/answer`, said)
      const ended = { status: 'succeeded', output: { value: expect.any(Number) } }
      expect(await client.execution(id)).toMatchObject(ended)
    }
    expect(sink.calls.filter(({ path }) => path === '/transfer')).toHaveLength(transfers.length)
  })
})
