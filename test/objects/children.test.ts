import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'

import type { ExecutionObject } from '../../runtime/objects/execution-object.ts'
import type { ChildStart } from '../../runtime/objects/relatives.ts'
import type { Rpc } from '../../runtime/objects/rpc.ts'
import type { WorkflowObject } from '../../runtime/objects/workflow-object.ts'
import type { Graph } from '../../schemas/graph.ts'
import { endpoint } from '../support/endpoint.ts'
import { delay, each, graphOf, http, inside, make, type NodeText, nodeId, start, step } from '../support/graphs.ts'
import { type ExecutionWorld, executionAt, hashOf, newExecution, startOf } from './execution-kit.ts'

const workflow = (name: string) => env.WORKFLOW.getByName(name) as unknown as Rpc<WorkflowObject>
const relative = (id: string) =>
  env.EXECUTION.get(env.EXECUTION.idFromString(id)) as unknown as Pick<
    Rpc<ExecutionObject>,
    'hearAsked' | 'hearChild' | 'hearParent' | 'pause' | 'resume'
  >
const publish = (name: string, graph: Graph) => workflow(name).publish(graph, hashOf(graph))
const calls = (workflowId: string): NodeText => ({ id: 'child', kind: 'workflow', config: { workflowId } })
const parentOf = (workflowId: string) =>
  graphOf([start, calls(workflowId), make('after', '{{ steps.child.output }}')], ['start -> child', 'child -> after'])
const resting = graphOf([start, delay('rest', 3_600_000), make('woken')], ['start -> rest', 'rest -> woken'])
const quick = graphOf([start, make('made', 1)], ['start -> made'])

const childOf = (parent: ExecutionWorld): ExecutionWorld =>
  executionAt(env.EXECUTION.idFromName(`${parent.id}.child`).toString())
const statusOf = async ({ object }: ExecutionWorld) => (await object.view())?.status

/** A parent whose child is there and rests for an hour. */
async function family(name: string): Promise<{ parent: ExecutionWorld; child: ExecutionWorld }> {
  await publish(name, resting)
  const parent = newExecution()
  await parent.object.start(startOf(parentOf(name)))
  const child = childOf(parent)
  await expect.poll(() => statusOf(parent)).toBe('waiting')
  return { parent, child }
}

/** Makes the hour pass. */
async function wakeUp(child: ExecutionWorld): Promise<void> {
  const rows = await child.sql('SELECT position, body FROM events')
  for (const { position, body } of rows) {
    const event = JSON.parse(String(body))
    if (event.type !== 'DelayStarted') continue
    await child.sql(
      'UPDATE events SET body = ? WHERE position = ?',
      JSON.stringify({ ...event, until: event.at }),
      Number(position),
    )
  }
  await child.evict()
  await child.fireAlarm()
}

describe('over real objects', () => {
  it('[CHI1] a child, and the child of a child, end the steps that wait for them', async () => {
    await publish('leaf', quick)
    await publish('branch', parentOf('leaf'))
    const parent = newExecution()
    await parent.object.start(startOf(parentOf('branch')))
    await expect.poll(() => statusOf(parent)).toBe('succeeded')
    expect((await parent.object.view())?.output).toEqual({ value: { value: { value: 1 } } })
    const { changes } = await workflow('leaf').changes(0, 10)
    expect(changes).toHaveLength(1)
    await expect.poll(() => parent.alarmAt()).toBeNull()
  })

  it('[CHI5][CHI6] the end is told once and recorded once, whoever was evicted or crashed before', async () => {
    const { parent, child } = await family('evicted')
    await parent.evict()
    await child.evict()
    await child.crash()
    await parent.crash()
    await wakeUp(child)
    await expect.poll(() => statusOf(parent)).toBe('succeeded')
    await expect.poll(async () => (await child.types()).at(-1)).toBe('NoticeDelivered')
    await child.fireAlarm()
    await parent.fireAlarm()
    const ended = { step: step('child'), executionId: child.id, result: { status: 'succeeded', output: 2 } } as const
    expect(await relative(parent.id).hearChild(ended)).toBe('heard')
    expect((await parent.types()).filter((type) => type === 'StepSucceeded')).toHaveLength(2)
    expect([await child.alarmAt(), await parent.alarmAt()]).toEqual([null, null])
  })

  it('[CHI6] a child that crashed when it had ended tells it by its alarm', async () => {
    const { parent, child } = await family('crashed')
    // The end as it is in the log before anybody has heard of it.
    const rows = await child.sql('SELECT count(*) AS rows FROM events')
    await wakeUp(child)
    await expect.poll(async () => (await child.types()).at(-1)).toBe('NoticeDelivered')
    await child.sql("DELETE FROM events WHERE json_extract(body, '$.type') = 'NoticeDelivered'")
    await child.crash()
    expect(await statusOf(child)).toBe('succeeded')
    expect(await child.alarmAt()).not.toBeNull()
    await child.fireAlarm()
    await expect.poll(async () => (await child.types()).at(-1)).toBe('NoticeDelivered')
    expect([await statusOf(parent), Number(rows[0]?.['rows']) < (await child.log()).length]).toEqual([
      'succeeded',
      true,
    ])
  })

  it('[CHI8] a cancel reaches the child, whoever was evicted, and is heard twice without harm', async () => {
    const { parent, child } = await family('cancelled')
    await parent.evict()
    await child.evict()
    await parent.object.cancel('enough')
    await expect.poll(() => statusOf(child)).toBe('cancelled')
    await expect.poll(async () => (await parent.types()).at(-1)).toBe('NoticeDelivered')
    const wish = { notice: 'cancel', reason: 'enough', compensate: false } as const
    expect(await relative(child.id).hearParent({ notedAt: 4, wish })).toBe('heard')
    expect((await child.types()).filter((type) => type === 'ExecutionCancelled')).toHaveLength(1)
  })

  it('[CHI8] a start that comes after the cancel begins nothing, over evictions, and the index says so', async () => {
    await publish('late', quick)
    const parent = newExecution()
    const child = childOf(parent)
    const wish = { notice: 'cancel', reason: 'enough', compensate: false } as const
    await relative(child.id).hearParent({ notedAt: 4, wish })
    await child.evict()
    const request: ChildStart = {
      workflowId: 'late',
      parent: { executionId: parent.id, step: step('child'), depth: 1, isAwaited: true, isOfFailure: false },
      work: { type: 'input', input: null },
    }
    expect(await workflow('late').startChild(child.id, request)).toMatchObject({ ok: true, executionId: child.id })
    expect([await child.object.view(), await child.alarmAt()]).toEqual([null, null])
    await expect
      .poll(async () => (await workflow('late').changes(0, 10)).changes.map(({ report }) => report.status))
      .toEqual(['cancelled'])
  })

  it('[CHI11] a batch goes on after its end to undo what it did, over evictions, and once', async () => {
    const shop = await endpoint('batch-undone')
    const charge = http('charge', { config: { url: shop.url }, ...inside('orders') })
    const undone = make('undone', '{{ item }}', inside('orders'))
    const graph = graphOf(
      [start, each('orders'), charge, undone],
      ['start -> orders', 'orders.body -> charge', 'charge.compensate -> undone'],
    )
    await publish('dealt', graph)
    const parent = newExecution()
    const child = childOf(parent)
    const batch = { container: step('orders'), first: 0, items: [1, 2], concurrency: 1, bytes: 1, scope: {} }
    const request: ChildStart = {
      workflowId: 'dealt',
      parent: { executionId: parent.id, step: step('child'), depth: 1, isAwaited: true, isOfFailure: false },
      work: { type: 'batch', batch, trigger: null, triggerNode: nodeId('start') },
    }
    expect(await workflow('dealt').startChild(child.id, request)).toMatchObject({ ok: true })
    await expect.poll(() => statusOf(child)).toBe('succeeded')
    const told = { notedAt: 9, wish: { notice: 'undo', reason: 'enough' } } as const
    for (let times = 0; times < 2; times += 1) {
      await child.evict()
      expect(await relative(child.id).hearAsked(told)).toBeNull()
    }
    expect((await child.types()).filter((type) => type === 'CompensationStarted')).toHaveLength(1)
    expect(await statusOf(child)).toBe('cancelled')
  })

  it('[CHI9] a pause and its end reach the child, also when the parent crashes in between', async () => {
    const { parent, child } = await family('paused')
    await relative(parent.id).pause('frozen')
    await parent.crash()
    await parent.fireAlarm()
    await expect.poll(() => statusOf(child)).toBe('paused')
    await expect.poll(async () => (await parent.object.view())?.paused?.quiescent).toBe(true)
    await relative(parent.id).resume()
    await expect.poll(() => statusOf(child)).toBe('waiting')
  })

  it('[CHI2] a parent that crashes while it starts its child finds the same one', async () => {
    const shop = await endpoint('children-start', { hold: true })
    await publish('held', graphOf([start, http('charge', { config: { url: shop.url } })], ['start -> charge']))
    const parent = newExecution()
    await parent.object.start(startOf(parentOf('held')))
    await parent.crash()
    await shop.calls(1)
    await parent.object.poke()
    await expect.poll(() => statusOf(parent)).toBe('waiting')
    await shop.release()
    await expect.poll(() => statusOf(parent)).toBe('succeeded')
    expect(await shop.calls()).toHaveLength(1)
    expect((await workflow('held').changes(0, 10)).changes).toHaveLength(1)
  })
})
