import { describe, expect, it } from 'vitest'

import type { ExecutionReport } from '../../../schemas/api/executions.ts'
import { limits } from '../../../schemas/limits.ts'
import { graphOf, make, type NodeText, start } from '../../support/graphs.ts'
import { t0, WorkflowWorld } from './workflow-world.ts'

const first = graphOf([start, make('made', 1)], ['start -> made'])
const on = (id: string, config: Record<string, unknown>): NodeText => ({ id, kind: 'event', config })
const listener = (...triggers: NodeText[]) =>
  graphOf(
    [...triggers, make('made')],
    triggers.map(({ id }) => `${id} -> made`),
  )

describe('what the project is told', () => {
  const failed = (over: Partial<ExecutionReport> = {}): ExecutionReport => ({
    id: 'one',
    workflowId: 'orders',
    version: 1,
    status: 'failed',
    triggerNode: 'start',
    startedAt: t0,
    endedAt: t0 + 5,
    failedStep: 'made',
    error: { code: 'broken', message: 'it broke' },
    position: 4,
    raisedAt: 4,
    ...over,
  })
  const running = (id: string): ExecutionReport => {
    const { error: _, failedStep: _s, endedAt: _e, raisedAt: _r, ...report } = failed({ id, status: 'running' })
    return report
  }
  const report = async (world: WorkflowWorld, ...reports: ExecutionReport[]) => {
    for (const one of reports) world.workflow.report(one)
    await world.pass(limits.reportFlushMs)
  }
  const down = () => Promise.reject(new Error('the network is down'))

  it('[EVT4] is what the active version wants to hear of, when that changes', async () => {
    const world = new WorkflowWorld()
    const publish = async (graph: typeof first) => {
      world.publish(graph)
      await world.settled(world.workflow.tellProject())
    }
    await publish(first)
    await publish(listener(on('one', { name: 'paid' }), on('two', { name: 'paid' }), on('three', { name: 'sent' })))
    await publish(
      listener(on('other', { name: 'sent' }), on('one', { name: 'paid' }), {
        id: 'broken',
        kind: 'failure',
        config: {},
      }),
    )
    await publish(listener({ id: 'broken', kind: 'failure', config: { workflows: ['stock'] } }))
    await publish(listener({ id: 'again', kind: 'failure', config: { workflows: ['stock'] } }))
    await publish(first)
    expect(world.told.map(({ sequence, message }) => [sequence, message])).toEqual([
      [1, { type: 'subscribed', topics: ['event paid', 'event sent'] }],
      [2, { type: 'subscribed', topics: ['event paid', 'event sent', 'failure'] }],
      [3, { type: 'subscribed', topics: ['failure stock'] }],
      [4, { type: 'subscribed', topics: [] }],
    ])
  })

  it('[EVT4] is told by the alarm when the project could not be reached, in order', async () => {
    const world = new WorkflowWorld()
    const { tellProject } = world.ports
    world.ports.tellProject = down
    world.publish(listener(on('one', { name: 'paid' })))
    await world.settled(world.workflow.tellProject())
    world.publish(first)
    expect(world.alarmAt).toBe(t0 + limits.againMinMs)
    world.restart()
    world.ports.tellProject = tellProject
    await world.pass(limits.againMinMs)
    await world.sweep()
    expect(world.told.map(({ message }) => message)).toMatchObject([{ topics: ['event paid'] }, { topics: [] }])
    await world.sweep()
    expect([world.told.length, world.alarmAt]).toEqual([2, null])
  })

  it('[EVT4] is told again when the disk failed after the project had heard', async () => {
    const world = new WorkflowWorld()
    const { tellProject } = world.ports
    world.ports.tellProject = async (messages) => {
      world.database.exec('PRAGMA query_only = true')
      return tellProject(messages)
    }
    world.publish(listener(on('one', { name: 'paid' })))
    await world.settled(world.workflow.tellProject())
    expect(world.faults).toMatchObject([expect.stringMatching(/did not hear orders and will be told again.*readonly/)])
    world.database.exec('PRAGMA query_only = false')
    world.restart()
    await world.pass(limits.againMinMs)
    await world.sweep()
    expect(world.told.map(({ message }) => message)).toMatchObject([
      { topics: ['event paid'] },
      { topics: ['event paid'] },
    ])
  })

  it('[FTR2] is not told again with every commit while the project does not take it', async () => {
    const world = new WorkflowWorld()
    world.publish(first)
    let calls = 0
    world.ports.tellProject = async () => {
      calls += 1
      return 0
    }
    await report(world, failed())
    for (const id of ['two', 'three']) await report(world, running(id))
    expect(calls).toBe(1)
    await world.pass(limits.againMinMs)
    await world.sweep()
    expect(calls).toBe(2)
  })

  it('[FTR2] is a failure, in the commit of its report, until the project has taken it', async () => {
    const world = new WorkflowWorld()
    world.publish(first)
    const { tellProject } = world.ports
    world.ports.tellProject = async () => 0
    world.commits = 0
    await report(world, failed())
    expect([world.commits, world.index()]).toEqual([1, [['one', 'failed', 4]]])
    world.restart()
    world.ports.tellProject = tellProject
    await world.pass(limits.againMinMs)
    await world.sweep()
    expect(world.told).toMatchObject([
      {
        message: {
          type: 'failed',
          key: 'failure one 4',
          trigger: {
            workflow: { id: 'orders', name: 'Sample', version: 1 },
            execution: { id: 'one', startedAt: t0, endedAt: t0 + 5, triggerNode: 'start' },
            error: { code: 'broken', message: 'it broke', step: 'made' },
          },
        },
      },
    ])
  })

  it('[FTR2] is not told of a report that could not be written', async () => {
    const world = new WorkflowWorld()
    world.publish(first)
    world.database.exec(`CREATE TRIGGER full BEFORE INSERT ON executions BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
    await report(world, failed())
    world.database.exec('DROP TRIGGER full')
    await world.sweep()
    expect(world.told).toEqual([])
  })

  it('[FTR2] is a failure that only a sweep found out', async () => {
    const world = new WorkflowWorld()
    world.publish(first)
    await report(world, failed({ status: 'running', position: 2, raisedAt: undefined } as never))
    world.executions.set('one', failed())
    await world.pass(limits.sweepMaxMs)
    await world.sweep()
    await world.settle()
    expect(world.told.map(({ message }) => message)).toMatchObject([{ key: 'failure one 4' }])
  })

  it('[FTR3] is each end once, however often it is reported', async () => {
    const world = new WorkflowWorld()
    world.publish(first)
    await report(world, failed(), failed())
    await report(world, failed({ position: 5 }))
    await report(world, failed({ position: 9, raisedAt: 9 }))
    expect(world.told.map(({ message }) => message)).toMatchObject([{ key: 'failure one 4' }, { key: 'failure one 9' }])
  })

  it('[FTR5] is no failure that its parent says, and none that came of another', async () => {
    const world = new WorkflowWorld()
    world.publish(first)
    const { raisedAt: _, ...handled } = failed()
    await report(world, handled)
    expect(world.told).toEqual([])
  })
})
