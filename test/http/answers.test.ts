import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'

import type { ExecutionObject } from '../../runtime/objects/execution-object.ts'
import { limits } from '../../schemas/limits.ts'
import { executionAt } from '../objects/execution-kit.ts'
import { endpoint } from '../support/endpoint.ts'
import { graphOf, http, make, type NodeText, start } from '../support/graphs.ts'
import { call, codeOf, deployed, json, post, problemOf } from './http-kit.ts'

const wait = (id: string, config: Record<string, unknown>): NodeText => ({ id, kind: 'wait', config })

const paying = graphOf(
  [
    start,
    wait('payment', { for: 'signal', name: 'paid', match: 'signal.order == trigger.body.order' }),
    make('receipt', '{{ steps.payment.output }}'),
  ],
  ['start -> payment', 'payment -> receipt'],
)
const form = { type: 'object', properties: { amount: { type: 'integer' } }, required: ['amount'] }
const approving = graphOf(
  [start, wait('manager', { for: 'approval', name: 'Refund', form }), make('yes'), make('no')],
  ['start -> manager', 'manager.approved -> yes', 'manager.rejected -> no'],
)
/** Another wait keeps it going when the approval is over. */
const limited = graphOf(
  [
    start,
    wait('manager', { for: 'approval', timeoutMs: 1 }),
    make('late'),
    wait('rest', { for: 'signal', name: 'end' }),
  ],
  ['start -> manager', 'manager.timeout -> late', 'start -> rest'],
)

async function started(name: string, graph: ReturnType<typeof graphOf>, input: unknown = null): Promise<string> {
  await deployed(name, graph)
  return (await json<{ executionId: string }>(await post(`/execute/${name}`, input))).executionId
}

const view = async (id: string) => json(await call(`/executions/${id}`))
const to = (id: string, what: string, body?: unknown, headers?: Record<string, string>) =>
  post(`/executions/${id}/${what}`, body, headers)
const answered = async (response: Response) => [response.status, await json(response)]
const typesOf = async (id: string) => (await executionAt(id).types()).slice(2)

describe('POST /executions/:id/signal', () => {
  it('[HTP28] is taken by the step that waits for it, and kept when none does', async () => {
    const id = await started('paying', paying, { order: 7 })
    const other = await to(id, 'signal', { name: 'paid', data: { order: 8 } })
    expect(await answered(other)).toEqual([202, { executionId: id, status: 'waiting', taken: false, repeated: false }])
    const own = await to(id, 'signal', { name: 'paid', data: { order: 7 } })
    expect(await answered(own)).toEqual([200, { executionId: id, status: 'succeeded', taken: true, repeated: false }])
    expect(await view(id)).toMatchObject({ output: { value: { order: 7 } } })
  })

  it('[HTP28] with an id that came before changes nothing, also when it is in Idempotency-Key', async () => {
    const id = await started('paying', paying, { order: 7 })
    const body = { name: 'paid', data: { order: 8 } }
    const repeated = [200, { executionId: id, status: 'waiting', taken: false, repeated: true }]
    expect((await to(id, 'signal', { ...body, id: 'a' })).status).toBe(202)
    expect(await answered(await to(id, 'signal', { ...body, id: 'a' }))).toEqual(repeated)
    expect(await answered(await to(id, 'signal', body, { 'idempotency-key': 'a' }))).toEqual(repeated)
    expect((await to(id, 'signal', { ...body, id: 'b' }, { 'idempotency-key': 'b' })).status).toBe(202)
    const problem = await problemOf(await to(id, 'signal', { ...body, id: 'a' }, { 'idempotency-key': 'b' }))
    expect(problem).toMatchObject({ status: 400, issues: [{ in: 'header', path: 'idempotency-key' }] })
    expect((await typesOf(id)).filter((type) => type === 'SignalReceived')).toHaveLength(2)
  })

  it('[HTP28] has a size of its own, and an execution keeps so many', async () => {
    const id = await started('paying', paying, { order: 7 })
    const large = { name: 'paid', data: 'x'.repeat(limits.signalBytes) }
    const problem = await problemOf(await to(id, 'signal', large))
    expect(problem).toMatchObject({ status: 413, code: 'too_large', maxBytes: limits.signalBytes })
    const written = { method: 'POST', body: `{"name":"paid","data":[${'1e20,'.repeat(20_000)}0]}` }
    expect(await problemOf(await call(`/executions/${id}/signal`, written))).toMatchObject({
      status: 422,
      code: 'form_mismatch',
      issues: [{ in: 'json', path: 'data' }],
    })
    // All in one commit.
    await runInDurableObject<ExecutionObject, void>(executionAt(id).stub(), (object) => {
      for (let count = 0; count < limits.signalsKept; count += 1) object.signal('other', count, null)
    })
    expect(await problemOf(await to(id, 'signal', { name: 'paid', data: { order: 8 } }))).toMatchObject({
      status: 409,
      code: 'too_many_signals',
      limit: limits.signalsKept,
    })
  })
})

describe('POST /executions/:id/approve', () => {
  const approve = { step: 'manager', decision: 'approved', data: { amount: 12 } }

  it('[HTP29] decides, once: the second hears what happened', async () => {
    const id = await started('approving', approving)
    const [first, second] = await Promise.all([
      to(id, 'approve', approve),
      to(id, 'approve', { ...approve, decision: 'rejected' }),
    ])
    expect(await answered(first)).toEqual([200, { executionId: id, status: 'succeeded' }])
    expect(await problemOf(second)).toMatchObject({
      status: 410,
      code: 'answered_late',
      executionStatus: 'succeeded',
      settled: { status: 'succeeded', ports: ['approved'], at: expect.any(Number) },
    })
    expect(await view(id)).toMatchObject({ output: { value: 'yes' } })
  })

  it('[HTP29] that comes late is recorded and changes nothing', async () => {
    const id = await started('limited', limited)
    await expect.poll(() => typesOf(id)).toContain('StepSucceeded')
    expect(await problemOf(await to(id, 'approve', { step: 'manager', decision: 'approved' }))).toMatchObject({
      status: 410,
      code: 'answered_late',
      executionStatus: 'waiting',
      settled: { status: 'succeeded', ports: ['timeout'] },
    })
    expect((await typesOf(id)).at(-1)).toBe('AnswerIgnored')
  })

  it('[HTP29] says which field of the form is wrong, and which step does not wait', async () => {
    const id = await started('approving', approving)
    const problem = await problemOf(await to(id, 'approve', { ...approve, data: { amount: 'all' } }))
    expect(problem).toMatchObject({
      status: 422,
      code: 'form_mismatch',
      issues: [{ in: 'json', path: 'data.amount', message: expect.any(String) }],
    })
    expect(await problemOf(await to(id, 'approve', { ...approve, step: 'yes' }))).toMatchObject({
      status: 409,
      code: 'not_waiting',
      step: 'yes',
    })
  })
})

describe('POST /executions/:id/answer', () => {
  /** An execution of which a crash leaves open what its two steps did. */
  async function unknown(name: string) {
    const shop = await endpoint(name, { hold: true })
    const once = (id: string) => http(id, { config: { url: shop.url, method: 'POST' }, once: true })
    const graph = graphOf(
      [start, once('pay'), once('ship'), make('sum', '{{ steps.pay.output }}', { join: 'all' })],
      ['start -> pay', 'start -> ship', 'pay -> sum', 'ship -> sum'],
    )
    const id = await started(name, graph)
    await shop.calls(2)
    const { crash, object } = executionAt(id)
    await crash()
    await object.poke()
    return { id, shop }
  }

  it('[HTP30] says what unknown steps did, and with the last one the execution goes on', async () => {
    const { id, shop } = await unknown('unknown')
    expect(await view(id)).toMatchObject({
      status: 'paused',
      paused: { reason: 'unknown', quiescent: true },
      unknown: ['pay', 'ship'],
    })
    expect(await problemOf(await to(id, 'resume'))).toMatchObject({ code: 'unknown_steps', steps: ['pay', 'ship'] })
    const first = await to(id, 'answer', { step: 'pay', outcome: 'succeeded', output: { paid: 7 } })
    expect(await answered(first)).toEqual([200, { executionId: id, status: 'paused' }])
    const again = await problemOf(await to(id, 'answer', { step: 'pay', outcome: 'retry' }))
    expect(again).toMatchObject({ status: 409, code: 'not_unknown', step: 'pay' })
    const second = await to(id, 'answer', { step: 'ship', outcome: 'retry' })
    expect(await answered(second)).toEqual([200, { executionId: id, status: 'running' }])
    await shop.calls(3)
    await shop.release()
    await expect.poll(() => view(id)).toMatchObject({ status: 'succeeded', output: { value: { paid: 7 } } })
  })

  it('[HTP30] that it failed fails the step', async () => {
    const { id } = await unknown('unknownfailed')
    await to(id, 'answer', { step: 'ship', outcome: 'succeeded', output: null })
    await to(id, 'answer', { step: 'pay', outcome: 'failed', message: 'the bank says no' })
    expect(await view(id)).toMatchObject({
      status: 'failed',
      error: { step: 'pay', code: 'failed_by_hand', message: 'the bank says no' },
    })
    const late = await problemOf(await to(id, 'answer', { step: 'pay', outcome: 'retry' }))
    expect(late).toMatchObject({ status: 410, code: 'answered_late', settled: { status: 'failed' } })
  })

  it('[HTP30] on a step that is not unknown is refused', async () => {
    const id = await started('approving', approving)
    expect(await codeOf(await to(id, 'answer', { step: 'manager', outcome: 'retry' }))).toEqual([409, 'not_unknown'])
  })
})
