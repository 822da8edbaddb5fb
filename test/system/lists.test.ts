import { afterAll, beforeAll, describe, expect, it } from 'vitest'

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

  it('[LST10] answers many readers and a rebuild at once, each with all there is', async () => {
    const workflowIds: string[] = []
    for (let n = 0; n < 20; n++) {
      const answer = await post('/api/samples/hello_form')
      expect(answer.status).toBe(201)
      workflowIds.push(((await answer.json()) as { workflowId: string }).workflowId)
    }
    for (const id of workflowIds)
      expect((await post(`/actions/execute/${id}?wait=5000`, { name: 'Ada' })).status).toBe(200)
    // Ended executions are reported together, a moment later.
    const list = async () => (await (await server.fetch('/api/executions?limit=200')).json()) as List
    await expect.poll(async () => (await list()).items.map(({ status }) => status)).toEqual(Array(20).fill('succeeded'))

    for (let round = 0; round < 3; round++) {
      const readers = Array.from({ length: 40 }, () => server.fetch('/api/executions'))
      expect((await Promise.all(readers)).map(({ status }) => status)).toEqual(Array(40).fill(200))
      const rebuild = await post('/api/projections/rebuild')
      expect(rebuild.status).toBe(200)
      expect(await rebuild.json()).toEqual({ workflows: 20, executions: 20, lag: 0 })
    }
    expect(await list()).toMatchObject({ lag: 0, items: { length: 20 } })
    expect(server.stderr).toBe('')
  })
})
