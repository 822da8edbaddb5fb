import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { kinds } from '../../schemas/kinds/index.ts'
import { limits } from '../../schemas/limits.ts'
import {
  alarmFor,
  broken,
  diary,
  endless,
  greeting,
  lists,
  oddNumbers,
  onPayment,
  orderThatShips,
  pagesOf,
  paymentBy,
  pricesBy,
  quorum,
  refund,
  shipping,
  signals,
  sum,
} from './every-kind-workflows.ts'
import { Stage } from './stage.ts'

/** Issue 3: each kind of step once in earnest, from a workflow that was published over HTTP. */
describe('every kind of step', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await Stage.start()
  })
  afterAll(() => stage.end())

  it('[EVK1] each works on orders and their lines, and goes on without the items that fail', async () => {
    const url = stage.endpoint('price', ({ body }) => {
      const { sku } = JSON.parse(body) as { sku: string }
      return sku === 'gone' ? { status: 410 } : { body: JSON.stringify({ price: sku.length }), delayMs: 20 }
    })
    const items = [
      { id: 7, lines: ['lamp', 'gone', 'box'] },
      { id: 8, lines: [] },
      { id: 9, lines: ['desk'] },
    ]
    const id = await stage.execute(pricesBy(url), { items })
    const gone = { code: 'http_410', message: expect.stringContaining('410'), step: 'price@orders[0]/lines[1]' }
    expect((await stage.reached(id, 'succeeded')).output).toEqual([
      { order: 7, prices: [4, { error: gone }, 3] },
      { order: 8, prices: [] },
      { order: 9, prices: [4] },
    ])
    expect(stage.calls('price').map(({ body }) => JSON.parse(body))).toContainEqual({ sku: 'desk', order: 9 })
  })

  it('[EVK2] each deals a long list out to child executions, and comes to what one execution comes to', async () => {
    const { workflowId } = await stage.publish(oddNumbers)
    const items = Array.from({ length: limits.eachItems + 1 }, (_, n) => n)
    const outputOf = async (some: readonly number[]) => {
      const { executionId } = await stage.client.execute(workflowId, { items: some })
      return (await stage.reached(executionId, 'succeeded')).output as readonly number[]
    }
    const inBatches = await outputOf(items)
    expect(inBatches).toEqual(items.map((item) => item * 2 + 1))
    expect(await outputOf(items.slice(1))).toEqual(inBatches.slice(1))
    // One with two batches below it, and one by itself.
    const executions = await stage.ended(workflowId, 4)
    expect(executions.filter(({ parent }) => parent !== undefined)).toHaveLength(2)
  })

  it('[EVK3] repeat turns pages until there is no next one', async () => {
    const url = stage.endpoint('pages', ({ path }) => {
      const after = Number(/after=(\d+)/.exec(path)?.[1])
      return { body: JSON.stringify({ rows: [after + 1, after + 2], next: after < 4 ? after + 2 : null }) }
    })
    const id = await stage.execute(pagesOf(url))
    const last = { body: { rows: [5, 6], next: null } }
    expect((await stage.reached(id, 'succeeded')).output).toMatchObject({ iterations: 3, isExhausted: false, last })
    expect(stage.calls('pages').map(({ path }) => path)).toEqual(['/pages?after=0', '/pages?after=2', '/pages?after=4'])
  })

  it('[EVK4] wait takes the signal that was there before it, and then the one that matches', async () => {
    const id = await stage.execute(signals, { order: 7 })
    const ready = { name: 'ready', data: 'set', id: 's1' }
    expect(await stage.ask(id, 'signal', ready)).toMatchObject({ status: 202, taken: false, repeated: false })
    expect(await stage.ask(id, 'signal', ready)).toMatchObject({ taken: false, repeated: true })
    await expect
      .poll(async () => (await stage.client.execution(id)).waiting)
      .toMatchObject([{ for: 'signal', step: 'paid' }])
    const paid = (order: number, by: string) => stage.ask(id, 'signal', { name: 'paid', data: { order, by } })
    expect(await paid(8, 'Bob')).toMatchObject({ status: 202, taken: false })
    expect(await paid(7, 'Ada')).toMatchObject({ status: 200, taken: true })
    expect((await stage.reached(id, 'succeeded')).output).toEqual({ value: ['set', 'Ada'] })
    expect(await paid(7, 'Bob')).toMatchObject({ status: 409, code: 'not_running' })
  })

  it('[EVK5] wait asks a person, who decides behind a link, with a form that fits, once', async () => {
    const id = await stage.execute(refund)
    const { waiting = [] } = await stage.reached(id, 'waiting')
    expect(waiting).toMatchObject([{ for: 'approval', step: 'boss', name: 'Refund?' }])
    const link = waiting[0]?.url ?? ''
    const unfit = await stage.post(link, { decision: 'approved', data: { amount: 900 } })
    expect(unfit).toMatchObject({ status: 422, code: 'form_mismatch', issues: [{ path: 'data.amount' }] })
    const fit = { decision: 'approved', data: { amount: 40 } }
    expect(await stage.post(link, fit)).toEqual({ status: 200, decision: 'approved' })
    expect(await stage.post(link, { decision: 'rejected' })).toMatchObject({ status: 410, code: 'answered_late' })
    expect((await stage.reached(id, 'succeeded')).output).toEqual({ value: 40 })
  })

  it('[EVK6] wait is called back by the link that an http step sent', async () => {
    const id = await stage.execute(paymentBy(stage.endpoint('pay')))
    await stage.reached(id, 'waiting')
    const { callback } = JSON.parse(stage.calls('pay')[0]?.body ?? '{}') as { callback: string }
    expect(await stage.post(callback, { receipt: 'r-1' })).toEqual({ status: 200, taken: true })
    expect(await stage.post(callback, { receipt: 'r-2' })).toMatchObject({ status: 410, code: 'answered_late' })
    expect((await stage.reached(id, 'succeeded')).output).toEqual({ receipt: 'r-1' })
  })

  it('[EVK7] workflow starts a child, and is over with its end or with its start', async () => {
    const { workflowId } = await stage.publish(shipping)
    const order = await stage.execute(orderThatShips(workflowId), { to: 'Oslo' })
    const { waiting = [] } = await stage.reached(order, 'waiting')
    expect(waiting).toMatchObject([{ for: 'child', step: 'ship' }])
    const parcel = waiting[0]?.executionId ?? ''
    expect((await stage.reached(parcel, 'waiting')).parent).toMatchObject({ executionId: order, step: 'ship' })
    expect(await stage.ask(parcel, 'signal', { name: 'packed', data: 'a box' })).toMatchObject({ taken: true })
    expect((await stage.reached(order, 'succeeded')).output).toBe('a box')

    const homeless = await stage.execute(orderThatShips(workflowId), { to: null })
    expect((await stage.reached(homeless, 'failed')).error).toMatchObject({ code: 'no_address', step: 'ship' })

    const forgetful = await stage.execute(orderThatShips(workflowId, { wait: false }), { to: 'Rome' })
    const { executionId } = (await stage.reached(forgetful, 'succeeded')).output as { executionId: string }
    await stage.reached(executionId, 'waiting')
  })

  it('[EVK8] code computes, and where it never ends its step fails while others go on', async () => {
    const { workflowId } = await stage.publish(sum)
    const hostile = await stage.execute(endless)
    const done = await stage.client.execute(workflowId, [1, 2, 39], 10_000)
    expect(done).toMatchObject({ status: 'succeeded', output: 42 })
    const { error } = await stage.reached(hostile, 'failed')
    expect(error).toMatchObject({
      code: 'code_out_of_fuel',
      message: expect.stringContaining('without end'),
      step: 'loop',
    })
  })

  it('[EVK9] event starts what takes its name and passes the filter, once for each id', async () => {
    const { workflowId } = await stage.publish(onPayment)
    const send = (total: number, id: string) =>
      stage.client.ask('POST', '/actions/events', { name: 'order.paid', data: { total }, id })
    const kept = { eventId: 'e1', deliveredTo: [workflowId] }
    expect([await send(20, 'e1'), await send(20, 'e1')]).toEqual([kept, kept])
    await send(5, 'e2')
    await send(30, 'e3')
    const outputs = (await stage.ended(workflowId, 2)).map(({ output }) => output)
    expect(outputs).toEqual([{ value: 20 }, { value: 30 }])
  })

  it('[EVK10] failure hears of what failed elsewhere, and of nothing that it led to', async () => {
    const { workflowId } = await stage.publish(broken)
    const alarm = await stage.publish(alarmFor(workflowId))
    const all = await stage.publish(diary)
    const { executionId } = await stage.client.execute(workflowId, null, 5_000)
    const [heard] = await stage.ended(alarm.workflowId, 1)
    expect(heard?.trigger).toMatchObject({ execution: { id: executionId }, error: { code: 'paper' } })
    expect(heard).toMatchObject({ status: 'failed' })
    // A later failure has been told, and that of the alarm before it has not.
    await stage.client.execute(workflowId, null, 5_000)
    const written = await stage.ended(all.workflowId, 2)
    expect(written.map(({ output }) => output)).toMatchObject([{ message: 'paper' }, { message: 'paper' }])
    await stage.ended(alarm.workflowId, 2)
  })

  it('[EVK11] transform extracts, filters, sorts, limits and groups', async () => {
    const row = (name: string, city: string, total: number, paid = true) => ({ name, city, total, paid })
    const rows = [
      row('a', 'Oslo', 5),
      row('b', 'Rome', 7),
      row('c', 'Oslo', 9, false),
      row('d', 'Oslo', 7),
      row('e', 'Rome', 1),
    ]
    const id = await stage.execute(lists, { data: { rows } })
    expect((await stage.reached(id, 'succeeded')).output).toEqual([
      { key: 'Rome', items: [rows[1]] },
      { key: 'Oslo', items: [rows[3], rows[0]] },
    ])
  })

  it('[EVK12] a join of two goes on with the second of three, once', async () => {
    const id = await stage.execute(quorum)
    const { output } = await stage.reached(id, 'succeeded')
    expect(output).toEqual({ one: { value: 'one' }, two: { value: 'two' }, isEnough: true })
    const events = await stage.client.events(id)
    const done = events.flatMap((event) => (event.type === 'StepSucceeded' ? [event.step as string] : []))
    expect(done).toEqual(['one', 'two', 'quorum', 'slow'])
  })

  it('[EVK13] a webhook is answered after a delay with what its workflow says', async () => {
    const { hooks } = await stage.publish(greeting)
    expect(await stage.post(hooks[0]?.url ?? '', { name: 'Ada' })).toEqual({ status: 201, hello: 'Ada' })
  })

  it('[EVK14] none was left out', () => {
    expect([...stage.kinds].sort()).toEqual(Object.keys(kinds).sort())
  })
})
