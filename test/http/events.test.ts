import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { graphOf, make } from '../support/graphs.ts'
import { anonymous, codeOf, deployed, json, post, problemOf } from './http-kit.ts'

type Answer = { eventId: string; deliveredTo: string[] }
const listener = (name: string) =>
  graphOf([{ id: 'told', kind: 'event', config: { name } }, make('kept', '{{ trigger.data }}')], ['told -> kept'])
const send = async (body: unknown, headers: Record<string, string> = {}) => {
  const response = await post('/events', body, headers)
  return { status: response.status, ...(await json<Answer>(response)) }
}

describe('POST /events', () => {
  it('[EVT7] keeps an event, and says to whom it goes', async () => {
    await deployed('listening', listener('order.paid'))
    expect(await send({ name: 'order.paid', data: { n: 1 } })).toEqual({
      status: 202,
      eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      deliveredTo: ['listening'],
    })
    expect(await send({ name: 'order.lost' })).toMatchObject({ status: 202, deliveredTo: [] })
  })

  it('[EVT7] takes an id in the body or as Idempotency-Key, and the same id is the same event', async () => {
    const first = await send({ name: 'order.sent', data: { a: 1, b: 2 }, id: 'order-1' })
    expect(first).toEqual({ status: 202, eventId: 'order-1', deliveredTo: [] })
    expect(await send({ name: 'order.sent', data: { b: 2, a: 1 } }, { 'idempotency-key': 'order-1' })).toEqual(first)
    const other = await problemOf(await post('/events', { name: 'order.sent', data: 2, id: 'order-1' }))
    expect(other).toMatchObject({ status: 422, code: 'event_id_reused', eventId: 'order-1' })
  })

  it('[EVT7] refuses what is no event, and names each place', async () => {
    const large = 'x'.repeat(limits.eventBytes - 1)
    for (const [body, path] of [
      [null, ''],
      [{}, 'name'],
      [{ name: '1st' }, 'name'],
      [{ name: 'x'.repeat(limits.signalNameLength + 1) }, 'name'],
      [{ name: 'a', id: '' }, 'id'],
      [{ name: 'a', id: 'x'.repeat(limits.eventIdLength + 1) }, 'id'],
      // No database keeps half of a pair, so that two such ids would be one.
      [{ name: 'a', id: 'x\ud800' }, 'id'],
      [{ name: 'a', more: 1 }, ''],
      [{ name: 'a', data: large }, 'data'],
    ] as const) {
      const problem = await problemOf(await post('/events', body))
      expect([path, problem.status, problem.code]).toEqual([path, 400, 'invalid_request'])
      expect(problem).toMatchObject({ issues: [expect.objectContaining({ in: 'json', path })] })
    }
    expect((await send({ name: 'a', data: large.slice(1) })).status).toBe(202)
    const twice = await post('/events', { name: 'a', id: 'one' }, { 'idempotency-key': 'two' })
    expect(await codeOf(twice)).toEqual([400, 'invalid_request'])
  })

  it('[EVT7] is for those who may act', async () => {
    const init = { method: 'POST', body: '{"name":"a"}', headers: { 'content-type': 'application/json' } }
    expect(await codeOf(await anonymous('/events', init))).toEqual([401, 'unauthorized'])
  })
})
