import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Problem } from '../../schemas/api/problem.ts'
import { limits } from '../../schemas/limits.ts'
import { codeOf, HostileCaller } from './hostile-caller.ts'

/** A body that each control takes, were there nothing else against it. */
const fine = {
  cancel: { dryRun: true },
  pause: {},
  resume: {},
  retry: {},
  signal: { name: 'packed' },
  answer: { step: 'boss', outcome: 'retry' },
  approve: { step: 'packed', decision: 'approved' },
}
const verbs = Object.keys(fine) as (keyof typeof fine)[]

/** What no control takes. */
const shapeless = [null, [], 'x', 7, true, { nonsense: 1 }, { step: 'boss', name: 'packed', nonsense: 1 }]

const wrong: readonly (readonly [(typeof verbs)[number], object, string])[] = [
  ['cancel', { reason: 7 }, 'reason'],
  ['cancel', { reason: 'x'.repeat(limits.nameLength + 1) }, 'reason'],
  ['cancel', { compensate: 'yes' }, 'compensate'],
  ['cancel', { dryRun: 1 }, 'dryRun'],
  ['pause', { timers: 'slow' }, 'timers'],
  ['pause', { timers: null }, 'timers'],
  ['resume', { timers: 'frozen' }, ''],
  ['retry', { step: 'boss' }, ''],
  ['signal', {}, 'name'],
  ['signal', { name: null }, 'name'],
  ['signal', { name: ['packed'] }, 'name'],
  ['signal', { name: '1st' }, 'name'],
  ['signal', { name: 'x'.repeat(limits.signalNameLength + 1) }, 'name'],
  ['signal', { name: 'packed', id: '' }, 'id'],
  ['signal', { name: 'packed', id: 7 }, 'id'],
  ['signal', { name: 'packed', id: 'x'.repeat(limits.signalIdLength + 1) }, 'id'],
  ['answer', { outcome: 'retry' }, 'step'],
  ['answer', { step: 'boss' }, 'outcome'],
  ['answer', { step: 'boss', outcome: 'maybe' }, 'outcome'],
  ['answer', { step: 'boss', outcome: 'succeeded' }, 'output'],
  ['answer', { step: 'boss', outcome: 'failed' }, 'message'],
  ['answer', { step: 'boss', outcome: 'failed', message: '' }, 'message'],
  ['answer', { step: 'x'.repeat(limits.stepKeyLength + 1), outcome: 'retry' }, 'step'],
  ['approve', { decision: 'approved' }, 'step'],
  ['approve', { step: '', decision: 'approved' }, 'step'],
  ['approve', { step: 7, decision: 'approved' }, 'step'],
  ['approve', { step: 'boss' }, 'decision'],
  ['approve', { step: 'boss', decision: true }, 'decision'],
]

/** Names of steps that there are not, and that look as if there could be. */
const steps = [
  'nobody',
  '__proto__',
  'constructor',
  '@',
  'boss@',
  'boss@packed[00]',
  '@boss[0]',
  'boss@boss[0]',
  'boss@packed[-1]',
  'boss@packed[99999999999999999999]',
  'boss@packed[0]/paid[1]',
  'boss/packed',
  'boss[0]',
  'BOSS',
  ' boss',
  '\u0000',
  '😀',
  '../boss',
]

/** Issue 3: what is asked of an execution, and of whoever holds a link, in a way that it cannot be answered. */
describe('controls, answers and events that the real server refuses', () => {
  let caller: HostileCaller
  let position: number
  beforeAll(async () => {
    caller = await HostileCaller.start()
    position = (await shown()).position
  })
  afterAll(() => caller.end())

  const shown = () => caller.client.execution(caller.waiting.split('/').at(-1) ?? '')
  const to = (verb: string, body: unknown) => caller.send('POST', `${caller.waiting}/${verb}`, JSON.stringify(body))
  const linkOf = async (step: string): Promise<string> => {
    const { waiting = [] } = await shown()
    return new URL(waiting.find((wait) => wait.step === step)?.url ?? '').pathname
  }

  it.each(verbs)('[BAD21] says what is wrong in what it is to %s', async (verb) => {
    for (const body of shapeless) {
      const problem = (await (await to(verb, body)).json()) as Problem
      expect([body, problem.status, problem.code]).toEqual([body, 400, 'invalid_request'])
    }
    for (const [, body, path] of wrong.filter(([one]) => one === verb)) {
      const problem = (await (await to(verb, body)).json()) as Problem
      expect([body, problem]).toMatchObject([body, { status: 400, code: 'invalid_request', issues: [{ path }] }])
      expect([body, problem]).toMatchObject([body, { issues: [{ message: expect.stringMatching(/\w/) }] }])
    }
  })

  it('[BAD22] knows no step of an odd name', async () => {
    for (const step of steps) {
      const answer = await to('answer', { step, outcome: 'retry' })
      expect([step, ...(await codeOf(answer))]).toEqual([step, 409, 'not_unknown'])
      const decided = await to('approve', { step, decision: 'approved', data: { total: 1 } })
      expect([step, ...(await codeOf(decided))]).toEqual([step, 409, 'not_waiting'])
      const why = await caller.ask('GET', `${caller.waiting}/why?step=${encodeURIComponent(step)}`)
      expect([step, why.status]).toEqual([step, 404])
    }
  })

  it('[BAD22] refuses what does not fit what the execution does', async () => {
    const refusals = [
      ['resume', {}, 409, 'not_paused'],
      ['retry', {}, 409, 'not_failed'],
      ['answer', { step: 'packed', outcome: 'retry' }, 409, 'not_unknown'],
      ['approve', { step: 'packed', decision: 'approved' }, 409, 'not_waiting'],
      ['approve', { step: 'boss', decision: 'approved' }, 422, 'form_mismatch'],
      ['approve', { step: 'boss', decision: 'approved', data: { total: 10 } }, 422, 'form_mismatch'],
      ['approve', { step: 'boss', decision: 'approved', data: [] }, 422, 'form_mismatch'],
    ] as const
    for (const [verb, body, status, code] of refusals)
      expect([verb, ...(await codeOf(await to(verb, body)))]).toEqual([verb, status, code])
    const large = { name: 'packed', data: 'x'.repeat(limits.signalBytes) }
    expect(await codeOf(await to('signal', large))).toEqual([413, 'too_large'])
    const twoIds = await caller.send('POST', `${caller.waiting}/signal`, '{"name":"a","id":"one"}', {
      'idempotency-key': 'two',
    })
    expect(await codeOf(twoIds)).toEqual([400, 'invalid_request'])
  })

  it('[BAD23] decides nothing behind a link by what is no decision', async () => {
    const link = await linkOf('boss')
    for (const body of [
      ...shapeless,
      {},
      { decision: true },
      { decision: 'maybe' },
      { decision: 'approved', step: 'boss' },
    ])
      expect([body, (await caller.send('POST', link, JSON.stringify(body))).status]).toEqual([body, 400])
    for (const data of [undefined, null, 7, [], {}, { total: 'x' }, { total: 10 }])
      expect([
        data,
        ...(await codeOf(await caller.send('POST', link, JSON.stringify({ decision: 'approved', data })))),
      ]).toEqual([data, 422, 'form_mismatch'])
    const as = (type: string, body: string) => caller.send('POST', link, body, { 'content-type': type })
    expect(await codeOf(await as('text/plain', 'approved'))).toEqual([415, 'unsupported_media_type'])
    expect(await codeOf(await as('application/json', '{"decision"'))).toEqual([400, 'malformed_json'])
    expect(await codeOf(await as('application/json', ' '.repeat(limits.signalBytes + 1)))).toEqual([413, 'too_large'])
    for (const form of ['', 'decision', 'decision=maybe', '%ff=%ff&=&&'])
      expect([form, (await as('application/x-www-form-urlencoded', form)).status]).toEqual([form, 400])
    expect((await as('multipart/form-data; boundary=x', '--x\r\n')).status).toBe(415)
  })

  it('[BAD23] takes nothing at a callback that cannot be read', async () => {
    const link = await linkOf('paid')
    const deep = `${'['.repeat(limits.jsonDepth + 2)}${']'.repeat(limits.jsonDepth + 2)}`
    expect(await codeOf(await caller.send('POST', link, '{"paid"'))).toEqual([400, 'malformed_json'])
    expect(await codeOf(await caller.send('POST', link, deep))).toEqual([400, 'json_too_deep'])
    const large = ' '.repeat(limits.signalBytes + 1)
    expect(await codeOf(await caller.send('POST', link, large))).toEqual([413, 'too_large'])
    for (const path of [link.slice(0, -1), `${link}x`, `${link}/x`, link.replace('callback', 'approve')])
      expect([path, ...(await codeOf(await caller.send('POST', path, '{}')))]).toEqual([path, 404, 'not_found'])
  })

  it('[BAD24] refuses what is no event', async () => {
    const send = (body: unknown) => caller.send('POST', '/actions/events', JSON.stringify(body))
    const events = [{}, { name: 7 }, { name: '' }, { name: 'a b' }, { name: 'a', id: '' }, { name: 'a', id: 7 }]
    for (const body of [...shapeless, ...events, { name: 'a', data: 'x'.repeat(limits.eventBytes) }])
      expect([body, ...(await codeOf(await send(body)))]).toEqual([body, 400, 'invalid_request'])
    expect((await send({ name: '__proto__x' })).status).toBe(400)
    expect((await send({ name: 'constructor', id: '__proto__' })).status).toBe(202)
    expect(await codeOf(await send({ name: 'other', id: '__proto__' }))).toEqual([422, 'event_id_reused'])
  })

  it('[BAD25] changed nothing, and after the end takes nothing', async () => {
    expect(await shown()).toMatchObject({ status: 'waiting', position })
    const links = [await linkOf('boss'), await linkOf('paid')]
    expect((await to('cancel', {})).status).toBe(200)
    for (const verb of verbs) {
      const code = verb === 'retry' ? 'not_failed' : 'not_running'
      const [status, answered] = await codeOf(await to(verb, fine[verb]))
      // Whoever answers a step is told what has become of it.
      expect([verb, status, answered]).toEqual(
        verb === 'answer' || verb === 'approve' ? [verb, 410, 'answered_late'] : [verb, 409, code],
      )
    }
    for (const link of links) {
      const answer = await caller.send('POST', link, '{"decision":"rejected"}')
      expect([link, ...(await codeOf(answer))]).toEqual([link, 410, 'answered_late'])
    }
  })

  it('[BAD17] never broke, never showed its inside, and still serves', () => caller.expectUnbroken())
})
