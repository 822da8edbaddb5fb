import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Database } from '../../builder/db/database.ts'
import { forgetRows } from '../../builder/db/projection-store.ts'
import { executions, workflows } from '../../builder/db/tables.ts'
import { catchUp } from '../../builder/projections/catch-up.ts'
import { type ExecutionRow, projectExecution } from '../../builder/projections/execution-row.ts'
import { intendToPublish } from '../../builder/publishing/published-record.ts'
import { runtimeClient } from '../../builder/runtime-client.ts'
import { type ExecutionReport, ExecutionStatus, type IndexChange } from '../../schemas/api/executions.ts'
import { limits } from '../../schemas/limits.ts'
import { clock, noon, report } from './builder-kit.ts'
import { MemoryRuntime } from './memory-runtime.ts'
import { emptyDatabase } from './test-database.ts'

const workflowId = 'workflow'

describe('the projection of executions', () => {
  let db: Database
  let runtime: MemoryRuntime
  beforeEach(async () => {
    db = await emptyDatabase()
    runtime = new MemoryRuntime({ pageSize: 3 })
    await intendToPublish(db, workflowId)
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
  const pull = (binding = runtime) => catchUp({ db, runtime: runtimeClient(binding), now: clock.now }, workflowId)
  const rows = async () => new Map((await db.select().from(executions)).map((row) => [row.id, row]))
  const counts = async () => {
    const row = await db.select().from(workflows).get()
    return { total: row?.executionsTotal, running: row?.executionsRunning, failed: row?.executionsFailed }
  }
  /** What a person would count in the rows. */
  const recounted = async () => {
    const all = [...(await rows()).values()]
    const having = (...statuses: ExecutionStatus[]) => all.filter(({ status }) => statuses.includes(status)).length
    return { total: all.length, running: having('running', 'waiting', 'paused'), failed: having('failed') }
  }

  it('[PRO1] reads page after page until nothing is left', async () => {
    for (let n = 0; n < 10; n++) runtime.report(report(workflowId, `e${n}`, 1, 'running'))
    const checkpoint = await pull()
    expect(checkpoint).toMatchObject({ readUpTo: 10, lastChange: 10, executionsTotal: 10 })
    expect((await rows()).size).toBe(10)
  })

  it('[PRO2] carries a whole page in one statement', async () => {
    const large = new MemoryRuntime()
    const message = '\u0001'.repeat(limits.listMessageLength * 2)
    for (let n = 0; n < limits.changesPage; n++) {
      large.report(
        report(workflowId, `e${n}`, 4, 'failed', { failedStep: 's'.repeat(1000), error: { code: 'c', message } }),
      )
    }
    await pull(large)
    expect(await counts()).toEqual({ total: limits.changesPage, running: 0, failed: limits.changesPage })
    expect((await rows()).get('e7')?.errorMessage).toHaveLength(limits.listMessageLength)
  })

  it('[PRO3] gives an ended execution its end, its error and its count', async () => {
    runtime.report(report(workflowId, 'e', 1, 'running'))
    await pull()
    expect(await counts()).toEqual({ total: 1, running: 1, failed: 0 })
    const error = { code: 'http_503', message: 'busy' }
    runtime.report(report(workflowId, 'e', 9, 'failed', { failedStep: 'charge', error }))
    await pull()
    expect(await counts()).toEqual({ total: 1, running: 0, failed: 1 })
    expect((await rows()).get('e')).toMatchObject({
      status: 'failed',
      endedAt: noon + 9,
      failedStep: 'charge',
      errorCode: 'http_503',
      errorMessage: 'busy',
      position: 9,
      change: 2,
    })
  })

  it('[PRO3] takes all of that back from one that is retried', async () => {
    const error = { code: 'http_503', message: 'busy' }
    runtime.report(report(workflowId, 'e', 9, 'failed', { failedStep: 'charge', error }))
    await pull()
    runtime.report(report(workflowId, 'e', 11, 'running'))
    await pull()
    expect(await counts()).toEqual({ total: 1, running: 1, failed: 0 })
    const row = {
      status: 'running',
      endedAt: null,
      failedStep: null,
      errorCode: null,
      errorMessage: null,
      position: 11,
    }
    expect((await rows()).get('e')).toMatchObject(row)
  })

  it('[PRO4] shows a change that brought no new event: a quarantined log has none', async () => {
    runtime.report(report(workflowId, 'e', 5, 'running'))
    await pull()
    runtime.report(report(workflowId, 'e', 5, 'quarantined'))
    await pull()
    expect((await rows()).get('e')).toMatchObject({ status: 'quarantined', position: 5, change: 2 })
  })

  it('[PRO5] writes nothing of a page that breaks its order', async () => {
    runtime.report(report(workflowId, 'a', 1, 'running'))
    runtime.report(report(workflowId, 'b', 1, 'running'))
    const reordering = new MemoryRuntime()
    vi.spyOn(reordering, 'changes').mockImplementation(async (...asked) => {
      const page = await runtime.changes(...asked)
      return { ...page, changes: page.changes.toReversed() }
    })
    await expect(pull(reordering)).rejects.toThrow('out of order')
    expect((await rows()).size).toBe(0)
    await pull()
    expect((await rows()).size).toBe(2)
  })

  it('[PRO6] writes nothing of an answer that was overtaken', async () => {
    runtime.report(report(workflowId, 'e', 1, 'running'))
    const answered = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const slow = new MemoryRuntime()
    vi.spyOn(slow, 'changes').mockImplementation(async (...asked) => {
      const page = await runtime.changes(...asked)
      answered.resolve()
      await held.promise
      return page
    })
    const overtaken = pull(slow)
    await answered.promise
    runtime.report(report(workflowId, 'e', 8, 'succeeded'))
    await pull()
    held.resolve()
    await overtaken
    expect((await rows()).get('e')).toMatchObject({ status: 'succeeded', position: 8, change: 2 })
    expect(await counts()).toEqual({ total: 1, running: 0, failed: 0 })
  })

  it('[PRO7] starts again when the index went back: the objects are the truth', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
    runtime.report(report(workflowId, 'lost', 1, 'running'))
    runtime.report(report(workflowId, 'lost', 2, 'running'))
    await pull()
    runtime.forgetIndex(workflowId)
    runtime.report(report(workflowId, 'kept', 1, 'running'))
    await pull()
    expect([...(await rows()).keys()]).toEqual(['kept'])
    expect(await counts()).toEqual({ total: 1, running: 1, failed: 0 })
    expect(warned).toHaveBeenCalledOnce()
  })

  it('[PRO10] writes nothing after a rebuild of what was asked for before it', async () => {
    for (const id of ['v', 'w', 'z']) runtime.report(report(workflowId, id, 1, 'running'))
    const before = await pull()
    const answered = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const slow = new MemoryRuntime()
    vi.spyOn(slow, 'changes').mockImplementation(async (...asked) => {
      const page = await runtime.changes(...asked)
      answered.resolve()
      await held.promise
      return page
    })
    runtime.report(report(workflowId, 'w', 2, 'running'))
    const overtaken = pull(slow)
    await answered.promise
    runtime.report(report(workflowId, 'v', 2, 'running'))
    // The rebuild stops where the checkpoint is what it was, with another set of rows below it.
    expect(before !== null && (await forgetRows(db, before))).toBe(true)
    const broken = new MemoryRuntime()
    vi.spyOn(broken, 'changes')
      .mockImplementationOnce((id, after) => runtime.changes(id, after, 1))
      .mockRejectedValue(new Error('no such service'))
    await expect(pull(broken)).rejects.toThrow('changes')
    held.resolve()
    await overtaken
    await pull()
    expect(await counts()).toEqual({ total: 3, running: 3, failed: 0 })
    expect((await rows()).size).toBe(3)
  })

  it('[PRO8] ends alike for any order and repetition of the changes of an execution', () => {
    const change = fc.record({ change: fc.integer({ min: 1, max: 20 }), position: fc.integer({ min: 1, max: 5 }) })
    const history = fc.uniqueArray(change, { selector: (item) => item.change, minLength: 1 })
    const shuffled = history.chain((changes) =>
      fc.record({
        changes: fc.constant(changes),
        delivered: fc
          .array(fc.constantFrom(...changes))
          .chain((extra) => fc.shuffledSubarray([...changes, ...extra], { minLength: changes.length + extra.length })),
      }),
    )
    fc.assert(
      fc.property(shuffled, ({ changes, delivered }) => {
        const newest = changes.toSorted((a, b) => a.position - b.position || a.change - b.change).at(-1)
        let row: ExecutionRow | null = null
        for (const step of delivered) {
          const next: ExecutionRow = projectExecution(row, asChange(step))
          expect(next.position).toBeGreaterThanOrEqual(row?.position ?? 0)
          row = next
        }
        expect(row).toMatchObject({ position: newest?.position, change: newest?.change })
      }),
    )
  })

  it('[PRO9] never goes back, counts what it holds and equals a rebuild, however reports and pulls interleave', async () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('report' as const),
        execution: fc.nat({ max: 6 }),
        status: fc.constantFrom(...ExecutionStatus.options),
      }),
      fc.record({ do: fc.constant('pull' as const), at: fc.integer({ min: 1, max: 3 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        db = await emptyDatabase()
        await intendToPublish(db, workflowId)
        runtime = new MemoryRuntime({ pageSize: 2 })
        const positions = new Map<string, number>()
        const pulls: Promise<unknown>[] = []
        let seen = new Map<string, ExecutionRow>()
        for (const next of steps) {
          if (next.do === 'report') {
            const id = `e${next.execution}`
            const position = (positions.get(id) ?? 0) + 1
            positions.set(id, position)
            runtime.report(report(workflowId, id, position, next.status, { startedAt: noon + next.execution }))
            continue
          }
          for (let n = 0; n < next.at; n++) pulls.push(pull())
          const present = await rows()
          for (const [id, row] of seen) expect(present.get(id)?.position).toBeGreaterThanOrEqual(row.position)
          seen = present
        }
        await Promise.all(pulls)
        await pull()
        const incremental = await rows()
        expect(await counts()).toEqual(await recounted())
        expect(new Map([...incremental].map(([id, row]) => [id, row.position]))).toEqual(positions)

        await db.delete(executions)
        await db.delete(workflows)
        await intendToPublish(db, workflowId)
        await pull()
        expect(await rows()).toEqual(incremental)
        expect(await counts()).toEqual(await recounted())
      }),
      { numRuns: 25 },
    )
  }, 60_000)
})

const asChange = ({ change, position }: { change: number; position: number }): IndexChange => ({
  change,
  report: { ...report(workflowId, 'e', position, 'running'), version: change } satisfies ExecutionReport,
})
