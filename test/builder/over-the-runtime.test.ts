import { createExecutionContext, createMessageBatch, createScheduledController, getQueueResult } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'

import type { BuilderEnv } from '../../builder/builder-env.ts'
import type { Database } from '../../builder/db/database.ts'
import { executions, workflows } from '../../builder/db/tables.ts'
import builder from '../../builder/worker.ts'
import type { ExecutionListItem } from '../../schemas/api/executions.ts'
import { type PublishAnswer, WorkflowDetail } from '../../schemas/api/workflows.ts'
import { adminToken, greeting, origin } from './builder-kit.ts'
import { emptyDatabase } from './test-database.ts'

type List = { items: ExecutionListItem[]; lag: number }
type Answer = { executionId: string; status?: string; output?: unknown; error?: { code: string; message: string } }

const { default: server } = z.object({ default: z.custom<Fetcher>() }).parse(exports)
const bindings = z.custom<BuilderEnv>().parse(env)

const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  server.fetch(`${origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
const publishSample = async (id: string) => (await send('POST', `/api/samples/${id}`)).json<PublishAnswer>()
const execute = async (workflowId: string, input: unknown) =>
  (await send('POST', `/actions/execute/${workflowId}?wait=10000`, input)).json<Answer>()

describe('the builder over the real runtime', () => {
  let db: Database
  beforeAll(async () => {
    db = await emptyDatabase()
  })
  const total = async (id: string) =>
    (await db.select().from(workflows).where(eq(workflows.id, id)).get())?.executionsTotal

  it('[RUN1] publishes a draft that then runs, and lists its execution', async () => {
    const { id } = await (await send('POST', '/api/actions/drafts', greeting)).json<{ id: string }>()
    const published = await (await send('POST', `/api/actions/drafts/${id}/publish`)).json<PublishAnswer>()
    expect(published).toMatchObject({ workflowId: id, version: 1, hooks: [] })
    const ended = await execute(id, { name: 'Ada' })
    expect(ended).toMatchObject({ status: 'succeeded', output: { hello: 'Ada' } })
    await expect
      .poll(async () => (await (await send('GET', `/api/executions?workflow=${id}`)).json<List>()).items)
      .toMatchObject([
        {
          id: ended.executionId,
          workflowId: id,
          workflowName: 'Greeting',
          version: 1,
          status: 'succeeded',
          triggerNode: 'start',
        },
      ])
    const again = await (await send('POST', `/api/actions/drafts/${id}/publish`)).json<PublishAnswer>()
    expect(again).toEqual(published)
    const workflow = WorkflowDetail.parse(await (await send('GET', `/api/workflows/${id}`)).json())
    expect(workflow).toMatchObject({
      draftChanged: false,
      executions: { total: 1, running: 0 },
      active: { graph: greeting },
    })
  })

  it('[RUN2] names the problems that the runtime names', async () => {
    const { id } = await (await send('POST', '/api/actions/drafts', { name: 'Empty' })).json<{ id: string }>()
    const refused = await send('POST', `/api/actions/drafts/${id}/publish`)
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({
      code: 'graph_invalid',
      problems: [{ code: 'no_trigger', mend: expect.any(String) }],
    })
  })

  it('[RUN3] reads a projection from a hint alone, without anybody asking for the list', async () => {
    const { workflowId } = await publishSample('hello_form')
    await execute(workflowId, { name: 'Ada' })
    await expect.poll(() => total(workflowId), { timeout: 5000 }).toBe(1)
  })

  it('[RUN7] reads a projection on the regular tick, when every hint was lost', async () => {
    const { workflowId } = await publishSample('hello_form')
    await execute(workflowId, { name: 'Ada' })
    const lost = { readUpTo: 0, executionsTotal: 0, epoch: 1 }
    await expect.poll(() => total(workflowId), { timeout: 5000 }).toBe(1)
    await db.delete(executions).where(eq(executions.workflowId, workflowId))
    await db.update(workflows).set(lost).where(eq(workflows.id, workflowId))
    await builder.scheduled(createScheduledController(), bindings)
    expect(await total(workflowId)).toBe(1)
  })

  it('[RUN8] takes hints that are junk, doubled or of nobody', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { workflowId } = await publishSample('hello_form')
    const bodies = ['junk', null, { workflowId: 7 }, { workflowId: 'nobody' }, { workflowId }, { workflowId }]
    const messages = bodies.map((body, index) => ({ id: `${index}`, timestamp: new Date(), attempts: 1, body }))
    const batch = createMessageBatch('stepwell-changes', messages)
    const context = createExecutionContext()
    await builder.queue(batch, bindings)
    expect(await getQueueResult(batch, context)).toMatchObject({ outcome: 'ok', retryMessages: [] })
    expect(logged).toHaveBeenCalledTimes(3)
    logged.mockRestore()
    expect(await db.select().from(workflows).where(eq(workflows.id, 'nobody'))).toEqual([])
  })

  it('[RUN9] answers many readers at once', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => send('GET', '/api/executions')))
    const lists = await Promise.all(answers.map((answer) => answer.json<List>()))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(lists.map(({ lag }) => lag))).toEqual(new Set([0]))
  })

  it('[RUN4] keeps secrets in the vault', async () => {
    expect((await send('PUT', '/api/secrets/token_of_a_test', { value: 'hidden' })).status).toBe(204)
    const list = await (await send('GET', '/api/secrets')).text()
    expect(list).toContain('token_of_a_test')
    expect(list).not.toContain('hidden')
    expect((await send('DELETE', '/api/secrets/token_of_a_test')).status).toBe(204)
    expect((await send('DELETE', '/api/secrets/token_of_a_test')).status).toBe(404)
  })

  it('[RUN5] shows deliveries, and a hook URL that works', async () => {
    const { hooks } = await publishSample('order_triage')
    const [hook] = hooks
    const called = await server.fetch(hook?.url ?? '', {
      method: 'POST',
      body: '{"total":5}',
      headers: { 'content-type': 'application/json' },
    })
    expect(called.status).toBe(200)
    const { items } = await (await send('GET', `/api/hooks/${hook?.hookId}/deliveries`)).json<{ items: unknown[] }>()
    expect(items).toMatchObject([{ hookId: hook?.hookId, verdict: 'accepted' }])
  })

  it('[RUN6] rebuilds the lists from the objects to the same lists', async () => {
    await expect
      .poll(async () =>
        (await (await send('GET', '/api/executions')).json<List>()).items.every(({ endedAt }) => endedAt !== undefined),
      )
      .toBe(true)
    const { items } = await (await send('GET', '/api/executions')).json<List>()
    expect(items.length).toBeGreaterThanOrEqual(3)
    expect(await (await send('POST', '/api/projections/rebuild')).json()).toMatchObject({
      executions: items.length,
      lag: 0,
    })
    expect((await (await send('GET', '/api/executions')).json<List>()).items).toEqual(items)
  })

  it.each([
    { id: 'hello_form', input: { name: 'Ada', language: 'fr' }, output: { message: 'Bonjour, Ada!' } },
    { id: 'hello_form', input: { name: 'Ada' }, output: { message: 'Hello, Ada!' } },
    { id: 'wait_a_moment', input: { seconds: 1 }, output: { waitedSeconds: 1 } },
    {
      id: 'fan_out_and_join',
      input: { prices: [19, 5, 26] },
      output: { count: 3, dear: [19, 26], raised: [38, 10, 52] },
    },
    { id: 'when_it_fails', input: { bill: 90, people: 0 }, output: { each: null, reason: 'nobody is there to pay' } },
    { id: 'when_it_fails', input: { bill: 90, people: 3 }, output: { each: 30 } },
  ])(
    '[SMP3] $id answers $input with $output',
    async ({ id, input, output }) => {
      const { workflowId } = await publishSample(id)
      expect(await execute(workflowId, input)).toMatchObject({ status: 'succeeded', output })
    },
    15_000,
  )

  it.each([
    { body: { order: 'A-1', total: 1250 }, decision: 'review', reason: 'a total of 1250 needs a second pair of eyes' },
    {
      body: { order: 'A-1', total: 12, express: true, items: [1, 2] },
      decision: 'rush',
      reason: '2 items go out today',
    },
    { body: { order: 'A-1', total: 12, express: true }, decision: 'queue', reason: 'nothing speaks for a hurry' },
  ])('[SMP4] order_triage sends $body to $decision', async ({ body, decision, reason }) => {
    const { hooks } = await publishSample('order_triage')
    const answer = await send('POST', new URL(hooks[0]?.url ?? '').pathname, body)
    expect(await answer.json()).toEqual({ order: 'A-1', decision, reason })
  })

  it('[SMP5] when_it_fails fails an execution that cannot go on', async () => {
    const { workflowId } = await publishSample('when_it_fails')
    expect(await execute(workflowId, { bill: -1, people: 2 })).toMatchObject({
      status: 'failed',
      error: { code: 'negative_bill', message: 'a bill of -1 cannot be shared' },
    })
  })
})
