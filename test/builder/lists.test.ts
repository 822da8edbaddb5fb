import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Database } from '../../builder/db/database.ts'
import type { ExecutionListItem, WaitKind } from '../../schemas/api/executions.ts'
import { WorkflowDetail, WorkflowItem } from '../../schemas/api/workflows.ts'
import { clock, greeting, noon, openBuilder, report } from './builder-kit.ts'
import { MemoryRuntime } from './memory-runtime.ts'
import { emptyDatabase } from './test-database.ts'

type List = { items: ExecutionListItem[]; next?: string; lag: number; asOf: number }

describe('lists', () => {
  let db: Database
  let runtime: MemoryRuntime
  let builder: ReturnType<typeof openBuilder>
  beforeEach(async () => {
    clock.at = noon
    db = await emptyDatabase()
    runtime = new MemoryRuntime({ now: clock.now })
    builder = openBuilder(db, runtime)
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
  const published = async (name = 'Greeting'): Promise<string> => {
    const draft = await (await builder.send('POST', '/api/actions/drafts', { ...greeting, name })).json<{
      id: string
    }>()
    expect((await builder.send('POST', `/api/actions/drafts/${draft.id}/publish`)).status).toBe(200)
    return draft.id
  }
  const executions = async (query = ''): Promise<List> => {
    const answer = await builder.send('GET', `/api/executions${query}`)
    expect(answer.status).toBe(200)
    return answer.json<List>()
  }
  const ids = (list: List) => list.items.map(({ id }) => id)

  it('[LST1] shows what was reported before it was asked for, newest start first', async () => {
    const id = await published()
    runtime.report(report(id, 'older', 3, 'succeeded', { startedAt: noon - 5 }))
    runtime.report(report(id, 'newer', 1, 'running', { startedAt: noon }))
    const list = await executions()
    expect(ids(list)).toEqual(['newer', 'older'])
    expect(list.items[0]).toEqual({ ...report(id, 'newer', 1, 'running'), workflowName: 'Greeting' })
    expect(list).toMatchObject({ lag: 0, asOf: noon })
  })

  it('[LST2] filters by workflow, status and time', async () => {
    const [left, right] = [await published('Left'), await published('Right')]
    runtime.report(report(left, 'a', 1, 'running', { startedAt: 1000 }))
    runtime.report(report(left, 'b', 1, 'failed', { startedAt: 2000 }))
    runtime.report(report(right, 'c', 1, 'failed', { startedAt: 3000 }))
    runtime.report(report(right, 'd', 1, 'succeeded', { startedAt: 4000 }))
    expect(ids(await executions(`?workflow=${left}`))).toEqual(['b', 'a'])
    expect(ids(await executions('?status=failed'))).toEqual(['c', 'b'])
    expect(ids(await executions('?status=failed,running'))).toEqual(['c', 'b', 'a'])
    expect(ids(await executions('?status=succeeded&status=running'))).toEqual(['d', 'a'])
    expect(ids(await executions('?from=2000&to=3000'))).toEqual(['c', 'b'])
    expect(ids(await executions(`?workflow=${right}&status=failed&from=3001`))).toEqual([])
    for (const query of ['status=done', 'from=yesterday', 'from=', 'to=1e3', 'cursor=bm8', 'colour=red']) {
      expect((await builder.send('GET', `/api/executions?${query}`)).status, query).toBe(400)
    }
  })

  it('[LST10] filters by what is waited for: any of the kinds, in what waits or is paused', async () => {
    const id = await published()
    const waits = (name: string, startedAt: number, status: 'waiting' | 'paused', waitsFor: WaitKind[]) =>
      runtime.report(report(id, name, 1, status, { startedAt, waitsFor }))
    waits('approval', 1000, 'waiting', ['approval'])
    waits('both', 2000, 'waiting', ['delay', 'signal'])
    waits('paused', 3000, 'paused', ['signal'])
    waits('retry', 4000, 'waiting', ['retry'])
    runtime.report(report(id, 'over', 2, 'succeeded', { startedAt: 5000 }))
    expect(ids(await executions('?waitsFor=signal'))).toEqual(['paused', 'both'])
    expect(ids(await executions('?waitsFor=approval,delay'))).toEqual(['both', 'approval'])
    expect(ids(await executions('?waitsFor=signal&waitsFor=retry&limit=2'))).toEqual(['retry', 'paused'])
    expect(ids(await executions('?waitsFor=signal&status=waiting,failed'))).toEqual(['both'])
    expect(ids(await executions('?waitsFor=signal&status=succeeded'))).toEqual([])
    expect(ids(await executions('?waitsFor=person'))).toEqual([])
    expect((await builder.send('GET', '/api/executions?waitsFor=luck')).status).toBe(400)
  })

  it('[LST3] pages through each row once while others are inserted, equal starts included', async () => {
    const id = await published()
    for (let n = 0; n < 9; n++) runtime.report(report(id, `e${n}`, 1, 'running', { startedAt: noon - (n % 3) }))
    const seen: string[] = []
    let cursor = ''
    for (let page = 0; ; page++) {
      const list = await executions(`?limit=2${cursor}`)
      seen.push(...ids(list))
      runtime.report(report(id, `new${page}`, 1, 'running', { startedAt: noon + 1 + page }))
      if (list.next === undefined) break
      cursor = `&cursor=${list.next}`
    }
    expect(seen).toEqual(['e6', 'e3', 'e0', 'e7', 'e4', 'e1', 'e8', 'e5', 'e2'])
  })

  it('[LST4] renders with its age when the runtime is down, and catches up after', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const id = await published()
    runtime.report(report(id, 'before', 1, 'running'))
    await executions()
    clock.at += 60_000
    const down = vi.spyOn(runtime, 'changes').mockRejectedValue(new Error('no such service'))
    runtime.report(report(id, 'meanwhile', 1, 'running', { startedAt: noon + 1 }))
    expect(await executions()).toMatchObject({ items: [{ id: 'before' }], asOf: noon })
    expect(logged).toHaveBeenCalledOnce()
    down.mockRestore()
    expect(await executions()).toMatchObject({ items: [{ id: 'meanwhile' }, { id: 'before' }], lag: 0, asOf: clock.at })
  })

  it('[LST5] does not wait for a runtime that hangs, and says how far it is behind', async () => {
    const id = await published()
    runtime.report(report(id, 'first', 1, 'running'))
    runtime.report(report(id, 'second', 1, 'running', { startedAt: noon - 1 }))
    const whole = runtime.changes.bind(runtime)
    const released = Promise.withResolvers<void>()
    vi.spyOn(runtime, 'changes').mockImplementation(async (workflowId, after) => {
      if (after > 0) await released.promise
      return whole(workflowId, after, 1)
    })
    const list = await executions()
    expect(ids(list)).toEqual(['first'])
    expect(list.lag).toBe(1)
    released.resolve()
    await builder.settled()
    expect(ids(await executions())).toEqual(['first', 'second'])
  })

  it('[LST6] lists workflows with their counts, newest first', async () => {
    const id = await published()
    await builder.send('POST', '/api/actions/drafts', { name: 'Never published' })
    runtime.report(report(id, 'a', 1, 'waiting', { startedAt: noon - 9 }))
    runtime.report(report(id, 'b', 1, 'failed', { startedAt: noon - 1 }))
    const answer = await (await builder.send('GET', '/api/workflows')).json<{ items: unknown[]; lag: number }>()
    const [draft, workflow] = answer.items.map((item) => WorkflowItem.parse(item))
    expect(draft).toMatchObject({ name: 'Never published', executions: { total: 0, running: 0, failed: 0 } })
    expect(draft).not.toHaveProperty('published')
    expect(workflow).toMatchObject({
      id,
      triggers: ['manual'],
      published: { version: 1, publishedAt: noon },
      draftChanged: false,
      executions: { total: 2, running: 1, failed: 1, lastStartedAt: noon - 1 },
    })
    expect(answer.lag).toBe(0)
  })

  it('[LST7] shows one workflow with its draft, its active version and all versions', async () => {
    const id = await published()
    await builder.send('PATCH', `/api/actions/drafts/${id}`, { name: 'Renamed' }, { 'if-match': '"1"' })
    const workflow = WorkflowDetail.parse(await (await builder.send('GET', `/api/workflows/${id}`)).json())
    expect(workflow).toMatchObject({
      name: 'Renamed',
      draftChanged: true,
      draft: { name: 'Renamed', revision: 2 },
      active: { version: 1, graph: greeting, hooks: [] },
      versions: [{ version: 1, publishedAt: noon }],
    })
  })

  it('[LST8] rebuilds to the same lists', async () => {
    const [left, right] = [await published('Left'), await published('Right')]
    for (let n = 0; n < 20; n++)
      runtime.report(report(n % 2 ? left : right, `e${n}`, 1, 'running', { startedAt: noon + n }))
    const before = [await executions(), await (await builder.send('GET', '/api/workflows')).json()]
    for (let n = 0; n < 5; n++)
      runtime.report(report(left, `e${n * 2 + 1}`, 6, 'failed', { startedAt: noon + n * 2 + 1 }))
    const incremental = [await executions(), await (await builder.send('GET', '/api/workflows')).json()]
    const answer = await builder.send('POST', '/api/projections/rebuild')
    expect(await answer.json()).toEqual({ workflows: 2, executions: 20, lag: 0 })
    expect([await executions(), await (await builder.send('GET', '/api/workflows')).json()]).toEqual(incremental)
    expect(incremental).not.toEqual(before)
  })

  it('[LST9] drops nothing for a rebuild while the runtime is down', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const id = await published()
    runtime.report(report(id, 'kept', 1, 'running'))
    await executions()
    vi.spyOn(runtime, 'changes').mockRejectedValue(new Error('no such service'))
    expect((await builder.send('POST', '/api/projections/rebuild')).status).toBe(503)
    expect(ids(await executions())).toEqual(['kept'])
  })
})
