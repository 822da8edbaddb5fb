import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { executionAt } from '../objects/execution-kit.ts'
import { endpoint } from '../support/endpoint.ts'
import { broken, delay, graphOf, http, start } from '../support/graphs.ts'
import { anonymous, call, codeOf, deployed, json, post, problemOf } from './http-kit.ts'

const resting = graphOf([start, delay('rest', 60_000)], ['start -> rest'])
const computing = graphOf([start, broken('sum')], ['start -> sum'])
const posting = (url: string) => ({ config: { url, method: 'POST', body: { order: '{{ trigger.body.order }}' } } })

/** Books, pays, and then holds; paying and booking can each be undone. */
const booking = (book: string, pay: string, refund: string) =>
  graphOf(
    [
      start,
      http('book', posting(book)),
      http('pay', posting(pay)),
      delay('hold', 60_000),
      http('refund', undoing(refund, 'pay')),
      http('release', undoing(refund, 'book')),
    ],
    ['start -> book', 'book -> pay', 'pay -> hold', 'book.compensate -> release', 'pay.compensate -> refund'],
  )
const undoing = (url: string, of: string) => ({
  config: { url, method: 'POST', body: { receipt: `{{ steps.${of}.output.body.receipt }}` } },
})

async function started(name: string, graph: ReturnType<typeof graphOf>, input: unknown = null): Promise<string> {
  await deployed(name, graph)
  return (await json<{ executionId: string }>(await post(`/execute/${name}`, input))).executionId
}

const view = async (id: string) => json(await call(`/executions/${id}`))
const to = (id: string, what: string, body?: unknown) => post(`/executions/${id}/${what}`, body ?? {})

describe('POST /executions/:id/pause and /resume', () => {
  it('[HTP24] stand still and go on, and say what the execution is doing', async () => {
    const id = await started('paused', resting)
    const answer = await call(`/executions/${id}/pause`, { method: 'POST' })
    expect([answer.status, await json(answer)]).toEqual([200, { executionId: id, status: 'paused' }])
    expect(await view(id)).toMatchObject({
      status: 'paused',
      paused: { reason: 'requested', timers: 'frozen', since: expect.any(Number), quiescent: true },
      waiting: [{ for: 'delay', step: 'rest' }],
    })
    expect((await to(id, 'pause', { timers: 'running' })).status).toBe(200)
    const resumed = await to(id, 'resume')
    expect([resumed.status, await json(resumed)]).toEqual([200, { executionId: id, status: 'waiting' }])
    expect(await codeOf(await to(id, 'resume'))).toEqual([409, 'not_paused'])
  })

  it('[HTP24] a pause is not quiescent while an attempt is in flight', async () => {
    const shop = await endpoint('pausing', { hold: true })
    const id = await started('pausing', graphOf([start, http('pay', posting(shop.url))], ['start -> pay']), {
      order: 7,
    })
    await shop.calls(1)
    await to(id, 'pause', { timers: 'running' })
    expect(await view(id)).toMatchObject({ paused: { timers: 'running', quiescent: false } })
    await shop.release()
    await expect.poll(() => view(id)).toMatchObject({ status: 'paused', paused: { quiescent: true } })
    expect((await to(id, 'resume')).status).toBe(200)
    expect(await view(id)).toMatchObject({ status: 'succeeded' })
  })
})

describe('POST /executions/:id/retry', () => {
  it('[HTP25] goes on at the failed step, with its key', async () => {
    const shop = await endpoint('retried', { status: 400 }, { json: { paid: true } })
    const id = await started('retried', graphOf([start, http('pay', posting(shop.url))], ['start -> pay']), {
      order: 7,
    })
    await expect.poll(() => view(id)).toMatchObject({ status: 'failed', error: { step: 'pay' } })
    const answer = await to(id, 'retry')
    expect([answer.status, await json(answer)]).toEqual([200, { executionId: id, status: 'running' }])
    await expect.poll(() => view(id)).toMatchObject({ status: 'succeeded' })
    expect(await view(id)).not.toHaveProperty('error')
    const keys = (await shop.calls(2)).map(({ headers }) => headers['idempotency-key'])
    expect(keys).toEqual([`${id}.pay`, `${id}.pay`])
  })

  it('[HTP25] is refused where it could do nothing', async () => {
    const id = await started('computing', computing)
    await expect.poll(() => view(id)).toMatchObject({ status: 'failed' })
    expect(await problemOf(await to(id, 'retry'))).toMatchObject({
      status: 409,
      code: 'computes_the_same',
      step: 'sum',
    })
    const going = await started('resting', resting)
    const problem = await problemOf(await to(going, 'retry'))
    expect(problem).toMatchObject({ status: 409, code: 'not_failed', executionStatus: 'waiting' })
  })
})

describe('POST /executions/:id/cancel', () => {
  it('[HTP26] a dry run lists what would be undone, newest first, and records nothing', async () => {
    const shop = await endpoint('dry', { json: { receipt: 'b-1' } }, { json: { receipt: 'p-2' } })
    const id = await started('dry', booking(shop.url, shop.url, shop.url), { order: 7 })
    await expect.poll(() => view(id)).toMatchObject({ status: 'waiting' })
    const before = (await view(id))['position']
    const answer = await to(id, 'cancel', { dryRun: true })
    const asking = (receipt: string) => ({ kind: 'http', config: { url: shop.url, body: { receipt } }, injections: [] })
    expect([answer.status, await json(answer)]).toMatchObject([
      200,
      {
        executionId: id,
        status: 'waiting',
        wouldUndo: [
          { undoes: 'pay', step: 'refund', request: asking('p-2') },
          { undoes: 'book', step: 'release', request: asking('b-1') },
        ],
      },
    ])
    expect(await view(id)).toMatchObject({ position: before, status: 'waiting' })
    expect(await shop.calls()).toHaveLength(2)
  })

  it('[HTP26] undoes what was done, and says how far it is', async () => {
    const shop = await endpoint(
      'undone',
      { json: { receipt: 'b-1' } },
      { json: { receipt: 'p-2' } },
      { hold: true },
      {},
    )
    const id = await started('undone', booking(shop.url, shop.url, shop.url), { order: 7 })
    await expect.poll(() => view(id)).toMatchObject({ status: 'waiting' })
    const answer = await to(id, 'cancel', { reason: 'changed my mind', compensate: true })
    expect(await json(answer)).toEqual({ executionId: id, status: 'running' })
    await shop.calls(3)
    const steps = [
      { step: 'refund', undoes: 'pay', status: 'running' },
      { step: 'release', undoes: 'book', status: 'pending' },
    ]
    const cause = { type: 'cancelled', reason: 'changed my mind' }
    expect(await view(id)).toMatchObject({ status: 'running', compensation: { cause, steps } })
    expect(await codeOf(await to(id, 'cancel', { compensate: true }))).toEqual([409, 'compensated'])
    expect(await codeOf(await to(id, 'cancel', { dryRun: true }))).toEqual([409, 'compensated'])
    await shop.release()
    await expect
      .poll(() => view(id))
      .toMatchObject({
        status: 'cancelled',
        compensation: { steps: [{ status: 'succeeded' }, { status: 'succeeded' }] },
      })
    expect(await codeOf(await to(id, 'retry'))).toEqual([409, 'not_failed'])
  })
})

describe('every command', () => {
  const commands = [
    ['cancel', {}],
    ['cancel', { dryRun: true }],
    ['pause', {}],
    ['resume', {}],
    ['signal', { name: 'paid' }],
    ['answer', { step: 'pay', outcome: 'retry' }],
    ['approve', { step: 'pay', decision: 'approved' }],
  ] as const
  const bad = [
    ['cancel', { compensate: 'yes' }],
    ['pause', { timers: 'slow' }],
    ['pause', []],
    ['resume', { now: true }],
    ['retry', { step: 'pay' }],
    ['signal', {}],
    ['signal', { name: '7' }],
    ['signal', { name: 'paid', id: '' }],
    ['signal', { name: 'paid', until: 7 }],
    ['answer', { step: 'pay' }],
    ['answer', { step: 'pay', outcome: 'succeeded' }],
    ['answer', { step: 'pay', outcome: 'failed' }],
    ['answer', { step: 'pay', outcome: 'retry', output: 7 }],
    ['approve', { step: 'pay' }],
    ['approve', { step: '', decision: 'approved' }],
    ['approve', { step: 'pay', decision: 'maybe' }],
  ] as const

  it('[HTP27] is refused after the end, and by what is not there', async () => {
    const id = await started('ended', resting)
    await to(id, 'cancel')
    for (const [what, body] of commands) {
      expect([what, ...(await codeOf(await to(id, what, body)))]).toEqual([what, 409, 'not_running'])
      const nobody = await codeOf(await to('0'.repeat(64), what, body))
      expect([what, ...nobody]).toEqual([what, 404, 'not_found'])
    }
    expect(await codeOf(await to(id, 'retry'))).toEqual([409, 'not_failed'])
  })

  it('[HTP27] is refused by what is quarantined', async () => {
    const id = await started('damaged', resting)
    const { sql, evict } = executionAt(id)
    await sql("UPDATE events SET body = '{}' WHERE position = 2")
    await evict()
    for (const [what, body] of [...commands, ['retry', {}] as const]) {
      expect([what, ...(await codeOf(await to(id, what, body)))]).toEqual([what, 409, 'quarantined'])
    }
  })

  it('[HTP27] says what of its body is wrong', async () => {
    const id = await started('badly', resting)
    for (const [what, body] of bad) {
      const problem = await problemOf(await to(id, what, body))
      expect([what, body, problem.status, problem.code]).toEqual([what, body, 400, 'invalid_request'])
      expect((problem as unknown as { issues: unknown[] }).issues.length).toBeGreaterThan(0)
    }
    const text = { method: 'POST', body: '{' }
    for (const [what] of commands) {
      expect(await codeOf(await call(`/executions/${id}/${what}`, text))).toEqual([400, 'malformed_json'])
    }
    const long = { reason: 'x'.repeat(limits.requestBodyBytes) }
    expect(await problemOf(await to(id, 'cancel', long))).toMatchObject({
      status: 413,
      code: 'too_large',
      maxBytes: limits.requestBodyBytes,
    })
  })

  it('[HTP1] is not for strangers', async () => {
    const id = await started('guarded', resting)
    for (const [what, body] of [...commands, ['retry', {}] as const]) {
      const init = { method: 'POST', body: JSON.stringify(body) }
      expect([what, (await anonymous(`/executions/${id}/${what}`, init)).status]).toEqual([what, 401])
    }
  })
})
