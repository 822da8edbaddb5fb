import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'

import { projectOf } from '../../runtime/objects/project-client.ts'
import type { Rpc } from '../../runtime/objects/rpc.ts'
import type { WorkflowObject } from '../../runtime/objects/workflow-object.ts'
import type { Graph } from '../../schemas/graph.ts'
import { graphOf, make, type NodeText, start } from '../support/graphs.ts'
import { executionAt, hashOf } from './execution-kit.ts'

const workflow = (name: string) => env.WORKFLOW.getByName(name) as unknown as Rpc<WorkflowObject>
const publish = (name: string, graph: Graph) => workflow(name).publish(graph, hashOf(graph))
const on = (config: Record<string, unknown>): NodeText => ({ id: 'told', kind: 'event', config })
const listener = (config: Record<string, unknown>) =>
  graphOf([on(config), make('kept', '{{ trigger }}')], ['told -> kept'])
const fails = graphOf(
  [start, { id: 'stop', kind: 'fail', config: { message: 'no stock', code: 'out_of_stock' } }],
  ['start -> stop'],
)
const onFailure = (workflows: string[]) =>
  graphOf([{ id: 'failed', kind: 'failure', config: { workflows } }, make('kept', '{{ trigger }}')], ['failed -> kept'])
const execute = (name: string) =>
  workflow(name).execute({ input: null, idempotencyKey: null, fingerprint: '', waitMs: 5000 })
const reports = async (name: string) => (await workflow(name).changes(0, 100)).changes.map(({ report }) => report)
const stub = () => env.PROJECT.getByName('project')
const event = (name: string, id: string | null = null, data: unknown = { n: 1 }) => ({
  name,
  data,
  id,
  fingerprint: JSON.stringify([name, data]),
})

describe('an event', () => {
  it('[EVT1] starts one execution of every workflow that takes its name and whose filter is true', async () => {
    await publish('alla', listener({ name: 'paid' }))
    await publish('some', listener({ name: 'paid', filter: 'trigger.data.n > 1' }))
    await publish('none', listener({ name: 'sent' }))
    const answer = await projectOf(env).send(event('paid', 'evt-1'))
    expect(answer).toEqual({ type: 'taken', eventId: 'evt-1', deliveredTo: ['alla', 'some'] })
    await expect.poll(() => reports('alla')).toMatchObject([{ status: 'succeeded', triggerNode: 'told' }])
    const [report] = await reports('alla')
    expect(await executionAt(report?.id ?? '').object.view()).toMatchObject({
      trigger: { name: 'paid', data: { n: 1 }, id: 'evt-1', at: expect.any(Number) },
    })
    expect([await reports('some'), await reports('none')]).toEqual([[], []])
    await projectOf(env).send(event('paid', null, { n: 2 }))
    await expect.poll(async () => (await reports('some')).length).toBe(1)
  })

  it('[EVT3] goes on its way after a crash, and starts once however often it is told', async () => {
    await publish('crashing', listener({ name: 'shipped' }))
    await runInDurableObject(stub(), async (_object, state) => {
      // As a crash leaves it: taken, and told to nobody.
      state.storage.sql.exec(
        'INSERT INTO messages (key, at, body) VALUES (?, ?, ?)',
        'event evt-2',
        Date.now(),
        JSON.stringify({
          type: 'event',
          key: 'event evt-2',
          trigger: { name: 'shipped', data: null, id: 'evt-2', at: Date.now() },
        }),
      )
      state.storage.sql.exec(
        "INSERT INTO deliveries SELECT 'crashing', sequence FROM messages WHERE key = 'event evt-2'",
      )
    })
    await evictDurableObject(stub())
    await projectOf(env).wake()
    await expect.poll(() => reports('crashing')).toMatchObject([{ status: 'succeeded' }])
    const trigger = { name: 'shipped', data: null, id: 'evt-2', at: 1 }
    expect(await workflow('crashing').take([{ type: 'event', key: 'event evt-2', trigger }])).toEqual([true])
    expect(await reports('crashing')).toHaveLength(1)
    const left = await runInDurableObject(stub(), (_object, { storage }) =>
      storage.sql.exec('SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM deliveries) AS rows').one(),
    )
    expect(left).toEqual({ rows: 0 })
  })

  it('[EVT2] is the same event when its id comes again, over evictions', async () => {
    await publish('repeated', listener({ name: 'seen' }))
    await projectOf(env).send(event('seen', 'evt-3'))
    await evictDurableObject(stub())
    expect(await projectOf(env).send(event('seen', 'evt-3'))).toMatchObject({
      type: 'repeated',
      deliveredTo: ['repeated'],
    })
    expect(await projectOf(env).send(event('seen', 'evt-3', 'other'))).toEqual({ type: 'conflict', eventId: 'evt-3' })
    await expect.poll(async () => (await reports('repeated')).length).toBe(1)
  })

  it('[EVT4] is for the versions that are active: a name that is no longer taken starts nothing', async () => {
    await publish('moving', listener({ name: 'before' }))
    await publish('moving', listener({ name: 'after' }))
    expect(await projectOf(env).send(event('before'))).toMatchObject({ deliveredTo: [] })
    expect(await projectOf(env).send(event('after'))).toMatchObject({ deliveredTo: ['moving'] })
    await publish('moving', fails)
    expect(await projectOf(env).send(event('after'))).toMatchObject({ deliveredTo: [] })
    await expect.poll(async () => (await reports('moving')).length).toBe(1)
  })
})

describe('a failure', () => {
  it('[FTR1] starts the workflows that ask for it, with what failed and why', async () => {
    await publish('shaky', fails)
    await publish('watcher', onFailure(['shaky']))
    const answer = await execute('shaky')
    const id = answer !== null && 'executionId' in answer ? answer.executionId : ''
    await expect.poll(() => reports('watcher')).toMatchObject([{ status: 'succeeded' }])
    const [report] = await reports('watcher')
    expect((await executionAt(report?.id ?? '').object.view())?.trigger).toEqual({
      workflow: { id: 'shaky', name: 'Sample', version: 1 },
      execution: { id, startedAt: expect.any(Number), endedAt: expect.any(Number), triggerNode: 'start' },
      error: { code: 'out_of_stock', message: 'no stock', step: 'stop' },
    })
    const left = await runInDurableObject(env.WORKFLOW.getByName('shaky'), (_object, { storage }) =>
      storage.sql.exec('SELECT count(*) AS rows FROM outbox').one(),
    )
    expect(left).toEqual({ rows: 0 })
  })

  it('[FTR3] starts another execution when the same one fails again after a retry', async () => {
    const flaky = graphOf(
      [start, { id: 'child', kind: 'workflow', config: { workflowId: 'nobody' } }],
      ['start -> child'],
    )
    await publish('flaky', flaky)
    await publish('witness', onFailure(['flaky']))
    const answer = await execute('flaky')
    const id = answer !== null && 'executionId' in answer ? answer.executionId : ''
    await expect.poll(async () => (await reports('witness')).length).toBe(1)
    const execution = env.EXECUTION.get(env.EXECUTION.idFromString(id)) as unknown as { retry(): Promise<unknown> }
    await execution.retry()
    await expect.poll(async () => (await reports('witness')).length).toBe(2)
  })

  it('[FTR4] of an execution that a failure started starts no other, nor does that of its children', async () => {
    const handler = graphOf(
      [
        { id: 'failed', kind: 'failure', config: { workflows: ['source', 'sink'] } },
        { id: 'child', kind: 'workflow', config: { workflowId: 'sink', wait: false } },
        { id: 'stop', kind: 'fail', config: { message: 'no' } },
      ],
      ['failed -> child', 'child -> stop'],
    )
    await publish('source', fails)
    await publish('sink', fails)
    await publish('handler', handler)
    await publish('second', onFailure(['handler']))
    await execute('source')
    await expect.poll(() => reports('sink')).toMatchObject([{ status: 'failed' }])
    await expect.poll(() => reports('handler')).toMatchObject([{ status: 'failed' }])
    // Whatever would come has been told by then.
    await publish('last', onFailure(['closing']))
    await publish('closing', fails)
    await execute('closing')
    await expect.poll(() => reports('last')).toMatchObject([{ status: 'succeeded' }])
    expect([(await reports('handler')).length, await reports('second')]).toEqual([1, []])
  })
})
