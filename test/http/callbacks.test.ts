import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import { executionAt } from '../objects/execution-kit.ts'
import { endpoint } from '../support/endpoint.ts'
import { graphOf, http, make, type NodeText, start } from '../support/graphs.ts'
import { anonymous, call, codeOf, json, post, problemOf } from './http-kit.ts'
import { begun, eventsOf, pathTo, send } from './link-kit.ts'

const wait: NodeText = { id: 'done', kind: 'wait', config: { for: 'callback', name: 'The job' } }
const waiting = graphOf(
  [
    start,
    wait,
    make('result', '{{ steps.done.output }}'),
    { id: 'rest', kind: 'wait', config: { for: 'signal', name: 'end' } },
  ],
  ['start -> done', 'done -> result', 'start -> rest'],
)
const later = graphOf(
  [
    start,
    { id: 'first', kind: 'wait', config: { for: 'signal', name: 'go' } },
    wait,
    make('result', '{{ steps.done.output }}'),
  ],
  ['start -> first', 'first -> done', 'done -> result'],
)
const to = (id: string) => pathTo(id, 'done', 'callback')
const outputOf = async (id: string) => {
  const events = await executionAt(id).log()
  return events.flatMap((event) =>
    event.type === 'StepSucceeded' && event.step === 'result' ? [(event.output as { value: unknown }).value] : [],
  )
}

describe('a callback', () => {
  const bodies: [string, string, string, unknown][] = [
    ['JSON', 'application/json', '{"state":"finished"}', { state: 'finished' }],
    [
      'a form',
      'application/x-www-form-urlencoded',
      'state=finished&tag=a&tag=b',
      { state: 'finished', tag: ['a', 'b'] },
    ],
    ['text', 'text/plain', 'finished', 'finished'],
    ['bytes', 'application/octet-stream', 'x', { $bytes: 'eA==' }],
    ['nothing', 'application/json', '', null],
  ]
  for (const [name, type, body, expected] of bodies) {
    it(`[CBK2] is data by its content type: ${name}`, async () => {
      const id = await begun('calling', waiting)
      const response = await anonymous(await to(id), { method: 'POST', body, headers: { 'content-type': type } })
      expect([response.status, await json(response)]).toEqual([200, { taken: true }])
      expect(await outputOf(id)).toEqual([expected])
    })
  }

  it('[CBK1] that comes early is kept for its step', async () => {
    const id = await begun('early', later)
    const first = await send(await to(id), { n: 1 })
    expect([first.status, await json(first)]).toEqual([202, { taken: false }])
    expect(await codeOf(await send(await to(id), { n: 2 }))).toEqual([410, 'answered_late'])
    await post(`/executions/${id}/signal`, { name: 'go' })
    expect(await outputOf(id)).toEqual([{ n: 1 }])
  })

  it('[CBK1] that comes again is told so and leaves no event, also when many come at once', async () => {
    const id = await begun('calling', waiting)
    const path = await to(id)
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => send(path, { n })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(410)])
    const before = await eventsOf(id)
    expect(await problemOf(await send(path, { n: 9 }))).toMatchObject({ status: 410, settled: { ports: ['out'] } })
    expect(await eventsOf(id)).toEqual(before)
    expect(await outputOf(id)).toHaveLength(1)
  })

  it('[CBK1] after the end of the execution', async () => {
    const id = await begun('calling', waiting)
    await post(`/executions/${id}/cancel`, {})
    expect(await codeOf(await send(await to(id), 1))).toEqual([410, 'answered_late'])
  })

  it('[APR3] by a token that is not its own finds nothing', async () => {
    const id = await begun('calling', waiting)
    const wrong = [await pathTo(id, 'done', 'approval'), (await to(id)).replace('/callback/', '/approve/')]
    for (const path of [wrong[0]?.replace('/approve/', '/callback/') ?? '', wrong[1] ?? '', '/callback/x'])
      expect(await codeOf(await send(path, 1))).toEqual([404, 'not_found'])
    expect(await outputOf(id)).toEqual([])
  })

  it('[CBK2] is refused when it is broken, nests too deep or is too large', async () => {
    const id = await begun('calling', waiting)
    const path = await to(id)
    const raw = (body: string) =>
      anonymous(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    expect(await codeOf(await raw('{'))).toEqual([400, 'malformed_json'])
    expect(await codeOf(await raw('['.repeat(99) + ']'.repeat(99)))).toEqual([400, 'json_too_deep'])
    expect(await codeOf(await raw(`"${'x'.repeat(limits.signalBytes)}"`))).toEqual([413, 'too_large'])
    expect(await codeOf(await raw(`[${'1e20,'.repeat(50_000)}0]`))).toEqual([422, 'form_mismatch'])
    expect((await raw('1')).status).toBe(200)
  })

  it('[CBK2] takes no other method: what follows links answers nothing', async () => {
    const path = await to(await begun('calling', waiting))
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await anonymous(path, { method })
      expect([method, response.status, response.headers.get('allow'), await response.text()]).toEqual([
        method,
        405,
        'POST',
        '',
      ])
    }
  })

  it('[APR10] finds its way by the link that a request carried', async () => {
    const job = await endpoint('callback-job')
    const body = { callback: '{{ links.done }}' }
    const graph = graphOf(
      [
        start,
        http('call', { config: { method: 'POST', url: job.url, body } }),
        wait,
        make('result', '{{ steps.done.output }}'),
      ],
      ['start -> call', 'call -> done', 'done -> result'],
    )
    const id = await begun('jobbing', graph)
    const [request] = await job.calls(1)
    const { callback } = JSON.parse(request?.body ?? '{}') as { callback: string }
    expect(callback).toBe(`https://stepwell.example/actions${await to(id)}`)
    const log = JSON.stringify((await json<{ events: unknown[] }>(await call(`/executions/${id}/events`))).events)
    expect(log).toContain('••• (link done)')
    expect(log).not.toContain(callback.slice(-43))
    expect(
      (await send(new URL(callback).pathname.slice('/actions'.length), { state: 'finished' })).status,
    ).toBeLessThan(300)
    await expect.poll(() => outputOf(id)).toEqual([{ state: 'finished' }])
  })
})
