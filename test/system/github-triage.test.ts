import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rules } from '../../runtime/engine/decide.ts'
import { replay } from '../../runtime/engine/index.ts'
import { snapshotOf } from '../../runtime/engine/snapshot.ts'
import type { PublishAnswer } from '../../schemas/api/workflows.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { Sink } from '../support/sink.ts'
import { StepwellClient } from '../support/stepwell-client.ts'
import { expectedPort, recordedPayloads, signatureOf, triageGraph } from './github-payloads.ts'

const secret = 'a secret that only GitHub and we know'

/** Real payloads, really signed, sent to the real server: nothing in between is made up. */
describe('a GitHub triage workflow', () => {
  let server: TestServer
  let client: StepwellClient
  let sink: Sink
  let published: PublishAnswer
  let hookPath: string

  beforeAll(async () => {
    sink = await Sink.start(() => ({ body: JSON.stringify({ number: sink.calls.length }) }))
    server = await startServer({ env: { ALLOW_PRIVATE_NETWORK: '1' } })
    client = new StepwellClient(server)
    await client.putSecret('github_webhook', secret)
    published = await client.publish(triageGraph(sink.url))
    hookPath = new URL(published.hooks[0]?.url ?? '').pathname
  })
  afterAll(async () => {
    await server.stop()
    sink.stop()
  })

  const deliver = (body: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${server.url}${hookPath}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })

  it('[GIT1] takes every recorded payload by the port that an independent count expects', async () => {
    const recorded = recordedPayloads()
    expect(recorded.length).toBeGreaterThan(100)
    const taken: Record<string, number> = {}
    for (const delivery of recorded) {
      const body = JSON.stringify(delivery.payload)
      const response = await deliver(body, {
        'x-github-event': delivery.event,
        'x-hub-signature-256': signatureOf(body, secret),
      })
      const port = expectedPort(delivery)
      expect(response.status).toBe(port === 'else' ? 200 : 201)
      expect(await response.json()).toMatchObject({ port })
      taken[port] = (taken[port] ?? 0) + 1
    }
    const called = Map.groupBy(sink.calls, ({ path }) => path.slice(1))
    for (const port of ['review', 'bug', 'comment']) expect(called.get(port)?.length).toBe(taken[port])
    expect(sink.calls.length).toBe(recorded.length - (taken['else'] ?? 0))
    expect(Object.values(taken).every((count) => count > 0)).toBe(true)
  })

  it("[GIT2] calls the local server once for each execution, with that execution's key", async () => {
    const items = await client.executions(`&workflow=${published.workflowId}`)
    expect(items.length).toBe(recordedPayloads().length)
    expect(new Set(items.map(({ status }) => status))).toEqual(new Set(['succeeded']))
    const keys = sink.calls.map(({ headers }) => String(headers['idempotency-key']))
    expect(new Set(keys).size).toBe(keys.length)
    const ids = new Set(items.map(({ id }) => id))
    for (const key of keys) expect(ids.has(key.replace('.notify', ''))).toBe(true)
  })

  it('[GIT3] folds every log to the state that the API reports', async () => {
    for (const { id } of await client.executions(`&workflow=${published.workflowId}`)) {
      const events = await client.events(id)
      const folded = replay(events.map(({ position: _, ...event }) => event))
      if (folded.status === 'not_started') throw new Error('a log begins with ExecutionStarted')
      expect(JSON.parse(JSON.stringify(snapshotOf(folded, rules)))).toEqual(await client.state(id))
      expect((await client.execution(id)).position).toBe(events.length)
    }
  })

  it('[GIT4] refuses wrong, missing and re-serialised signatures, and shows them among the deliveries', async () => {
    const [first] = recordedPayloads()
    const body = JSON.stringify(first?.payload)
    const calls = sink.calls.length
    const refusals = [
      { body, headers: { 'x-hub-signature-256': signatureOf(body, 'another secret') }, code: 'signature_mismatch' },
      { body, headers: {}, code: 'signature_missing' },
      {
        body: JSON.stringify(first?.payload, null, 1),
        headers: { 'x-hub-signature-256': signatureOf(body, secret) },
        code: 'signature_mismatch',
      },
      { body, headers: { 'x-hub-signature-256': 'sha256=zz' }, code: 'signature_malformed' },
    ]
    for (const refusal of refusals) {
      const response = await deliver(refusal.body, { 'x-github-event': 'issues', ...refusal.headers })
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ code: 'delivery_refused' })
    }
    const hookId = published.hooks[0]?.hookId
    const { items } = await client.ask<{ items: { verdict: string; code?: string; executionId?: string }[] }>(
      'GET',
      `/api/hooks/${hookId}/deliveries?limit=4`,
    )
    expect(items.map(({ code }) => code)).toEqual(refusals.map(({ code }) => code).reverse())
    expect(items.every(({ verdict, executionId }) => verdict === 'refused' && executionId === undefined)).toBe(true)
    expect(sink.calls.length).toBe(calls)
  })

  it('[GIT5] refuses everything once its secret is gone', async () => {
    await client.ask('DELETE', '/api/secrets/github_webhook')
    const body = JSON.stringify(recordedPayloads()[0]?.payload)
    const response = await deliver(body, {
      'x-github-event': 'issues',
      'x-hub-signature-256': signatureOf(body, secret),
    })
    expect(response.status).toBe(401)
  })
})
