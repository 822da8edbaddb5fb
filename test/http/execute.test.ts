import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { executionAt } from '../objects/execution-kit.ts'
import { endpoint } from '../support/endpoint.ts'
import { delay, graphOf, http, make, start } from '../support/graphs.ts'
import { anonymous, call, codeOf, deployed, json, post, problemOf } from './http-kit.ts'

type Answer = { executionId: string; status?: string; output?: unknown; error?: { code: string } }
type Page = { events: { position: number; type: string }[]; next?: number }

const echo = graphOf([start, make('echo', '{{ trigger.body }}')], ['start -> echo'])
const resting = graphOf([start, delay('rest', 60_000)], ['start -> rest'])
const long = graphOf(
  [start, ...Array.from({ length: 20 }, (_, index) => make(`step_${index}`))],
  Array.from({ length: 20 }, (_, index) => `${index === 0 ? 'start' : `step_${index - 1}`} -> step_${index}`),
)

describe('POST /deploy', () => {
  it('[HTP8] publishes, and the same content is the same version', async () => {
    const first = await deployed('deploy', echo)
    expect(first).toMatchObject({ workflowId: 'deploy', version: 1, hooks: [] })
    expect(await deployed('deploy', echo)).toEqual(first)
    expect((await deployed('deploy', resting)).version).toBe(2)
  })

  it('[HTP8] names every problem of a graph that cannot be published, and publishes nothing', async () => {
    const broken = graphOf([start, http('call', { config: {} })], ['start -> call', 'call -> gone'])
    const problem = await problemOf(await post('/deploy', { workflowId: 'broken', graph: broken }))
    expect([problem.status, problem.code]).toEqual([422, 'graph_invalid'])
    const { problems } = problem as unknown as { problems: { nodeId: string; mend: string }[] }
    expect(problems.length).toBeGreaterThan(1)
    expect(problems.every(({ mend }) => mend.length > 0)).toBe(true)
    expect(await codeOf(await post('/execute/broken'))).toEqual([404, 'not_found'])
  })

  it('[HTP8] says what of a request has no shape', async () => {
    const problem = await problemOf(await post('/deploy', { workflowId: 'NOT OK', graph: { name: '' } }))
    expect([problem.status, problem.code]).toEqual([400, 'invalid_request'])
    const { issues } = problem as unknown as { issues: { path: string }[] }
    expect(issues.map(({ path }) => path)).toEqual(expect.arrayContaining(['workflowId', 'graph.name', 'graph.nodes']))
  })

  it('[HTP8] refuses a graph that nests too deep', async () => {
    const deep = `{"workflowId":"deep","graph":${'['.repeat(100)}${']'.repeat(100)}}`
    expect(await codeOf(await call('/deploy', { method: 'POST', body: deep }))).toEqual([400, 'json_too_deep'])
  })

  it('[HTP8] an address made of a host of its own has no prefix', async () => {
    const hooked = graphOf([{ id: 'hook', kind: 'webhook' }, make('made')], ['hook -> made'])
    const { hooks } = await deployed('hookedone', hooked)
    expect(hooks[0]?.url).toBe(`https://stepwell.example/actions/webhook/${hooks[0]?.hookId}`)
  })
})

describe('POST /execute/:workflowId', () => {
  it('[HTP9] starts, and answers 202 with the id', async () => {
    await deployed('echo', echo)
    const response = await post('/execute/echo', { n: 1 })
    const { executionId, ...rest } = await json<Answer>(response)
    expect([response.status, rest]).toEqual([202, {}])
    await expect
      .poll(async () => json(await call(`/executions/${executionId}`)))
      .toMatchObject({
        status: 'succeeded',
        trigger: { body: { n: 1 } },
        output: { value: { n: 1 } },
        workflowId: 'echo',
      })
  })

  it('[HTP9] any JSON is an input, and no body is null', async () => {
    await deployed('echo', echo)
    for (const input of [null, 0, '', [1, [2]], { a: { b: null } }]) {
      const answer = await json<Answer>(await post('/execute/echo?wait=5000', input))
      expect(answer).toMatchObject({ status: 'succeeded', output: { value: input } })
    }
    const bare = await call('/execute/echo?wait=5000', { method: 'POST' })
    expect(await json<Answer>(bare)).toMatchObject({ output: { value: null } })
  })

  it('[HTP9] an input that becomes too large for a row once it is written as JSON is refused', async () => {
    await deployed('echo', echo)
    const input = (numbers: number) => `[${'1e20,'.repeat(numbers)}0]`
    const written = '100000000000000000000,'.length
    const send = (body: string) => call('/execute/echo', { method: 'POST', body })
    const most = Math.floor(limits.triggerChars / written)
    expect(await codeOf(await send(input(most + 1)))).toEqual([413, 'json_too_large'])
    expect((await send(input(most - 1))).status).toBe(202)
  })

  it('[HTP10] waits for the end, also when it is a failure', async () => {
    await deployed('echo', echo)
    const failing = graphOf(
      [start, { id: 'stop', kind: 'fail', config: { message: 'no stock', code: 'out_of_stock' } }],
      ['start -> stop'],
    )
    await deployed('failing', failing)
    const response = await post('/execute/failing?wait=5000')
    expect([response.status, await json<Answer>(response)]).toEqual([
      200,
      expect.objectContaining({ status: 'failed', error: expect.objectContaining({ code: 'out_of_stock' }) }),
    ])
  })

  it('[HTP10] answers 202 when the end is late, and the execution goes on', async () => {
    const shop = await endpoint('execute-late', { hold: true })
    await deployed('late', graphOf([start, http('charge', { config: { url: shop.url } })], ['start -> charge']))
    const response = await post('/execute/late?wait=50')
    const { executionId, ...rest } = await json<Answer>(response)
    expect([response.status, rest]).toEqual([202, {}])
    await shop.calls(1)
    await shop.release()
    await expect.poll(async () => (await json(await call(`/executions/${executionId}`)))['status']).toBe('succeeded')
  })

  it('[HTP10] refuses a wait that is no number of milliseconds it can wait', async () => {
    await deployed('echo', echo)
    for (const wait of ['x', '', '-1', '1.5', '0x10', '1e2', 'Infinity', String(limits.waitMs + 1)]) {
      const problem = await problemOf(await post(`/execute/echo?wait=${wait}`))
      expect([wait, problem.status, problem.code]).toEqual([wait, 400, 'invalid_request'])
      expect(problem).toMatchObject({ issues: [{ in: 'query', path: 'wait' }] })
    }
    expect((await post('/execute/echo?wait=0')).status).toBe(202)
  })

  it('[HTP11] the same key and input is one execution, over the real objects', async () => {
    await deployed('keyed', echo)
    const ask = (input: unknown) => post('/execute/keyed?wait=5000', input, { 'idempotency-key': 'k1' })
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask({ n: 1 })))
    answers.push(await ask({ n: 1 }))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const ids = new Set(await Promise.all(answers.map(async (answer) => (await json<Answer>(answer)).executionId)))
    expect(ids.size).toBe(1)
    const problem = await problemOf(await ask({ n: 2 }))
    expect(problem).toMatchObject({ status: 422, code: 'idempotency_key_reused', executionId: [...ids][0] })
  })

  it('[HTP11] the same input is the same however it is written', async () => {
    await deployed('keyed', echo)
    const headers = { 'idempotency-key': 'written' }
    const ask = async (body: string) => {
      const answer = await call('/execute/keyed', { method: 'POST', body, headers })
      return [answer.status, (await json<Answer>(answer)).executionId]
    }
    const first = await ask('{"a":1,"b":[2]}')
    expect(first[0]).toBe(202)
    expect(await ask('{ "b": [2.0], "a": 1 }')).toEqual(first)
  })

  it('[HTP11] refuses a key that is too long', async () => {
    await deployed('echo', echo)
    const headers = { 'idempotency-key': 'k'.repeat(limits.idempotencyKeyLength + 1) }
    expect(await codeOf(await post('/execute/echo', null, headers))).toEqual([400, 'invalid_request'])
  })

  it('[HTP12] checks the input by the schema of the trigger', async () => {
    const strict = graphOf(
      [
        {
          id: 'start',
          kind: 'manual',
          config: { input: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } },
        },
        make('echo', '{{ trigger.body.n }}'),
      ],
      ['start -> echo'],
    )
    await deployed('strict', strict)
    const problem = await problemOf(await post('/execute/strict', { n: 'one' }))
    expect(problem).toMatchObject({ status: 422, code: 'input_invalid', issues: [{ in: 'json', path: 'n' }] })
    expect((await post('/execute/strict', { n: 1 })).status).toBe(202)
  })

  it('[HTP12] a workflow without a manual trigger says so', async () => {
    await deployed('hookedtwo', graphOf([{ id: 'hook', kind: 'webhook' }, make('made')], ['hook -> made']))
    expect(await codeOf(await post('/execute/hookedtwo'))).toEqual([409, 'no_manual_trigger'])
  })
})

describe('GET /executions/:id', () => {
  const started = async (workflowId: string, graph = long): Promise<string> => {
    await deployed(workflowId, graph)
    return (await json<Answer>(await post(`/execute/${workflowId}?wait=1000`, { n: 1 }))).executionId
  }

  it('[HTP13] pages through the log without missing or repeating an event', async () => {
    const id = await started('paged')
    const positions: number[] = []
    let pages = 0
    for (let next: number | undefined = 0; next !== undefined; pages += 1) {
      const page: Page = await json<Page>(await call(`/executions/${id}/events?after=${next}&limit=5`))
      positions.push(...page.events.map(({ position }) => position))
      next = page.next
    }
    const view = await json<{ position: number }>(await call(`/executions/${id}`))
    expect(positions).toEqual(Array.from({ length: view.position }, (_, index) => index + 1))
    expect(pages).toBe(Math.ceil(view.position / 5))
  })

  it('[HTP13] refuses pages that cannot be', async () => {
    const id = await started('paged')
    for (const query of ['after=-1', 'after=', 'after=0x1', 'limit=0', `limit=${limits.eventsPage + 1}`, 'limit=1e1'])
      expect([query, ...(await codeOf(await call(`/executions/${id}/events?${query}`)))]).toEqual([
        query,
        400,
        'invalid_request',
      ])
    expect(await json<Page>(await call(`/executions/${id}/events?after=9999`))).toEqual({ events: [] })
  })

  it('[HTP14] the state at every position is the fold of the events up to there', async () => {
    const id = await started('folded', echo)
    const { events } = await json<Page>(await call(`/executions/${id}/events`))
    for (const { position, type } of events) {
      const state = await json(await call(`/executions/${id}/state?at=${position}`))
      expect(state).toMatchObject({ position, status: type === 'ExecutionSucceeded' ? 'succeeded' : 'running' })
    }
    expect(await json(await call(`/executions/${id}/state`))).toMatchObject({ position: events.length })
    expect(await codeOf(await call(`/executions/${id}/state?at=${events.length + 1}`))).toEqual([404, 'not_found'])
    for (const at of ['0', '-1', 'x']) expect((await call(`/executions/${id}/state?at=${at}`)).status).toBe(400)
  })

  it('[HTP15] cancels once, and then says that it is over', async () => {
    const id = await started('cancelled', resting)
    const first = await post(`/executions/${id}/cancel`, { reason: 'wrong order' })
    expect([first.status, await json(first)]).toEqual([200, { executionId: id, status: 'cancelled' }])
    const problem = await problemOf(await post(`/executions/${id}/cancel`))
    expect(problem).toMatchObject({ status: 409, code: 'not_running', executionStatus: 'cancelled' })
    expect(await json(await call(`/executions/${id}`))).toMatchObject({ error: { message: 'wrong order' } })
  })

  it('[HTP14] of one that is quarantined the states are shown that its log still folds to', async () => {
    const id = await started('damagedstate', resting)
    const { sql, evict } = executionAt(id)
    await sql("UPDATE events SET body = '{}' WHERE position = 2")
    await evict()
    for (const query of ['', '?at=1'])
      expect(await json(await call(`/executions/${id}/state${query}`))).toMatchObject({ position: 1 })
    for (const query of ['?at=2', '?at=3'])
      expect([query, ...(await codeOf(await call(`/executions/${id}/state${query}`)))]).toEqual([
        query,
        409,
        'quarantined',
      ])
  })

  it('[HTP15] what is quarantined is shown as that, and not cancelled', async () => {
    const id = await started('damagedlog', resting)
    const object = env.EXECUTION.get(env.EXECUTION.idFromString(id))
    await runInDurableObject(object, (_object, { storage }) => {
      storage.sql.exec("UPDATE events SET body = '{}' WHERE position = 2")
    })
    await evictDurableObject(object)
    const view = await json<{ status: string; error: { message: string } }>(await call(`/executions/${id}`))
    expect([view.status, view.error.message]).toEqual(['quarantined', expect.stringContaining('after position 1')])
    const problem = await problemOf(await post(`/executions/${id}/cancel`))
    expect(problem).toMatchObject({ status: 409, code: 'quarantined', executionStatus: 'quarantined' })
    const page = await json<Page>(await call(`/executions/${id}/events`))
    expect([page.events.map(({ type }) => type), page.next]).toEqual([['ExecutionStarted'], undefined])
  })

  it('[HTP15] a cancel without a body has a reason of ours; one with another body is refused', async () => {
    const id = await started('cancelled', resting)
    for (const body of [{ reason: 7 }, { reason: 'x'.repeat(limits.nameLength + 1) }, { why: 'no' }])
      expect(await codeOf(await post(`/executions/${id}/cancel`, body))).toEqual([400, 'invalid_request'])
    expect((await call(`/executions/${id}/cancel`, { method: 'POST' })).status).toBe(200)
    expect(await json(await call(`/executions/${id}`))).toMatchObject({ error: { message: 'cancelled by a person' } })
  })

  it('[HTP1] is not shown to strangers', async () => {
    const id = await started('folded', echo)
    expect((await anonymous(`/executions/${id}`)).status).toBe(401)
  })
})
