import { describe, expect, it } from 'vitest'
import type { NodeId } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { marksOf } from '../../studio/model/bands.ts'
import { lastPosition, startedOf, stateAt } from '../../studio/model/execution-log.ts'
import { readingOrder } from '../../studio/model/graph-frames.ts'
import { Timeline } from '../../studio/model/timeline.ts'
import { lineKey, timelineLines } from '../../studio/model/timeline-lines.ts'
import { cancelAndUndo, endChild, pause, resume, retryExecution, signal } from '../support/commands.ts'
import { failAttempt, startExecution, succeed, t0, wake } from '../support/events.ts'
import { child, each, graphOf, http, inside, make, signalled, start, step } from '../support/graphs.ts'
import { told } from './support/engine-log.ts'

const graph = graphOf(
  [
    start,
    each('orders', { concurrency: 5 }),
    http('charge', inside('orders')),
    http('refund', inside('orders')),
    make('end'),
  ],
  ['start -> orders', 'orders.body -> charge', 'charge.compensate -> refund', 'orders -> end'],
)
const trigger = { body: { items: [0, 1, 2] } }
const linesOf = (log: ReturnType<typeof told> | null, collapsed: readonly string[] = []) =>
  timelineLines(
    readingOrder(graph),
    graph,
    new Set(collapsed as NodeId[]),
    log === null ? null : startedOf(stateAt(log, lastPosition(log))),
  )

describe('lines of the timeline', () => {
  it('are one for each node, however many iterations there are, and one to choose among those', () => {
    expect(linesOf(told(startExecution(graph, { trigger }))).map(lineKey)).toEqual([
      'step start',
      'container orders',
      'iteration orders',
      'step charge',
      'step end',
    ])
    expect(linesOf(null).map((line) => ('depth' in line ? line.depth : null))).toEqual([0, 0, 1, 1, 0])
  })

  it('hide what is in a container that is folded', () => {
    expect(linesOf(null, ['orders']).map(lineKey)).toEqual(['step start', 'container orders', 'step end'])
  })

  it('show what is undone in a section of its own, the newest first', () => {
    const log = told(
      startExecution(graph, { trigger }),
      succeed('charge@orders[1]', {}),
      succeed('charge@orders[0]', {}),
      cancelAndUndo(),
    )
    expect(linesOf(log).slice(-3)).toEqual([
      { kind: 'section', label: 'Being undone' },
      { kind: 'undo', step: 'refund@orders[0]', undoes: 'charge@orders[0]' },
      { kind: 'undo', step: 'refund@orders[1]', undoes: 'charge@orders[1]' },
    ])
  })

  it('show a batch that its own execution undoes', () => {
    const many = { body: { items: Array.from({ length: limits.eachItems + 1 }, (_, n) => n) } }
    const batch = 'orders@orders[0]'
    const did = { workflowId: 'workflow-1', executionId: 'child-1', version: 3 }
    const log = told(
      startExecution(graph, { trigger: many }),
      succeed(batch, did),
      endChild(batch, { status: 'succeeded', output: [] }, did.executionId, { heardAt: 0, undoable: 2 }),
      cancelAndUndo(),
    )
    expect(linesOf(log)).toContainEqual({ kind: 'undo', step: `${batch}/orders[0]`, undoes: batch })
  })
})

describe('bars of a step', () => {
  const kindsOf = (log: ReturnType<typeof told>, name: string, of = graph) =>
    new Timeline(of)
      .rowAt(log, lastPosition(log), step(name))
      .segments.map(({ kind, outcome, to }) => `${kind} ${outcome ?? (to === null ? 'goes on' : 'ended')}`)

  it('show a container while it is open, again after a retry, and the attempts of both times', () => {
    const commands = [startExecution(graph, { trigger }), failAttempt('charge@orders[0]', { retryable: false })]
    expect(kindsOf(told(...commands), 'orders')).toEqual(['iterations failed'])
    const again = told(...commands, retryExecution(t0 + 500))
    expect(kindsOf(again, 'orders')).toEqual(['iterations failed', 'iterations goes on'])
    expect(kindsOf(again, 'charge@orders[0]')).toEqual(['running failed', 'running goes on'])
  })

  it('show a wait, a child and what is unknown', () => {
    const waiting = graphOf(
      [start, signalled('wait', { timeoutMs: 1000 }), child('ship'), http('pay', { once: true })],
      ['start -> wait', 'start -> ship', 'start -> pay'],
    )
    const begun = [
      startExecution(waiting),
      succeed('ship', { workflowId: 'shipping', executionId: 'child-1', version: 1 }),
    ]
    const log = told(...begun, wake(t0 + 1))
    expect(kindsOf(log, 'wait', waiting)).toEqual(['waiting goes on'])
    expect(kindsOf(log, 'ship', waiting)).toEqual(['running succeeded', 'child goes on'])
    expect(kindsOf(log, 'pay', waiting)).toEqual(['running interrupted', 'unknown goes on'])
  })
})

describe('marks over all lines', () => {
  const waiting = graphOf([start, signalled('wait')], ['start -> wait'])

  it('are the pauses and the signals of a log', () => {
    const log = told(
      startExecution(waiting),
      pause(t0 + 10),
      resume(t0 + 40),
      pause(t0 + 50),
      signal(1, { now: t0 + 60 }),
    )
    const marks = marksOf(log.index.whole(lastPosition(log)), null)
    expect(marks.bands.map(({ kind, from, to }) => [kind, from - t0, to === null ? null : to - t0])).toEqual([
      ['paused', 10, 40],
      ['paused', 50, null],
    ])
    expect(marks.flags).toEqual([{ kind: 'signal', at: t0 + 60, words: 'Signal “paid”' }])
    expect(marksOf(log.index.whole(2), null)).toEqual({ bands: [], flags: [] })
  })

  it('are one pause where a person takes over one that an unknown step began', () => {
    const paying = graphOf([start, http('pay', { once: true })], ['start -> pay'])
    const log = told(startExecution(paying), wake(t0 + 1), pause(t0 + 20))
    expect(marksOf(log.index.whole(lastPosition(log)), null).bands).toEqual([
      { kind: 'paused', from: t0 + 1, to: null, words: 'Paused, timers frozen' },
    ])
  })

  it('are a retry, and the undoing until the end', () => {
    const call = graphOf([start, http('call')], ['start -> call'])
    const retried = told(startExecution(call), failAttempt('call', { retryable: false }), retryExecution(t0 + 70))
    expect(marksOf(retried.index.whole(lastPosition(retried)), null).flags).toEqual([
      { kind: 'retried', at: t0 + 70, words: 'Retried' },
    ])
    const undone = told(startExecution(graph, { trigger }), succeed('charge@orders[1]', {}), cancelAndUndo(t0 + 5))
    expect(marksOf(undone.index.whole(lastPosition(undone)), t0 + 90).bands).toMatchObject([
      { kind: 'undoing', from: t0 + 5, to: t0 + 90 },
    ])
  })
})
