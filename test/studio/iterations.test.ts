import { describe, expect, it } from 'vitest'
import type { ExecutionEvent, RecordedEvent } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import type { ContainerTrace } from '../../studio/model/container-trace.ts'
import { type ExecutionLog, extendLog, lastPosition, newLog } from '../../studio/model/execution-log.ts'
import { cellAt, heatCells } from '../../studio/model/heat-strip.ts'
import { iterationPage } from '../../studio/model/iteration-page.ts'
import { briefCounts, cellWords, countsWords } from '../../studio/model/iteration-words.ts'
import { LogIndex } from '../../studio/model/log-index.ts'
import { portsLeft, stepStatusAt } from '../../studio/model/step-status.ts'
import { retryExecution } from '../support/commands.ts'
import { failAttempt, startExecution, succeed, t0 } from '../support/events.ts'
import { each, graphOf, http, inside, make, repeat, start, step } from '../support/graphs.ts'
import { eachStarted, iterated, iterationFailed, iterationStarted } from '../support/whole-events.ts'
import { told } from './support/engine-log.ts'

const items = (count: number) => ({ trigger: { body: { items: Array.from({ length: count }, (_, n) => n) } } })
const charging = (config: Record<string, unknown>) =>
  graphOf(
    [start, each('orders', config), http('charge', inside('orders')), make('note', 1, inside('orders'))],
    ['start -> orders', 'orders.body -> charge', 'charge -> note'],
  )

function traceOf(log: ExecutionLog, container: string): ContainerTrace {
  const trace = log.index.container(step(container))
  if (trace === null) throw new Error(`${container} has opened`)
  return trace
}
const countsOf = (log: ExecutionLog, position = lastPosition(log), container = 'orders') =>
  traceOf(log, container).countsAt(position)
const outcomeOf = (log: ExecutionLog, index: number, position = lastPosition(log)) =>
  traceOf(log, 'orders').iterationAt(index, position)?.outcome ?? null

describe('iterations of a container', () => {
  it('are counted at every position: begun, open, done, failed, and the first that failed', () => {
    const log = told(
      startExecution(charging({ concurrency: 2, onItemError: 'continue' }), items(4)),
      succeed('charge@orders[0]', 1),
      failAttempt('charge@orders[1]', { retryable: false }),
    )
    expect(countsOf(log)).toMatchObject({ begun: 4, open: 2, succeeded: 1, failed: 1, firstFailed: 1 })
    expect(countsWords(traceOf(log, 'orders'), countsOf(log))).toBe('2 of 4 done · 1 failed · 2 under way')
    expect(briefCounts(countsOf(log))).toBe('1 failed')
    expect(countsOf(log, 2)).toMatchObject({ begun: 0, open: 0 })
    expect([0, 1, 2, 3, 4].map((index) => outcomeOf(log, index))).toEqual(['succeeded', 'failed', 'open', 'open', null])
    for (let position = 2; position <= lastPosition(log); position += 1) {
      const { begun, open, succeeded, failed } = countsOf(log, position)
      expect(open + succeeded + failed).toBe(begun)
    }
  })

  it('show the steps of those that the state has forgotten', () => {
    const log = told(
      startExecution(charging({ concurrency: 1, onItemError: 'continue' }), items(3)),
      succeed('charge@orders[0]', 1),
      failAttempt('charge@orders[1]', { retryable: false }),
    )
    const statuses = (index: number) =>
      ['charge', 'note'].map((id) => stepStatusAt(log, lastPosition(log), step(`${id}@orders[${index}]`)))
    expect(statuses(0)).toEqual(['succeeded', 'succeeded'])
    expect(statuses(1)).toEqual(['failed', 'cancelled'])
    expect(statuses(2)).toEqual(['running', 'pending'])
    expect(statuses(7)).toEqual(['pending', 'pending'])
  })

  it('that stop with their container are failed or cancelled, and open again after a retry', () => {
    const commands = [
      startExecution(charging({ concurrency: 3 }), items(3)),
      succeed('charge@orders[0]', 1),
      failAttempt('charge@orders[2]', { retryable: false }),
    ]
    const failed = told(...commands)
    expect(countsOf(failed)).toMatchObject({ open: 0, succeeded: 1, failed: 1, firstFailed: 2 })
    expect([0, 1, 2].map((index) => outcomeOf(failed, index))).toEqual(['succeeded', 'cancelled', 'failed'])
    const again = told(...commands, retryExecution(t0 + 5_000))
    expect(countsOf(again)).toMatchObject({ open: 2, succeeded: 1, failed: 0, firstFailed: null })
    expect([0, 1, 2].map((index) => outcomeOf(again, index))).toEqual(['succeeded', 'open', 'open'])
    expect(outcomeOf(again, 2, lastPosition(failed))).toBe('failed')
  })

  it('of a container inside another one go on with the iteration they are in', () => {
    const graph = graphOf(
      [start, each('orders', { concurrency: 2 }), each('lines', { items: '[1, 2]' }, inside('orders'))].concat([
        http('pack', inside('lines')),
      ]),
      ['start -> orders', 'orders.body -> lines', 'lines.body -> pack'],
    )
    const pack = 'pack@orders[1]/lines[0]'
    const commands = [startExecution(graph, items(2)), failAttempt(pack, { retryable: false })]
    const failed = told(...commands)
    const inner = (log: ExecutionLog) => countsOf(log, lastPosition(log), 'lines@orders[1]')
    expect(inner(failed)).toMatchObject({ begun: 2, open: 0, failed: 1 })
    expect(countsOf(failed)).toMatchObject({ open: 0, failed: 1, firstFailed: 1 })
    expect(inner(told(...commands, retryExecution()))).toMatchObject({ open: 2, failed: 0 })
  })

  it('stay over when the iteration they are in is, whatever is retried elsewhere', () => {
    const graph = graphOf(
      [
        start,
        each('orders', { onItemError: 'continue' }),
        each('lines', { items: '[1]' }, inside('orders')),
        http('pack', inside('lines')),
        http('call'),
      ],
      ['start -> orders', 'orders.body -> lines', 'lines.body -> pack', 'start -> call'],
    )
    const log = told(
      startExecution(graph, items(1)),
      failAttempt('pack@orders[0]/lines[0]', { retryable: false }),
      failAttempt('call', { retryable: false }),
      retryExecution(),
    )
    expect(countsOf(log, lastPosition(log), 'lines@orders[0]')).toMatchObject({ open: 0, failed: 1 })
    expect(countsOf(log)).toMatchObject({ open: 0, failed: 1 })
  })

  it('of a repeat have no end that is known before', () => {
    const graph = graphOf(
      [start, repeat('poll', { while: 'index < 3' }), make('look', 1, inside('poll'))],
      ['start -> poll', 'poll.body -> look'],
    )
    const log = told(startExecution(graph))
    const trace = traceOf(log, 'poll')
    expect(trace.end).toBeNull()
    expect(countsWords(trace, countsOf(log, lastPosition(log), 'poll'))).toBe('3 done')
  })

  it('that are executions of their own have their steps in other logs', () => {
    const log = told(startExecution(charging({ concurrency: 1 }), items(limits.eachItems + 1)))
    const status = (key: string) => stepStatusAt(log, lastPosition(log), step(key))
    expect(traceOf(log, 'orders').batchSize).not.toBeNull()
    expect(countsWords(traceOf(log, 'orders'), countsOf(log))).toBe('0 of 2 batches done · 1 under way')
    expect([status('orders'), status('charge@orders[0]')]).toEqual(['open', 'elsewhere'])
    expect(status('charge@orders[1]')).toBe('elsewhere')
    expect(portsLeft(log, lastPosition(log), step('charge@orders[0]'))).toBeNull()
  })

  it('of a child that works on a part of the items begin where that part does', () => {
    const batch = { container: step('orders'), first: 20, items: [7, 8], concurrency: 1, bytes: 1, scope: {} }
    const log = told(startExecution(charging({}), { batch }), succeed('charge@orders[20]', 1))
    expect(traceOf(log, 'orders')).toMatchObject({ first: 20, end: 22 })
    expect([19, 20, 21].map((index) => outcomeOf(log, index))).toEqual([null, 'succeeded', 'open'])
  })
})

describe('many iterations', () => {
  const count = 10_000
  const isBad = (index: number): boolean => index % 1_000 === 999
  const body: readonly ExecutionEvent[] = Array.from({ length: count }, (_, index) => [
    iterationStarted('orders', index),
    isBad(index)
      ? iterationFailed('orders', index, `charge@orders[${index}]`)
      : iterated('orders', index, { shape: 'none' }),
  ]).flat()
  const numbered = [eachStarted('orders', Array(count).fill(null)), ...body].map(
    (event, at): RecordedEvent => ({ ...event, position: at + 1 }),
  )
  const index = new LogIndex()
  for (const event of numbered) index.add(event)
  const trace = index.container(step('orders'))
  const last = numbered.length

  it('are all there, with the way from failure to failure', () => {
    expect(trace?.countsAt(last)).toMatchObject({ begun: count, open: 0, succeeded: 9_990, failed: 10 })
    expect(trace?.countsAt(last).firstFailed).toBe(999)
    expect(trace?.nextFailed(999, 1, last)).toBe(1_999)
    expect(trace?.nextFailed(1_999, -1, last)).toBe(999)
    expect(trace?.nextFailed(9_999, 1, last)).toBeNull()
    expect(trace?.failedAt(last)).toHaveLength(10)
    expect(trace?.failedAt(4_001)).toEqual([999, 1_999])
  })

  it('are one strip of few cells, each like the iteration in it that most needs a person', () => {
    if (trace === null) throw new Error('the container has opened')
    const cells = heatCells(trace, last, 120)
    expect(cells).toHaveLength(120)
    expect(cells.filter(({ heat }) => heat === 'failed').map(({ index }) => index)).toEqual(trace.failedAt(last))
    expect(cells.filter(({ heat }) => heat !== 'failed').every(({ heat }) => heat === 'succeeded')).toBe(true)
    expect(cells.slice(1).every(({ first }, at) => first === (cells[at]?.last ?? 0) + 1)).toBe(true)
    expect(cells.at(-1)?.last).toBe(count - 1)
    expect(cellAt(cells, 0.0999)).toMatchObject({ heat: 'failed', index: 999 })
    expect(
      ['failed', 'succeeded']
        .map((heat) => cells.find((cell) => cell.heat === heat))
        .map((cell) => cell && cellWords(cell)),
    ).toEqual(['Iterations 924 to 1007: 999 failed', 'Iterations 0 to 83: succeeded'])
    expect([cellAt(cells, -1), cellAt(cells, 1)]).toEqual([cells[0], cells.at(-1)])
  })

  it('that have not begun at a moment are in its strip as well, where it is known that they will', () => {
    if (trace === null) throw new Error('the container has opened')
    const heats = heatCells(trace, 10_000, 100).map(({ heat }) => heat)
    expect(heats.slice(50)).toEqual(Array(50).fill('pending'))
    expect(heats.filter((heat) => heat === 'failed')).toHaveLength(4)
    expect(heats[49]).toBe('open')
  })

  it('are listed a page at a time, at first the one with the shown iteration', () => {
    if (trace === null) throw new Error('the container has opened')
    const wish = { failedOnly: false, page: null, shown: 5_005, pageSize: 20 }
    const page = iterationPage(trace, last, wish)
    expect(page).toMatchObject({ page: 250, pages: 500 })
    expect(page.indices[5]).toBe(5_005)
    expect(iterationPage(trace, last, { ...wish, page: 499 }).indices.at(-1)).toBe(9_999)
    expect(iterationPage(trace, last, { ...wish, page: 9_999 }).page).toBe(499)
    const failures = iterationPage(trace, last, { ...wish, failedOnly: true, shown: 4_999, pageSize: 4 })
    expect(failures).toEqual({ indices: [4_999, 5_999, 6_999, 7_999], page: 1, pages: 3 })
  })
})

describe('an index that several lengths of a log share', () => {
  it('says of a position what it said when that was the end', () => {
    const whole = told(startExecution(charging({ concurrency: 2, onItemError: 'continue' }), items(3)))
    let log = newLog()
    for (const event of whole.events) {
      const extension = extendLog(log, [event])
      if (!extension.ok) throw new Error('no gap')
      log = extension.log
      const trace = log.index.container(step('orders'))
      const now = trace?.countsAt(event.position)
      expect(whole.index.container(step('orders'))?.countsAt(event.position)).toEqual(now ?? expect.anything())
    }
  })
})
