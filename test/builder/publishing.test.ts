import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Database } from '../../builder/db/database.ts'
import { drafts, versions, workflows } from '../../builder/db/tables.ts'
import { samples } from '../../builder/samples/index.ts'
import { type PublishAnswer, WorkflowDetail } from '../../schemas/api/workflows.ts'
import { Graph } from '../../schemas/graph.ts'
import { clock, greeting, noon, openBuilder, origin, report } from './builder-kit.ts'
import { MemoryRuntime } from './memory-runtime.ts'
import { emptyDatabase } from './test-database.ts'

const base = '/api/actions/drafts'

describe('publishing', () => {
  let db: Database
  let runtime: MemoryRuntime
  let builder: ReturnType<typeof openBuilder>
  beforeEach(async () => {
    clock.at = noon
    db = await emptyDatabase()
    runtime = new MemoryRuntime({ now: clock.now })
    builder = openBuilder(db, runtime)
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
  const created = async (content: object = greeting): Promise<string> =>
    (await (await builder.send('POST', base, content)).json<{ id: string }>()).id
  const save = async (id: string, content: object, revision: number) =>
    expect((await builder.send('PUT', `${base}/${id}`, content, { 'if-match': `"${revision}"` })).status).toBe(200)
  const publish = (id: string, headers?: Record<string, string>) =>
    builder.send('POST', `${base}/${id}/publish`, undefined, headers)
  const workflow = async (id: string) =>
    WorkflowDetail.parse(await (await builder.send('GET', `/api/workflows/${id}`)).json())
  const hooked = {
    ...greeting,
    nodes: [
      { id: 'start', kind: 'webhook', config: {} },
      { id: 'reply', kind: 'log', config: { message: 'hello' } },
    ],
  }

  it('[PUB1] answers with version, content hash and absolute hook URLs', async () => {
    const id = await created(hooked)
    const answer = await publish(id)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      workflowId: id,
      version: 1,
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      hooks: [{ nodeId: 'start', hookId: `${id}-start`, url: `${origin}/actions/webhook/${id}-start` }],
    })
    expect((await workflow(id)).active?.hooks[0]?.url).toBe(`${origin}/actions/webhook/${id}-start`)
  })

  it('[PUB2] gives the same content the same version', async () => {
    const id = await created()
    const first = await (await publish(id)).json<PublishAnswer>()
    expect(await (await publish(id)).json()).toEqual(first)
    await save(id, { ...greeting, name: 'Second' }, 1)
    const second = await (await publish(id)).json<PublishAnswer>()
    expect(second).toMatchObject({ version: 2 })
    await save(id, greeting, 2)
    expect(await (await publish(id)).json()).toEqual(first)
    expect(await workflow(id)).toMatchObject({
      published: { version: 1 },
      draftChanged: false,
      active: { graph: greeting },
    })
    const { items } = await (await builder.send('GET', `${base}/${id}/versions`)).json<{ items: unknown[] }>()
    expect(items).toMatchObject([{ version: 2 }, { version: 1 }])
  })

  it('[PUB3] names every problem of a graph and publishes nothing', async () => {
    const id = await created({ name: 'Broken', nodes: [{ id: 'lonely', kind: 'teleport' }] })
    const answer = await publish(id)
    expect(answer.status).toBe(422)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    const problem = await answer.json<{ problems: { code: string; nodeId: string }[] }>()
    expect(problem).toMatchObject({ code: 'graph_invalid', status: 422, detail: expect.any(String) })
    expect(problem.problems.map(({ code }) => code)).toEqual(expect.arrayContaining(['unknown_kind', 'no_trigger']))
    const listed = await builder.send('GET', `${base}/${id}/problems`)
    expect(await listed.json()).toEqual({ revision: 1, problems: problem.problems })
    expect(await workflow(id)).not.toHaveProperty('published')
    expect((await builder.send('DELETE', `${base}/${id}`)).status).toBe(204)
  })

  it('[PUB4] publishes only the revision it is told', async () => {
    const id = await created()
    await save(id, { ...greeting, name: 'Later' }, 1)
    const stale = await publish(id, { 'if-match': '"1"' })
    expect(stale.status).toBe(409)
    expect(await stale.json()).toMatchObject({ code: 'revision_stale', revision: 2, current: { name: 'Later' } })
    expect((await publish(id, { 'if-match': '"2"' })).status).toBe(200)
  })

  it('[PUB5] takes no body but an empty one', async () => {
    const id = await created()
    expect((await builder.send('POST', `${base}/${id}/publish`, { label: 'v1' })).status).toBe(400)
    expect((await builder.send('POST', `${base}/${id}/publish`, {})).status).toBe(200)
    expect((await publish(id, { 'content-type': 'application/json' })).status).toBe(200)
  })

  it('[PUB6] finds a version whose answer was lost on its way', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const id = await created()
    const whole = runtime.publish.bind(runtime)
    const lost = vi.spyOn(runtime, 'publish').mockImplementation(async (workflowId, graph) => {
      await whole(workflowId, graph)
      throw new Error('the connection broke')
    })
    const answer = await publish(id)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ code: 'runtime_unavailable' })
    lost.mockRestore()
    expect((await builder.send('DELETE', `${base}/${id}`)).status).toBe(409)
    await db.update(workflows).set({ activeVersion: null })
    runtime.report(report(id, 'e', 1, 'running'))
    await builder.projector.tick()
    expect(runtime.wakes).toBe(1)
    expect(await workflow(id)).toMatchObject({
      published: { version: 1 },
      draftChanged: false,
      executions: { total: 1 },
    })
  })

  it('[PUB7] deletes a draft whose publish came to nothing', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const id = await created()
    const down = vi.spyOn(runtime, 'publish').mockRejectedValue(new Error('no such service'))
    expect((await publish(id)).status).toBe(503)
    down.mockRestore()
    expect((await builder.send('DELETE', `${base}/${id}`)).status).toBe(204)
    expect(await db.select().from(workflows)).toEqual([])
  })

  it('[PUB8] brings a draft back that was deleted while it was being published', async () => {
    const id = await created()
    const whole = runtime.publish.bind(runtime)
    vi.spyOn(runtime, 'publish').mockImplementation(async (workflowId, graph) => {
      expect((await builder.send('DELETE', `${base}/${id}`)).status).toBe(204)
      return whole(workflowId, graph)
    })
    expect((await publish(id)).status).toBe(200)
    expect(await workflow(id)).toMatchObject({ name: 'Greeting', published: { version: 1 }, draftChanged: false })
  })

  it('[PUB9] records what the runtime holds last, however two publishes overtake each other', async () => {
    const id = await created()
    const whole = runtime.workflow.bind(runtime)
    const readFirst = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    vi.spyOn(runtime, 'workflow').mockImplementationOnce(async (workflowId) => {
      const early = await whole(workflowId)
      readFirst.resolve()
      await held.promise
      return early
    })
    const first = publish(id)
    await readFirst.promise
    await save(id, { ...greeting, name: 'Second' }, 1)
    expect((await publish(id)).status).toBe(200)
    held.resolve()
    expect(await (await first).json()).toMatchObject({ version: 1 })
    expect(await workflow(id)).toMatchObject({
      published: { version: 2 },
      active: { version: 2, graph: { name: 'Second' } },
    })
  })

  it('[PUB10] learns of a workflow it never knew from a hint', async () => {
    await runtime.publish('stranger', Graph.parse({ ...greeting, name: 'Stranger' }))
    runtime.report(report('stranger', 'e', 1, 'running'))
    await builder.projector.pullHinted(['stranger', 'nobody'])
    expect(await workflow('stranger')).toMatchObject({
      name: 'Stranger',
      published: { version: 1 },
      executions: { total: 1 },
    })
    expect((await builder.send('GET', '/api/workflows/nobody')).status).toBe(404)
    expect(await db.select().from(drafts).where(eq(drafts.id, 'nobody'))).toEqual([])
  })

  it('[PUB11] pages through versions', async () => {
    const id = await created()
    await publish(id)
    for (const revision of [1, 2, 3]) {
      await save(id, { ...greeting, name: `Revision ${revision + 1}` }, revision)
      await publish(id)
    }
    type Page = { items: { version: number }[]; next?: string }
    const first = await (await builder.send('GET', `${base}/${id}/versions?limit=3`)).json<Page>()
    const rest = await (await builder.send('GET', `${base}/${id}/versions?limit=3&cursor=${first.next}`)).json<Page>()
    expect([first, rest].map(({ items }) => items.map(({ version }) => version))).toEqual([[4, 3, 2], [1]])
    expect(rest).not.toHaveProperty('next')
    expect(await db.select().from(versions)).toHaveLength(4)
  })
})

describe('samples', () => {
  it.each(samples.map((sample) => ({ id: sample.id, sample })))(
    '[SMP1] $id can be published as it is',
    async ({ sample }) => {
      const runtime = new MemoryRuntime()
      expect(await runtime.problems(sample.graph)).toEqual([])
      const builder = openBuilder(await emptyDatabase(), runtime)
      const answer = await builder.send('POST', `/api/samples/${sample.id}`)
      expect(answer.status).toBe(201)
      const { workflowId } = await answer.json<PublishAnswer>()
      expect(answer.headers.get('location')).toBe(`/api/workflows/${workflowId}`)
      const workflow = WorkflowDetail.parse(await (await builder.send('GET', `/api/workflows/${workflowId}`)).json())
      expect(workflow).toMatchObject({ name: sample.graph.name, published: { version: 1 }, draftChanged: false })
    },
  )

  it('[SMP2] lists eight, each drawn on the canvas, none of which reaches outside', async () => {
    const builder = openBuilder(await emptyDatabase(), new MemoryRuntime())
    const { items } = await (await builder.send('GET', '/api/samples')).json<{ items: typeof samples }>()
    expect(items).toHaveLength(8)
    expect(items).toEqual(samples)
    const nodes = items.flatMap(({ graph }) => graph.nodes)
    expect(nodes.filter(({ kind, position }) => kind === 'http' || position === undefined)).toEqual([])
    expect((await builder.send('POST', '/api/samples/nothing')).status).toBe(404)
  })
})
