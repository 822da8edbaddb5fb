import { describe, expect, it } from 'vitest'

import type { ChildStart } from '../../../runtime/objects/relatives.ts'
import { limits } from '../../../schemas/limits.ts'
import type { ProjectMessage } from '../../../schemas/project-messages.ts'
import { graphOf, make, type NodeText, start, step } from '../../support/graphs.ts'
import { t0, WorkflowWorld } from './workflow-world.ts'

const first = graphOf([start, make('made', 1)], ['start -> made'])
const second = graphOf([start, make('made', 2)], ['start -> made'])
const strict = graphOf(
  [
    { ...start, config: { input: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] } } },
    make('made'),
  ],
  ['start -> made'],
)
const hooked = graphOf([{ id: 'hook', kind: 'webhook' }, make('made')], ['hook -> made'])
const on = (id: string, config: Record<string, unknown>): NodeText => ({ id, kind: 'event', config })
const listener = (...triggers: NodeText[]) =>
  graphOf(
    [...triggers, make('made')],
    triggers.map(({ id }) => `${id} -> made`),
  )

const child = (over: Partial<ChildStart> = {}): ChildStart => ({
  workflowId: 'orders',
  parent: { executionId: 'parent', step: step('child'), depth: 1, isAwaited: true, isOfFailure: false },
  work: { type: 'input', input: { n: 1 } },
  ...over,
})

describe('starting a child', () => {
  const ask = (world: WorkflowWorld, request = child()) => world.settled(world.workflow.startChild('kid', request))

  it('[CHI2] commits its row first, and a repeat starts what a crash kept from starting', async () => {
    const world = new WorkflowWorld()
    world.publish(first)
    const { start: begin } = world.ports
    world.ports.start = () => Promise.reject(new Error('the process was killed'))
    await expect(ask(world)).rejects.toThrow('the process was killed')
    expect(world.index()).toEqual([['kid', 'running', 0]])
    world.restart()
    world.publish(second)
    world.ports.start = begin
    expect(await ask(world)).toEqual({ ok: true, workflowId: 'orders', executionId: 'kid', version: 1 })
    expect(world.starts).toMatchObject([
      { id: 'kid', request: { version: 1, graph: first, trigger: { body: { n: 1 } }, parent: child().parent } },
    ])
  })

  it('[CHI2] answers the same when it is repeated, in the version that was pinned', async () => {
    const world = new WorkflowWorld()
    world.publish(first)
    const answer = await ask(world)
    world.publish(second)
    expect(await ask(world)).toEqual(answer)
    await world.pass(limits.reportFlushMs)
    expect(world.index()).toEqual([['kid', 'running', 2]])
    expect(await world.settled(world.workflow.startChild('other', child()))).toMatchObject({ version: 2 })
    expect(await world.settled(world.workflow.startChild('older', child({ version: 1 })))).toMatchObject({ version: 1 })
  })

  it('[CHI3] says why it cannot, and writes nothing', async () => {
    const world = new WorkflowWorld()
    expect(await ask(world)).toMatchObject({ ok: false, failure: { code: 'workflow_not_found' } })
    world.publish(strict)
    expect(await ask(world, child({ version: 7 }))).toMatchObject({ ok: false, failure: { code: 'version_not_found' } })
    expect(await ask(world, child({ work: { type: 'input', input: {} } }))).toMatchObject({
      ok: false,
      failure: { code: 'input_invalid', details: { issues: [{ path: 'n' }] } },
    })
    world.publish(hooked)
    expect(await ask(world)).toMatchObject({ ok: false, failure: { code: 'no_manual_trigger' } })
    expect([world.index(), world.starts]).toEqual([[], []])
  })

  it('[CHI10] starts a batch where its parent started', async () => {
    const world = new WorkflowWorld()
    world.publish(hooked)
    const batch = { container: step('all'), first: 0, items: [1], concurrency: 1, bytes: 1, scope: {} }
    const work = { type: 'batch', batch, trigger: { body: 1 }, triggerNode: 'hook' as never } as const
    expect(await ask(world, child({ version: 1, work }))).toMatchObject({ ok: true })
    expect(world.starts[0]?.request).toMatchObject({ triggerNode: 'hook', batch, trigger: { body: 1 } })
  })
})

describe('a message of the project', () => {
  const event = (id: string, data: unknown = null): ProjectMessage => ({
    type: 'event',
    key: `event ${id}`,
    trigger: { name: 'paid', data, id, at: t0 },
  })
  const take = (world: WorkflowWorld, ...messages: ProjectMessage[]) => world.settled(world.workflow.take(messages))

  it('[EVT1] starts at the first trigger that takes it, once', async () => {
    const world = new WorkflowWorld()
    world.publish(
      listener(
        on('large', { name: 'paid', filter: 'trigger.data > 10' }),
        on('any', { name: 'paid' }),
        on('other', { name: 'sent' }),
      ),
    )
    expect(await take(world, event('a', 1), event('b', 20), event('c', 'text'), event('a', 1))).toEqual(
      Array(4).fill(true),
    )
    expect(await take(world, event('b', 20))).toEqual([true])
    const started = new Map(world.starts.map(({ id, request }) => [id, request]))
    expect(
      [...started.values()].map(({ triggerNode, trigger }) => [triggerNode, (trigger as { id: string }).id]),
    ).toEqual([
      ['any', 'a'],
      ['large', 'b'],
      ['any', 'c'],
    ])
  })

  it('[EVT4] that the active version does not take starts nothing, and need not be told again', async () => {
    const world = new WorkflowWorld()
    expect(await take(world, event('a'))).toEqual([true])
    world.publish(first)
    expect([await take(world, event('a')), world.starts]).toEqual([[true], []])
  })

  it('[EVT5] whose execution could not be started was not taken', async () => {
    const world = new WorkflowWorld()
    world.publish(listener(on('any', { name: 'paid' })))
    const { start: begin } = world.ports
    world.ports.start = (id, request) =>
      (request.trigger as { id: string }).id === 'bad' ? Promise.reject(new Error('not now')) : begin(id, request)
    expect(await take(world, event('good'), event('bad'))).toEqual([true, false])
    world.ports.start = begin
    expect(await take(world, event('bad'))).toEqual([true])
    expect(world.index()).toHaveLength(2)
  })
})
