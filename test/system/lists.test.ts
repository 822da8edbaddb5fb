import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { startServer, type TestServer } from '../support/server.ts'

type List = { readonly items: readonly { readonly id: string; readonly status: string }[]; readonly lag: number }

/** Only the real server gives each request a context of its own, which ends when its answer is sent. */
describe('lists of the real server', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(async () => {
    await server.stop()
  })
  const post = (path: string, body: unknown = {}) =>
    server.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  it('[LST10] answers many readers and a rebuild at once, while others leave before their answer', async () => {
    const workflowIds: string[] = []
    for (let n = 0; n < 40; n++) {
      const answer = await post('/api/samples/hello_form')
      expect(answer.status).toBe(201)
      workflowIds.push(((await answer.json()) as { workflowId: string }).workflowId)
    }
    for (const id of workflowIds)
      expect((await post(`/actions/execute/${id}?wait=5000`, { name: 'Ada' })).status).toBe(200)
    // Ended executions are reported together, a moment later.
    const list = async () => (await (await server.fetch('/api/executions?limit=200')).json()) as List
    await expect.poll(async () => (await list()).items.map(({ status }) => status)).toEqual(Array(40).fill('succeeded'))

    for (let round = 0; round < 3; round++) {
      const readers = Array.from({ length: 60 }, () => server.fetch('/api/executions'))
      const leaving = Array.from({ length: 60 }, (_, n) =>
        server.fetch('/api/executions', { signal: AbortSignal.timeout(1 + n) }).catch((error: Error) => error.name),
      )
      const rebuild = await post('/api/projections/rebuild')
      expect(rebuild.status).toBe(200)
      expect(await rebuild.json()).toMatchObject({ workflows: 40 })
      expect((await Promise.all(readers)).map(({ status }) => status)).toEqual(Array(60).fill(200))
      expect(await Promise.all(leaving)).toContain('TimeoutError')
      // Nothing that they left behind holds the next reader up until it gives up waiting.
      const askedAt = performance.now()
      expect(await list()).toMatchObject({ lag: 0 })
      expect(performance.now() - askedAt).toBeLessThan(limits.pullWaitMs)
    }
    expect(await list()).toMatchObject({ lag: 0, items: { length: 40 } })
    expect(server.stderr).toBe('')
  })
})
