import { describe, expect, it } from 'vitest'

import { limits } from '../../../schemas/limits.ts'
import { graphOf, make, type NodeText, start } from '../../support/graphs.ts'
import { bytes, t0, WorkflowWorld } from './workflow-world.ts'

const manual = graphOf([start, make('greeting')], ['start -> greeting'])
const hook = (config: Record<string, unknown> = {}, id = 'hook'): NodeText => ({ id, kind: 'webhook', config })
const hooked = (config: Record<string, unknown> = {}) => graphOf([hook(config), make('made')], ['hook -> made'])
const execute = (key: string | null, fingerprint = 'f') => ({
  input: { n: 1 },
  idempotencyKey: key,
  fingerprint,
  waitMs: 0,
})

describe('versions', () => {
  it('[WFO1] the same content is the same version, and becomes the active one again', () => {
    const world = new WorkflowWorld()
    const first = world.publish(manual)
    expect(first).toMatchObject({ version: 1, publishedAt: t0, hooks: [] })
    world.now += 1000
    expect(world.publish(manual)).toEqual(first)
    expect(world.publish(hooked()).version).toBe(2)
    expect(world.publish(manual)).toEqual(first)
    world.restart()
    expect(world.workflow.describe()).toMatchObject({ active: { version: 1, graph: manual } })
    expect(world.workflow.describe()?.versions.map(({ version }) => version)).toEqual([2, 1])
  })

  it('[WFO1] a publish that fails changes nothing', () => {
    const world = new WorkflowWorld()
    world.publish(manual)
    const broken = graphOf([{ id: 'hook', kind: 'webhook', config: { filter: '((' } }], [])
    expect(() => world.publish(broken)).toThrow(/does not compile/)
    expect(world.workflow.describe()).toMatchObject({ active: { version: 1 }, versions: [{ version: 1 }] })
    world.restart()
    expect(world.workflow.describe()).toMatchObject({ active: { version: 1 }, versions: [{ version: 1 }] })
  })

  it('[WFO13] a trigger that this release cannot read keeps nothing else from working', async () => {
    const world = new WorkflowWorld()
    world.publish(graphOf([hook(), hook({}, 'other'), make('made')], ['hook -> made', 'other -> made']))
    // As if an older release had taken what this one does not.
    world.database.exec(`UPDATE versions SET graph = replace(graph, '"id":"hook","kind":"webhook","config":{}',
      '"id":"hook","kind":"webhook","config":{"filter":"(("}')`)
    world.restart()
    const [broken, other] = world.workflow.describe()?.active.hooks ?? []
    const send = (hookId = '') => world.settled(world.workflow.deliver(world.request({ hookId })))
    expect(await send(other?.hookId)).toMatchObject({ type: 'accepted' })
    await expect(send(broken?.hookId)).rejects.toThrow(/does not compile/)
    expect(world.publish(hooked())).toMatchObject({ version: 2 })
    expect(await send(broken?.hookId)).toMatchObject({ type: 'accepted' })
  })

  it('[WFO13] an input that this release cannot read keeps no hook from working', async () => {
    const world = new WorkflowWorld()
    world.publish(graphOf([hook(), start, make('made')], ['hook -> made', 'start -> made']))
    world.database.exec(`UPDATE versions SET graph = replace(graph, '"id":"start","kind":"manual","config":{}',
      '"id":"start","kind":"manual","config":{"input":7}')`)
    world.restart()
    expect(await world.settled(world.workflow.deliver(world.request()))).toMatchObject({ type: 'accepted' })
    await expect(world.settled(world.workflow.execute(execute(null)))).rejects.toThrow()
  })

  it('[WFO2] a hook keeps its address over versions, and when its trigger comes back', async () => {
    const world = new WorkflowWorld()
    const [first] = world.publish(hooked()).hooks
    expect(first?.hookId).toMatch(/^orders-[0-9a-f]{32}$/)
    expect(world.publish(hooked({ methods: ['GET', 'POST'] })).hooks).toEqual([first])
    expect(world.publish(manual).hooks).toEqual([])
    const request = world.request({ hookId: first?.hookId ?? '' })
    expect(await world.settled(world.workflow.deliver(request))).toEqual({ type: 'unknown' })
    const two = graphOf([hook(), hook({}, 'other'), make('made')], ['hook -> made', 'other -> made'])
    const hooks = world.publish(two).hooks
    expect(hooks).toHaveLength(2)
    expect(hooks).toContainEqual(first)
    expect(await world.settled(world.workflow.deliver(request))).toMatchObject({ type: 'accepted' })
  })

  it('[WFO1] nothing is published at first', async () => {
    const { workflow } = new WorkflowWorld()
    expect([workflow.describe(), await workflow.execute(execute(null))]).toEqual([null, null])
    expect(workflow.changes(0, 10)).toEqual({ changes: [], last: 0 })
    expect(workflow.deliveries('orders-1', 10)).toBeNull()
  })
})

describe('deliveries', () => {
  const world = (config: Record<string, unknown> = {}): WorkflowWorld => {
    const made = new WorkflowWorld()
    made.publish(hooked(config))
    return made
  }

  it('[WFO3] an accepted one is in the delivery log and in the index before the sender is told', async () => {
    const made = world()
    let rows: unknown[] = []
    const { start: begin } = made.ports
    made.ports.start = (id, request) => {
      rows = [made.index(), made.deliveries().map(({ verdict, executionId }) => [verdict, executionId])]
      return begin(id, request)
    }
    const request = made.request({ path: '/a/b', query: '?x=1&x=2&y=3', body: bytes('{"n":1}') })
    const answer = await made.settled(made.workflow.deliver(request))
    expect(answer).toEqual({ type: 'accepted', executionId: 'execution-2', outcome: null })
    expect(rows).toEqual([[['execution-2', 'running', 0]], [['accepted', 'execution-2']]])
    expect(made.starts[0]?.request).toMatchObject({
      workflowId: 'orders',
      version: 1,
      triggerNode: 'hook',
      trigger: {
        method: 'POST',
        path: '/a/b',
        query: { x: ['1', '2'], y: '3' },
        headers: { 'content-type': 'application/json' },
        body: { n: 1 },
      },
    })
  })

  it('[WFO4] each verdict is a row that says why', async () => {
    const made = world({ filter: 'trigger.body.n > 1', dedupe: 'trigger.body.n', methods: ['POST', 'PUT'] })
    const send = (over: Parameters<WorkflowWorld['request']>[0]) =>
      made.settled(made.workflow.deliver(made.request(over)))
    expect(await send({ method: 'GET' })).toMatchObject({ type: 'refused', status: 405, allow: ['POST', 'PUT'] })
    expect(await send({ body: bytes('{"n":') })).toMatchObject({ type: 'refused', status: 400 })
    expect(await send({ body: bytes('{"n":1}') })).toEqual({ type: 'filtered' })
    expect(await send({ body: bytes('{"m":1}') })).toMatchObject({
      type: 'refused',
      status: 422,
      code: 'filter_failed',
    })
    expect(await send({ body: bytes('{"n":2}') })).toMatchObject({ type: 'accepted' })
    expect(await send({ body: bytes('{"n":2,"again":true}') })).toMatchObject({ type: 'duplicate' })
    expect(made.deliveries().map(({ verdict, code, bodyBytes }) => [verdict, code, bodyBytes])).toEqual([
      ['duplicate', undefined, 20],
      ['accepted', undefined, 7],
      ['refused', 'filter_failed', 7],
      ['filtered', undefined, 7],
      ['refused', 'malformed_json', 5],
      ['refused', 'method_not_allowed', 0],
    ])
    expect(
      made.deliveries().every(({ verdict, reason }) => reason !== undefined || /accepted|duplicate/.test(verdict)),
    ).toBe(true)
  })

  it('[WFO5] what proves the sender is masked in the log and in the trigger', async () => {
    const made = world({ verify: { scheme: 'token', secret: 'hook_token', header: 'X-My-Token' } })
    const headers = [
      ['x-my-token', 'canary'],
      ['Authorization', 'Bearer canary'],
      ['cookie', 'a=canary'],
      ['x-api-key', 'canary'],
      ['x-plain', 'shown'],
    ] as const
    await made.settled(made.workflow.deliver(made.request({ headers })))
    made.verdicts.push({ ok: false, code: 'wrong_token', reason: 'the token is another' })
    expect(await made.settled(made.workflow.deliver(made.request({ headers })))).toMatchObject({
      type: 'refused',
      status: 401,
      code: 'wrong_token',
    })
    const kept = JSON.stringify([made.deliveries(), made.starts])
    expect([kept.includes('canary'), kept.includes('shown'), made.starts.length]).toEqual([false, true, 1])
  })

  it('[WFO6] a vault that does not answer lets nothing in', async () => {
    const made = world({ verify: { scheme: 'github', secret: 'hook_secret' } })
    made.verdicts.push({
      get ok(): true {
        throw new Error('the vault is away')
      },
    })
    await expect(made.settled(made.workflow.deliver(made.request()))).rejects.toThrow('the vault is away')
    expect(made.starts).toEqual([])
  })

  it('[WFO7] a hundred with one dedupe key at once start one execution', async () => {
    const made = world({ dedupe: 'trigger.body.id' })
    const answers = await made.settled(
      Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          made.workflow.deliver(made.request({ body: bytes(JSON.stringify({ id: 'one', n })) })),
        ),
      ),
    )
    expect(answers.filter(({ type }) => type === 'accepted')).toHaveLength(1)
    expect(answers.filter(({ type }) => type === 'duplicate')).toHaveLength(99)
    expect(new Set(made.starts.map(({ id }) => id)).size).toBe(1)
    expect(made.deliveries()).toHaveLength(100)
  })

  it('[WFO7] the key is remembered over a restart, and free again when its time is over', async () => {
    const made = world({ dedupe: 'trigger.body.id' })
    const send = () => made.settled(made.workflow.deliver(made.request({ body: bytes('{"id":"one"}') })))
    const first = await send()
    made.restart()
    await made.pass(limits.dedupeMs - 1)
    expect(await send()).toEqual({ ...first, type: 'duplicate' })
    await made.pass(1)
    const later = await send()
    expect(later).toMatchObject({ type: 'accepted' })
    expect(later).not.toEqual(first)
  })

  it('[WFO8] pages that nobody gave out are empty, and a page is never longer than the most', async () => {
    const made = world()
    for (let index = 0; index < 5; index += 1) await made.settled(made.workflow.deliver(made.request()))
    const { hookId } = made.request()
    for (const before of ['', 'x', '-1', '1e3', '0x10', '1.5', ' 3', '9'.repeat(30)])
      expect(made.workflow.deliveries(hookId, 10, before)).toEqual({ items: [] })
    expect(made.workflow.deliveries(hookId, -1)?.items).toHaveLength(1)
    const page = made.workflow.deliveries(hookId, 2)
    expect(page?.items.map(({ id }) => id)).toEqual(['5', '4'])
    expect(made.workflow.deliveries(hookId, 10, page?.next)?.items.map(({ id }) => id)).toEqual(['3', '2', '1'])
    const many = Array.from({ length: limits.listPage }, () => made.workflow.deliver(made.request()))
    await made.settled(Promise.all(many))
    expect(made.workflow.deliveries(hookId, limits.listPage + 5)?.items).toHaveLength(limits.listPage)
  })
})

describe('keys of callers', () => {
  const published = (): WorkflowWorld => {
    const world = new WorkflowWorld()
    world.publish(manual)
    return world
  }

  it('[WFO9] the same key and input is the same execution, at once and later', async () => {
    const world = published()
    const ask = () => world.workflow.execute(execute('k'))
    const answers = await world.settled(Promise.all([ask(), ask(), ask()]))
    world.restart()
    answers.push(await world.settled(ask()))
    expect(answers.map((answer) => answer?.type)).toEqual(['started', 'repeated', 'repeated', 'repeated'])
    expect(new Set(answers.map((answer) => JSON.stringify(answer).match(/execution-\d+/)?.[0])).size).toBe(1)
    expect(world.executions.size).toBe(1)
  })

  it('[WFO9] the same key with another input is a conflict, at once and later', async () => {
    const world = published()
    const [first, second] = await world.settled(
      Promise.all([world.workflow.execute(execute('k', 'f')), world.workflow.execute(execute('k', 'g'))]),
    )
    expect([first?.type, second?.type]).toEqual(['started', 'conflict'])
    world.restart()
    expect(await world.settled(world.workflow.execute(execute('k', 'g')))).toMatchObject({ type: 'conflict' })
    expect(world.executions.size).toBe(1)
  })

  it('[WFO9] a key is free again after its time: the next start is a new execution', async () => {
    const world = published()
    await world.settled(world.workflow.execute(execute('k')))
    await world.pass(limits.idempotencyMs)
    expect(await world.settled(world.workflow.execute(execute('k', 'g')))).toMatchObject({ type: 'started' })
    expect(world.executions.size).toBe(2)
  })

  it('[WFO10] a repeat starts what a crash kept from starting, and the index hears of it', async () => {
    const world = published()
    const { start: begin } = world.ports
    world.ports.start = async () => {
      throw new Error('the process is killed')
    }
    await expect(world.settled(world.workflow.execute(execute('k')))).rejects.toThrow('the process is killed')
    world.restart()
    world.ports.start = begin
    await world.pass(limits.sweepMinMs)
    await world.sweep()
    expect(world.index()).toEqual([['execution-1', 'failed', 1]])
    expect(await world.settled(world.workflow.execute(execute('k')))).toMatchObject({
      type: 'repeated',
      executionId: 'execution-1',
    })
    await world.pass(limits.reportFlushMs)
    expect(world.index()).toEqual([['execution-1', 'running', 2]])
  })

  it('[WFO10] nobody is told of a start whose row could not be written', async () => {
    const world = published()
    world.database.exec(`CREATE TRIGGER full BEFORE INSERT ON executions BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
    const asked = Promise.allSettled(['k', 'k', null].map((key) => world.workflow.execute(execute(key))))
    expect((await world.settled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(world.starts).toEqual([])
    world.database.exec('DROP TRIGGER full')
    expect(await world.settled(world.workflow.execute(execute('k')))).toMatchObject({ type: 'started' })
  })
})
