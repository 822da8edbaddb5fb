import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'

import type { HookRequest } from '../../runtime/objects/delivery.ts'
import type { Rpc } from '../../runtime/objects/rpc.ts'
import type { WorkflowObject } from '../../runtime/objects/workflow-object.ts'
import type { Graph } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { endpoint } from '../support/endpoint.ts'
import { delay, graphOf, http, make, type NodeText, start } from '../support/graphs.ts'
import { executionAt, hashOf } from './execution-kit.ts'

const hook = (config: Record<string, unknown> = {}): NodeText => ({ id: 'hook', kind: 'webhook', config })
const both = (config: Record<string, unknown> = {}) =>
  graphOf([start, hook(config), make('made')], ['start -> made', 'hook -> made'])
const execute = (key: string | null = null, waitMs = 5000) => ({
  input: { n: 1 },
  idempotencyKey: key,
  fingerprint: 'f',
  waitMs,
})

type World = {
  readonly object: Pick<
    Rpc<WorkflowObject>,
    'publish' | 'describe' | 'deliver' | 'execute' | 'report' | 'changes' | 'deliveries'
  >
  readonly request: (body?: unknown) => HookRequest
  readonly statuses: () => Promise<string[]>
  readonly alarmAt: () => Promise<number | null>
  readonly evict: () => Promise<void>
  readonly crash: () => Promise<void>
  readonly fireAlarm: () => Promise<boolean>
  /** Makes the row of an execution look as if it should have been heard of by now. */
  readonly overdue: () => Promise<void>
}

async function published(name: string, graph: Graph): Promise<World> {
  const stub = (): DurableObjectStub => env.WORKFLOW.getByName(name)
  const fresh = () => stub() as unknown as Rpc<WorkflowObject>
  const { hooks } = await fresh().publish(graph, hashOf(graph))
  return {
    object: {
      publish: (changed, hash) => fresh().publish(changed, hash),
      describe: () => fresh().describe(),
      deliver: (request) => fresh().deliver(request),
      execute: (request) => fresh().execute(request),
      report: (report) => fresh().report(report),
      changes: (after, limit) => fresh().changes(after, limit),
      deliveries: (hookId, limit, before) => fresh().deliveries(hookId, limit, before),
    },
    request: (body = {}) => ({
      hookId: hooks[0]?.hookId ?? '',
      method: 'POST',
      path: '',
      query: '',
      headers: [['content-type', 'application/json']],
      body: new TextEncoder().encode(JSON.stringify(body)).buffer as ArrayBuffer,
    }),
    statuses: async () => (await fresh().changes(0, 500)).changes.map(({ report }) => report.status),
    alarmAt: () => runInDurableObject(stub(), (_object, { storage }) => storage.getAlarm()),
    evict: () => evictDurableObject(stub()),
    crash: async () => {
      const crashed = runInDurableObject(stub(), (_object, state) => state.abort('the process is killed'))
      await expect(crashed).rejects.toThrow('the process is killed')
    },
    fireAlarm: () => runDurableObjectAlarm(stub()),
    overdue: () =>
      runInDurableObject(stub(), (_object, { storage }) => {
        storage.sql.exec('UPDATE executions SET check_at = 1 WHERE check_at IS NOT NULL')
        // A minute from now, so that only the test lets it come.
        return storage.setAlarm(Date.now() + 60_000)
      }),
  }
}

describe('a workflow object', () => {
  it('[WFO1] keeps its versions and its hooks when it is evicted', async () => {
    const { object, evict } = await published('kept', both())
    const before = await object.describe()
    await evict()
    expect(await object.describe()).toEqual(before)
    expect(await object.publish(both(), hashOf(both()))).toMatchObject({ version: 1, hooks: before?.active.hooks })
  })

  it('[WFO1] a first publish that fails leaves nothing behind, and the next one works', async () => {
    const stub = () => env.WORKFLOW.getByName('unborn')
    const broken = both({ filter: '((' })
    await runInDurableObject<WorkflowObject, void>(stub(), async (instance) => {
      await expect(instance.publish(broken, hashOf(broken))).rejects.toThrow(/does not compile/)
      expect(instance.describe()).toBeNull()
    })
    const { object } = await published('unborn', both())
    expect(await object.describe()).toMatchObject({ active: { version: 1 } })
  })

  it('[SWP1] repairs its alarm when it wakes', async () => {
    const graph = graphOf([start, delay('rest', 60_000)], ['start -> rest'])
    const { object, alarmAt, evict } = await published('repaired', graph)
    await object.execute(execute(null, 0))
    const [at] = [await alarmAt()]
    await runInDurableObject(env.WORKFLOW.getByName('repaired'), (_object, { storage }) => storage.deleteAlarm())
    expect([at === null, await alarmAt()]).toEqual([false, null])
    await evict()
    await object.describe()
    expect(await alarmAt()).toBeGreaterThan(Date.now())
  })

  it('[WFO2] a hook address cannot be guessed', async () => {
    const [one, two] = [await published('one', both()), await published('two', both())]
    const ids = [one.request().hookId, two.request().hookId]
    expect(ids).toEqual([expect.stringMatching(/^one-[0-9a-f]{32}$/), expect.stringMatching(/^two-[0-9a-f]{32}$/)])
    expect(ids[0]?.slice(4)).not.toBe(ids[1]?.slice(4))
    expect(await two.object.deliver(one.request())).toEqual({ type: 'unknown' })
  })

  it('[WFO3] the row of an execution is in the index before anybody is told of it', async () => {
    const { object, request } = await published('rows', both())
    const answers = [await object.execute(execute(null, 0)), await object.deliver(request())]
    const ids = answers.map((answer) => (answer !== null && 'executionId' in answer ? answer.executionId : ''))
    const { changes } = await object.changes(0, 10)
    expect(changes.map(({ report }) => report.id)).toEqual(expect.arrayContaining(ids))
    expect(ids.every((id) => id.length === 64)).toBe(true)
  })

  it('[WFO11] the result comes with the start, and the index hears of the end', async () => {
    const { object, statuses, alarmAt } = await published('ends', both())
    const answer = await object.execute(execute())
    expect(answer).toMatchObject({ type: 'started', outcome: { status: 'succeeded' } })
    await expect.poll(statuses).toEqual(['succeeded'])
    const at = await alarmAt()
    expect(at === null || at > Date.now()).toBe(true)
  })

  it('[WFO7] a hundred at once with one dedupe key start one execution', async () => {
    const { object, request, statuses, evict } = await published('dedupe', both({ dedupe: 'trigger.body.id' }))
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => object.deliver(request({ id: 1, n }))))
    await expect.poll(statuses).toEqual(['succeeded'])
    await evict()
    answers.push(await object.deliver(request({ id: 1 })))
    const ids = new Set(answers.map((answer) => ('executionId' in answer ? answer.executionId : answer.type)))
    expect([ids.size, answers.filter(({ type }) => type === 'accepted').length]).toEqual([1, 1])
    expect((await object.deliveries(request().hookId, 200))?.items).toHaveLength(101)
    expect(await object.deliver(request({ id: 2 }))).toMatchObject({ type: 'accepted' })
  })

  it('[WFO9] ten at once with one idempotency key are one execution', async () => {
    const { object, statuses } = await published('keyed', both())
    const answers = await Promise.all(Array.from({ length: 10 }, () => object.execute(execute('k'))))
    expect(
      new Set(answers.map((answer) => answer !== null && 'executionId' in answer && answer.executionId)).size,
    ).toBe(1)
    expect(await object.execute({ ...execute('k'), fingerprint: 'g' })).toMatchObject({ type: 'conflict' })
    await expect.poll(statuses).toEqual(['succeeded'])
  })
})

describe('what a crash loses', () => {
  it('[SWP1] a report that was not written is asked for', async () => {
    const { object, crash, overdue, fireAlarm, statuses } = await published('lost', both())
    await object.execute(execute())
    // The report of the end waits in memory for others to share a commit with.
    await crash()
    expect(await statuses()).toEqual(['running'])
    await overdue()
    expect(await fireAlarm()).toBe(true)
    expect(await statuses()).toEqual(['succeeded'])
  })

  it('[SWP1] an execution that crashed during an attempt is found by the sweep and goes on', async () => {
    const shop = await endpoint('sweep', { hold: true }, {})
    const graph = graphOf([start, http('charge', { config: { url: shop.url } })], ['start -> charge'])
    const { object, statuses, overdue, fireAlarm } = await published('crashed', graph)
    const answer = await object.execute(execute(null, 0))
    const id = answer !== null && 'executionId' in answer ? answer.executionId : ''
    await shop.calls(1)
    await executionAt(id).crash()
    await overdue()
    expect(await fireAlarm()).toBe(true)
    await shop.calls(2)
    await expect.poll(statuses).toEqual(['succeeded'])
    await shop.release()
  })

  it('[SWP1] the alarm for the sweep comes by itself, also when the object was evicted', async () => {
    const shop = await endpoint('by-itself', { hold: true }, {})
    const graph = graphOf([start, http('charge', { config: { url: shop.url } })], ['start -> charge'])
    const { object, alarmAt, crash } = await published('itself', graph)
    const before = Date.now()
    const answer = await object.execute(execute(null, 0))
    const id = answer !== null && 'executionId' in answer ? answer.executionId : ''
    await shop.calls(1)
    expect(await alarmAt()).toBeLessThanOrEqual(before + limits.sweepMinMs + 1000)
    await executionAt(id).crash()
    await crash()
    // Nothing is asked of either object from here on.
    expect(await shop.calls(2)).toHaveLength(2)
    await shop.release()
  }, 15_000)

  it('[SWP2] an execution that is gone does not stop the sweep', async () => {
    const graph = graphOf([start, delay('rest', 60_000)], ['start -> rest'])
    const { object, statuses, overdue, fireAlarm } = await published('gone', graph)
    await object.execute(execute(null, 0))
    await object.report({
      id: 'no id of an object',
      workflowId: 'gone',
      version: 1,
      status: 'running',
      triggerNode: 'start',
      startedAt: 1,
      position: 2,
    })
    await expect.poll(statuses).toEqual(['waiting', 'running'])
    await overdue()
    expect(await fireAlarm()).toBe(true)
    expect(await statuses()).toEqual(['waiting', 'running'])
  })

  it('[SWP4] a damaged execution is quarantined in the index', async () => {
    const graph = graphOf([start, delay('rest', 60_000)], ['start -> rest'])
    const { object, statuses, overdue, fireAlarm } = await published('damaged', graph)
    for (const position of [1, 2]) {
      const answer = await object.execute(execute(null, 0))
      const execution = executionAt(answer !== null && 'executionId' in answer ? answer.executionId : '')
      await execution.sql("UPDATE events SET body = '{}' WHERE position = ?", position)
      await execution.crash()
    }
    await overdue()
    expect(await fireAlarm()).toBe(true)
    expect(await statuses()).toEqual(['quarantined', 'quarantined'])
  })

  it('[WFO12] the object knows its own name when only its alarm wakes it', async () => {
    const shop = await endpoint('named', { hold: true }, {})
    const graph = graphOf([start, http('charge', { config: { url: shop.url } })], ['start -> charge'])
    const { object, overdue, fireAlarm, evict } = await published('named', graph)
    await object.execute(execute(null, 0))
    await shop.calls(1)
    await overdue()
    await evict()
    expect(await fireAlarm()).toBe(true)
    expect((await object.describe())?.workflowId).toBe('named')
    expect((await object.changes(0, 10)).changes[0]?.report.workflowId).toBe('named')
    await shop.release()
  })
})
