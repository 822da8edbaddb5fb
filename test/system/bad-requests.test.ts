import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { badGraphs, chainOf } from './bad-graphs.ts'
import { codeOf, drafts, HostileCaller } from './hostile-caller.ts'

const noDraft = '01jzzzzzzzzzzzzzzzzzzzzzzz'
const noExecution = 'ab'.repeat(32)

/** Issue 2, "Bad input": what has the right shape and is wrong all the same. */
describe('requests that the real server cannot fulfil', () => {
  let caller: HostileCaller
  beforeAll(async () => {
    caller = await HostileCaller.start()
  })
  afterAll(() => caller.end())

  it('[BAD2] answers unknown ids alike, whatever they look like', async () => {
    const ids = [
      noDraft,
      noExecution,
      'x',
      'X'.repeat(4_000),
      '__proto__',
      'constructor',
      '%00',
      '..%2f..%2fsecrets-key',
      "'%20or%201=1--",
      '%F0%9F%92%A5',
      '%ff',
      '0',
      '-1',
    ]
    const builder = ids.flatMap((id): [string, string, string?][] => [
      ['GET', `${drafts}/${id}`],
      ['PUT', `${drafts}/${id}`, '{"name":"x"}'],
      ['PATCH', `${drafts}/${id}`, '{"name":"x"}'],
      ['DELETE', `${drafts}/${id}`],
      ['POST', `${drafts}/${id}/publish`],
      ['GET', `${drafts}/${id}/problems`],
      ['GET', `${drafts}/${id}/versions`],
      ['GET', `/api/workflows/${id}`],
      ['GET', `/api/hooks/${id}/deliveries`],
      ['GET', `/api/hooks/${caller.manual.workflowId}-${id}/deliveries`],
      ['POST', `/api/samples/${id}`],
      ['DELETE', `/api/secrets/${id}`],
      ['GET', `/api/${id}`],
    ])
    const runtime = ids.flatMap((id): [string, string, string?][] => [
      ['GET', `/actions/executions/${id}`],
      ['GET', `/actions/executions/${id}/events`],
      ['GET', `/actions/executions/${id}/state`],
      ['GET', `/actions/executions/${id}/why`],
      ...['cancel', 'pause', 'resume', 'retry'].map((verb): [string, string] => [
        'POST',
        `/actions/executions/${id}/${verb}`,
      ]),
      ['POST', `/actions/executions/${id}/signal`, '{"name":"packed"}'],
      ['POST', `/actions/executions/${id}/answer`, '{"step":"a","outcome":"retry"}'],
      ['POST', `/actions/executions/${id}/approve`, '{"step":"a","decision":"approved"}'],
      ['GET', `/actions/approve/${id}`],
      ['POST', `/actions/approve/${id}`, '{"decision":"approved"}'],
      ['POST', `/actions/callback/${id}`, '{}'],
      ['POST', `/actions/execute/${id}`, '{}'],
      ['POST', `/actions/webhook/${id}`, '{}'],
      ['POST', `/actions/webhook/${caller.hooked.workflowId}-${id}`, '{}'],
      ['GET', `/actions/${id}`],
    ])
    for (const requests of [builder, runtime]) {
      const bodies = new Set<string>()
      for (const [method, path, body] of requests) {
        const headers = { 'if-match': '"1"' }
        const answer =
          body === undefined
            ? await caller.ask(method, path, { headers })
            : await caller.send(method, path, body, headers)
        expect(answer.status, `${method} ${path}`).toBe(404)
        bodies.add(await answer.text())
      }
      expect([...bodies]).toHaveLength(1)
    }
  })

  it('[BAD3] keeps what is outside the address outside, however the path climbs', async () => {
    for (const base of ['/api/workflows', '/actions/executions', '/actions/webhook', '/assets', ''])
      for (const climb of [
        '/../../../../etc/passwd',
        '/..%2f..%2f..%2fetc%2fpasswd',
        '/%2e%2e/%2e%2e/admin-token',
        '/..\\..\\admin-token',
        '//admin-token',
      ]) {
        const answer = await caller.raw('GET', `${base}${climb}`)
        expect(answer.status, `${base}${climb}`).toBeLessThan(500)
        expect(answer.text).not.toMatch(/root:|127\.0\.0\.1 localhost/)
      }
  })

  it('[BAD4] refuses a save of a stale revision with the current one, and a save of none', async () => {
    const created = await caller.send('POST', drafts, '{"name":"First"}')
    const { id } = (await created.json()) as { id: string }
    const path = `${drafts}/${id}`
    expect((await caller.send('PUT', path, '{"name":"Second"}', { 'if-match': '"1"' })).status).toBe(200)
    for (const method of ['PUT', 'PATCH']) {
      const stale = await caller.send(method, path, '{"name":"Third"}', { 'if-match': '"1"' })
      expect(stale.status).toBe(409)
      expect(stale.headers.get('etag')).toBe('"2"')
      const problem = { code: 'revision_stale', revision: 2, current: { id, name: 'Second', revision: 2 } }
      expect(await stale.json()).toMatchObject(problem)
      expect(await codeOf(await caller.send(method, path, '{"name":"Third"}'))).toEqual([428, 'revision_required'])
      for (const match of ['*', '"x"', '""', '"1", "2"', '"-1"', '"99999999999999999999"'])
        expect((await caller.send(method, path, '{"name":"Third"}', { 'if-match': match })).status, match).toBe(400)
    }
    expect((await caller.ask('DELETE', path, { headers: { 'if-match': '"1"' } })).status).toBe(409)
    expect((await caller.ask('POST', `${path}/publish`, { headers: { 'if-match': '"1"' } })).status).toBe(409)
  })

  it.each(badGraphs)(
    '[BAD5] refuses to publish $why, and says where and how to mend it',
    async ({ graph, nodeId, field, code }) => {
      const { id } = (await (await caller.send('POST', drafts, JSON.stringify(graph))).json()) as { id: string }
      const published = await caller.ask('POST', `${drafts}/${id}/publish`)
      const deployed = await caller.send('POST', '/actions/deploy', JSON.stringify({ workflowId: id, graph }))
      for (const answer of [published, deployed]) {
        expect(answer.status).toBe(422)
        const problem = (await answer.json()) as { code: string; problems: object[] }
        expect(problem.code).toBe('graph_invalid')
        const texts = { message: expect.stringMatching(/\w/), mend: expect.stringMatching(/\w/) }
        expect(problem.problems).toContainEqual({ nodeId, field, code, ...texts })
      }
      const { problems } = (await (await caller.ask('GET', `${drafts}/${id}/problems`)).json()) as {
        problems: object[]
      }
      expect(problems).not.toEqual([])
      expect((await caller.send('POST', `/actions/execute/${id}`, '{}')).status).toBe(404)
    },
  )

  it('[BAD6] takes a graph of 500 nodes, and refuses one of 501', async () => {
    const { workflowId } = await caller.client.publish(chainOf(limits.graphNodes))
    const done = await caller.client.execute(workflowId, {}, 20_000)
    expect(done).toMatchObject({ status: 'succeeded', output: { value: limits.graphNodes - 2 } })
    const tooMany = JSON.stringify(chainOf(limits.graphNodes + 1))
    expect(await codeOf(await caller.send('POST', drafts, tooMany))).toEqual([400, 'invalid_request'])
    const deploy = JSON.stringify({ workflowId: 'toomany', graph: chainOf(limits.graphNodes + 1) })
    expect(await codeOf(await caller.send('POST', '/actions/deploy', deploy))).toEqual([400, 'invalid_request'])
  })

  it('[BAD12] lets no name reach a prototype', async () => {
    const graph = (config: string) =>
      `{"name":"x","nodes":[{"id":"start","kind":"manual"},{"id":"it","kind":"transform","config":${config}}],"edges":[{"from":"start","to":"it"}]}`
    expect((await caller.send('POST', drafts, graph('{"fields":{"__proto__":{"polluted":1}}}'))).status).toBe(400)
    for (const path of ['__proto__.polluted', 'constructor.prototype.polluted', 'prototype.polluted']) {
      const config = JSON.stringify({ operation: 'set', from: '{}', values: { [path]: 1 } })
      const graphText = graph(config)
      const answer = await caller.send('POST', '/actions/deploy', `{"workflowId":"polluting","graph":${graphText}}`)
      expect(await codeOf(answer), path).toEqual([422, 'graph_invalid'])
    }
    const body = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"total":2}'
    const done = await caller.send('POST', `/actions/execute/${caller.manual.workflowId}?wait=5000`, body)
    expect(done.status).toBe(200)
    const echoed = await caller.send('POST', `${caller.hook}?__proto__[polluted]=1&constructor=1`, body, {
      ['__proto__']: '1',
      constructor: '1',
    })
    expect(echoed.status).toBe(200)
    const trigger = (await echoed.json()) as { headers: object; body: object }
    expect(trigger.headers).toMatchObject({ constructor: '1' })
    expect(Object.keys(trigger.body)).toEqual(expect.arrayContaining(['constructor', 'total']))
    const clean = await caller.send('POST', `/actions/execute/${caller.manual.workflowId}?wait=5000`, '{"total":1}')
    expect(await clean.json()).toMatchObject({ status: 'succeeded', output: { total: 1 } })
    expect(JSON.stringify(await caller.client.execute(caller.manual.workflowId, { total: 1 }, 5_000))).not.toContain(
      'polluted',
    )
  })

  it('[BAD14] refuses page sizes, positions and cursors that are none', async () => {
    const { executionId } = await caller.client.execute(caller.manual.workflowId, { total: 3 }, 5_000)
    const numbers = ['-1', '1.5', '1e99', 'x', 'NaN', '99999999999999999999', '%00']
    const lists = [
      '/api/executions',
      '/api/workflows',
      drafts,
      `${drafts}/${caller.manual.workflowId}/versions`,
      `/api/hooks/${caller.hooked.hooks[0]?.hookId}/deliveries`,
    ]
    for (const path of lists) {
      for (const value of [...numbers, '0', String(limits.listPage + 1)])
        expect((await caller.ask('GET', `${path}?limit=${value}`)).status, `${path} ${value}`).toBe(400)
      for (const value of ['x', '%00', btoa('{"__proto__":1}'), btoa('[1,2,3,4]'), 'x'.repeat(501)]) {
        const answer = await caller.ask('GET', `${path}?cursor=${value}`)
        // A hook's cursor is an id of its own: one that was never given out has nothing before it.
        if (answer.status === 200) expect(await answer.json(), `${path} ${value}`).toEqual({ items: [] })
        else expect(answer.status, `${path} ${value}`).toBe(400)
      }
      expect((await caller.ask('GET', `${path}?nonsense=1`)).status, path).toBe(400)
    }
    for (const query of ['status=nonsense', 'from=-1', 'to=x', `workflow=${'x'.repeat(101)}`])
      expect((await caller.ask('GET', `/api/executions?${query}`)).status, query).toBe(400)
    const execution = `/actions/executions/${executionId}`
    for (const value of numbers) {
      expect((await caller.ask('GET', `${execution}/events?after=${value}`)).status, value).toBe(400)
      expect((await caller.ask('GET', `${execution}/events?limit=${value}`)).status, value).toBe(400)
      expect((await caller.ask('GET', `${execution}/state?at=${value}`)).status, value).toBe(400)
      expect(
        (await caller.send('POST', `/actions/execute/${caller.manual.workflowId}?wait=${value}`, '{"total":1}')).status,
        value,
      ).toBe(400)
    }
    expect((await caller.ask('GET', `${execution}/state?at=9999`)).status).toBe(404)
  })

  it('[BAD15] starts only what can be started, with an input that fits', async () => {
    expect(await codeOf(await caller.send('POST', `/actions/execute/${caller.hooked.workflowId}`, '{}'))).toEqual([
      409,
      'no_manual_trigger',
    ])
    for (const body of ['{}', '{"total":0}', '{"total":"1"}', 'null', '[]', '']) {
      const answer = await caller.send('POST', `/actions/execute/${caller.manual.workflowId}`, body)
      expect(answer.status, body).toBe(422)
      const issue = { in: 'json', path: expect.any(String), message: expect.stringMatching(/\w/) }
      expect(await answer.json()).toMatchObject({ code: 'input_invalid', issues: [issue] })
    }
    const key = { 'idempotency-key': 'the same' }
    expect((await caller.send('POST', `/actions/execute/${caller.manual.workflowId}`, '{"total":1}', key)).status).toBe(
      202,
    )
    expect((await caller.send('POST', `/actions/execute/${caller.manual.workflowId}`, '{"total":2}', key)).status).toBe(
      422,
    )
    const long = { 'idempotency-key': 'k'.repeat(limits.idempotencyKeyLength + 1) }
    expect(
      (await caller.send('POST', `/actions/execute/${caller.manual.workflowId}`, '{"total":1}', long)).status,
    ).toBe(400)
  })

  it('[BAD17] never broke, never showed its inside, and still serves', () => caller.expectUnbroken())
})
