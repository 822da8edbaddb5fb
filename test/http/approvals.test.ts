import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'

import { executionAt } from '../objects/execution-kit.ts'
import { graphOf, start } from '../support/graphs.ts'
import { anonymous, call, codeOf, json, post, problemOf } from './http-kit.ts'
import { approval, asking, begun, eventsOf, pathTo, send, statusAndTitle, submit, visit } from './link-kit.ts'

const stepOf = async (id: string, of = 'manager') =>
  (await json<{ steps: [string, unknown][] }>(await call(`/executions/${id}/state`))).steps.find(
    ([key]) => key === of,
  )?.[1]

describe('opening a link', () => {
  it('[APR1] shows what is asked, and decides nothing, also a hundred times', async () => {
    const id = await begun('asked', asking({ message: 'Order {{ trigger.body.order }}?', timeoutMs: 86_400_000 }), {
      order: 7,
    })
    const path = await pathTo(id)
    const before = await eventsOf(id)
    for (let time = 0; time < 50; time += 1) {
      expect((await visit(path)).status).toBe(200)
      expect((await visit(path, { method: 'HEAD' })).status).toBe(200)
    }
    const text = await (await visit(path)).text()
    const said = ['You can answer until', 'An answer counts once, and is not taken back.']
    for (const part of ['Sample', 'Refund of 40 €', 'Order 7?', ...said, 'Approve', 'Reject'])
      expect(text).toContain(part)
    expect(await (await visit(path, { method: 'HEAD' })).text()).toBe('')
    expect(await eventsOf(id)).toEqual(before)
  })

  it('[APR1] decides nothing by anything that stands in the address', async () => {
    const id = await begun('asked', asking())
    const path = await pathTo(id)
    const before = await eventsOf(id)
    for (const query of ['?decision=approved', '?_method=POST&decision=approved'])
      expect((await visit(`${path}${query}`, { headers: { 'x-http-method-override': 'POST' } })).status).toBe(200)
    expect(await eventsOf(id)).toEqual(before)
  })

  it('[APR7] tells a program the same as JSON', async () => {
    const form = { type: 'object', properties: { why: { type: 'string' } } }
    const id = await begun('asked', asking({ message: 'Look.', form, timeoutMs: 86_400_000 }))
    const response = await anonymous(await pathTo(id))
    expect([response.status, await json(response)]).toEqual([
      200,
      {
        workflow: 'Sample',
        executionStatus: 'waiting',
        stage: 'open',
        asked: { name: 'Refund of 40 €', message: 'Look.', form, until: expect.any(Number) as number },
      },
    ])
  })

  it('[APR4] says that nothing is asked yet, and what has become of it afterwards', async () => {
    const graph = graphOf(
      [start, { id: 'first', kind: 'wait', config: { for: 'signal', name: 'go' } }, approval()],
      ['start -> first', 'first -> manager'],
    )
    const id = await begun('later', graph)
    const path = await pathTo(id)
    expect(await statusAndTitle(await visit(path))).toEqual([200, 'Nothing is asked yet.'])
    expect(await statusAndTitle(await submit(path, { decision: 'approved' }))).toEqual([409, 'Nothing is asked yet.'])
    expect(await codeOf(await send(path, { decision: 'approved' }))).toEqual([409, 'not_waiting'])
    await post(`/executions/${id}/signal`, { name: 'go' })
    expect(await statusAndTitle(await visit(path))).toEqual([200, 'Refund of 40 €'])
    await submit(path, { decision: 'rejected' })
    expect(await statusAndTitle(await visit(path))).toEqual([200, 'This was rejected already.'])
  })
})

describe('deciding', () => {
  it('[APR2] refuses a form that decides twice, and is still open then', async () => {
    const id = await begun('undecided', asking())
    const path = await pathTo(id)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await anonymous(path, { method: 'POST', headers, body: 'decision=rejected&decision=approved' })
    expect(await problemOf(response)).toMatchObject({
      status: 400,
      code: 'invalid_request',
      issues: [{ in: 'form', path: 'decision', message: 'stands there twice: send one decision' }],
    })
    expect(await statusAndTitle(await submit(path, { decision: 'rejected' }))).toEqual([200, 'You rejected this.'])
  })

  for (const [decision, port] of [
    ['approved', 'yes'],
    ['rejected', 'no'],
  ] as const) {
    it(`[APR2] by the page: ${decision}`, async () => {
      const id = await begun('asked', asking())
      const response = await submit(await pathTo(id), { decision })
      expect(await statusAndTitle(response)).toEqual([200, `You ${decision} this.`])
      expect(await stepOf(id, port)).toMatchObject({ status: 'succeeded' })
      const [event] = (await executionAt(id).log()).filter(({ type }) => type === 'StepSucceeded')
      expect(event).toMatchObject({ step: 'manager', ports: [decision], output: { decision, data: null } })
    })

    it(`[APR2] by a program: ${decision}`, async () => {
      const id = await begun('asked', asking())
      const response = await send(await pathTo(id), { decision, data: { by: 'a program' } })
      expect([response.status, await json(response)]).toEqual([200, { decision }])
      const [event] = (await executionAt(id).log()).filter(({ type }) => type === 'StepSucceeded')
      expect(event).toMatchObject({ output: { decision, data: { by: 'a program' } } })
    })
  }

  it('[APR2] of many at the same time one wins, and the others hear what was decided', async () => {
    const id = await begun('asked', asking())
    const path = await pathTo(id)
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => send(path, { decision: index % 2 === 0 ? 'approved' : 'rejected' })),
    )
    const winners = answers.filter(({ status }) => status === 200)
    expect(winners).toHaveLength(1)
    const { decision } = await json<{ decision: string }>(winners[0] as Response)
    for (const loser of answers.filter(({ status }) => status !== 200)) {
      expect(await problemOf(loser)).toMatchObject({ code: 'answered_late', settled: { ports: [decision] } })
    }
    const events = await executionAt(id).log()
    expect(events.filter((event) => event.type === 'StepSucceeded' && event.step === 'manager')).toHaveLength(1)
  })

  it('[APR4] a second time is told what was decided, and leaves no trace however often', async () => {
    const id = await begun('asked', asking())
    const path = await pathTo(id)
    await submit(path, { decision: 'approved' })
    const before = await eventsOf(id)
    for (let time = 0; time < 5; time += 1) {
      expect(await statusAndTitle(await submit(path, { decision: 'rejected' }))).toEqual([
        410,
        'This was approved already.',
      ])
      expect(await problemOf(await send(path, { decision: 'rejected' }))).toMatchObject({
        status: 410,
        code: 'answered_late',
        settled: { status: 'succeeded', ports: ['approved'] },
      })
    }
    expect(await eventsOf(id)).toEqual(before)
  })

  it('[APR4] after its time is over says so', async () => {
    const id = await begun('timed', asking({ timeoutMs: 1 }))
    const path = await pathTo(id)
    await expect.poll(() => stepOf(id)).toMatchObject({ status: 'succeeded', ports: ['timeout'] })
    expect(await statusAndTitle(await visit(path))).toEqual([200, 'The time to answer is over.'])
    expect(await statusAndTitle(await submit(path, { decision: 'approved' }))).toEqual([
      410,
      'The time to answer is over.',
    ])
    expect(await codeOf(await send(path, { decision: 'approved' }))).toEqual([410, 'answered_late'])
  })

  it('[APR4] that is late because the alarm is, loses against its time', async () => {
    const id = await begun('timed', asking({ timeoutMs: 40 }))
    const path = await pathTo(id)
    const deadline = Date.now() + 40
    while (Date.now() <= deadline) await executionAt(id).object.view()
    const response = await submit(path, { decision: 'approved' })
    expect(await statusAndTitle(response)).toEqual([410, 'The time to answer is over.'])
  })

  it('[APR4] of an execution that was cancelled, or has ended otherwise', async () => {
    const id = await begun('asked', asking())
    const path = await pathTo(id)
    await post(`/executions/${id}/cancel`, {})
    const before = await eventsOf(id)
    expect(await statusAndTitle(await visit(path))).toEqual([200, 'This is not asked any more.'])
    expect(await statusAndTitle(await submit(path, { decision: 'approved' }))).toEqual([
      410,
      'This is not asked any more.',
    ])
    expect(await codeOf(await send(path, { decision: 'approved' }))).toEqual([410, 'answered_late'])
    expect(await eventsOf(id)).toEqual(before)
  })

  it('[APR4] for an iteration that is over and forgotten', async () => {
    const parent = 'orders' as never
    const each = graphOf(
      [
        start,
        { id: 'orders', kind: 'each', config: { items: 'trigger.body', concurrency: 1 } },
        { ...approval(), parent },
      ],
      ['start -> orders', 'orders.body -> manager'],
    )
    const id = await begun('iterations', each, [1, 2])
    const [first, second] = [await pathTo(id, 'manager@orders[0]'), await pathTo(id, 'manager@orders[1]')]
    expect((await submit(first, { decision: 'approved' })).status).toBe(200)
    await expect.poll(async () => (await visit(second)).text()).toContain('Approve')
    expect(await statusAndTitle(await submit(first, { decision: 'rejected' }))).toEqual([
      410,
      'This is not asked any more.',
    ])
    expect((await submit(second, { decision: 'rejected' })).status).toBe(200)
  })

  it('[APR4] of an execution whose log does not verify', async () => {
    const id = await begun('asked', asking())
    const path = await pathTo(id)
    await executionAt(id).sql("UPDATE events SET body = '{' WHERE position = 2")
    await executionAt(id).evict()
    expect(await statusAndTitle(await visit(path))).toEqual([409, 'The log of this execution did not verify.'])
    expect(await codeOf(await send(path, { decision: 'approved' }))).toEqual([409, 'quarantined'])
  })

  it('[APR4] of an execution that nothing is known of', async () => {
    const nobody = await pathTo(executionAt(env.EXECUTION.newUniqueId().toString()).id)
    expect(await codeOf(await send(nobody, { decision: 'approved' }))).toEqual([404, 'not_found'])
    expect(await statusAndTitle(await visit(nobody))).toEqual([404, 'This link leads nowhere.'])
  })

  it('[APR9] works while the execution is paused, which the page says', async () => {
    const id = await begun('asked', asking())
    const path = await pathTo(id)
    await post(`/executions/${id}/pause`, {})
    expect(await (await visit(path)).text()).toContain('The workflow is paused. You can answer now')
    const response = await submit(path, { decision: 'approved' })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('when it is resumed')
    expect(await stepOf(id, 'yes')).toBeUndefined()
    await post(`/executions/${id}/resume`, {})
    expect(await stepOf(id, 'yes')).toMatchObject({ status: 'succeeded' })
  })
})
