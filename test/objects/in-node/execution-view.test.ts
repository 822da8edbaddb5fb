import { describe, expect, it } from 'vitest'

import type { Started } from '../../../runtime/engine/index.ts'
import { executionReport, executionView } from '../../../runtime/objects/execution-view.ts'
import { ExecutionView } from '../../../schemas/api/executions.ts'
import type { ExecutionEvent } from '../../../schemas/execution-events.ts'
import { limits } from '../../../schemas/limits.ts'
import { cancelAndUndo, pause } from '../../support/commands.ts'
import { startExecution, succeed, t0, wake } from '../../support/events.ts'
import { fold, logOf, readFrom } from '../../support/given.ts'
import { approval, child, delay, graphOf, http, start, step } from '../../support/graphs.ts'
import { childStarted } from '../../support/whole-events.ts'

const viewOf = (log: readonly ExecutionEvent[]) =>
  ExecutionView.parse(executionView(fold(log) as Started, readFrom(log)))

describe('what is shown of an execution', () => {
  it('[OBJ24] names the execution that started it, and those that it waits for', () => {
    const parent = { executionId: 'above', step: step('ship'), depth: 1, isAwaited: true, isOfFailure: false }
    const graph = graphOf(
      [start, child('ship'), child('bill'), delay('rest')],
      ['start -> ship', 'start -> bill', 'start -> rest'],
    )
    const log = [
      ...logOf(startExecution(graph, { parent })),
      childStarted('ship', 'child-1'),
      childStarted('bill', 'child-2'),
    ]
    expect(viewOf(log)).toMatchObject({
      parent,
      status: 'waiting',
      children: [
        { step: 'bill', executionId: 'child-2' },
        { step: 'ship', executionId: 'child-1' },
      ],
      waiting: [
        { for: 'delay', step: 'rest' },
        { for: 'child', step: 'bill', executionId: 'child-2' },
        { for: 'child', step: 'ship', executionId: 'child-1' },
      ],
    })
  })

  it('[OBJ24] lists no more children than waits', () => {
    const many = Array.from({ length: limits.waitingListed + 1 }, (_, index) => child(`child_${index}`))
    const graph = graphOf(
      [start, ...many],
      many.map(({ id }) => `start -> ${id}`),
    )
    const log = [...logOf(startExecution(graph)), ...many.map(({ id }) => childStarted(id, `${id}-1`))]
    const { children, waiting } = viewOf(log)
    expect([children?.length, waiting?.length]).toEqual([limits.waitingListed, limits.waitingListed])
  })

  it('[OBJ24] says in a pause since when, why, what its timers do, and what it would wait for', () => {
    const graph = graphOf([start, approval('manager'), delay('rest')], ['start -> manager', 'start -> rest'])
    expect(viewOf(logOf(startExecution(graph), pause(t0 + 5, 'running')))).toMatchObject({
      status: 'paused',
      paused: { reason: 'requested', timers: 'running', since: t0 + 5, quiescent: true },
      waiting: [{ step: 'rest' }, { step: 'manager' }],
    })
    const once = graphOf([start, http('charge', { once: true })], ['start -> charge'])
    expect(viewOf(logOf(startExecution(once), wake(t0 + 5)))).toMatchObject({
      status: 'paused',
      paused: { reason: 'unknown', timers: 'frozen', since: t0 + 5, quiescent: true },
      unknown: ['charge'],
      waiting: [{ for: 'person', step: 'charge' }],
    })
  })

  it('[OBJ24] tells the lists what kinds of things it waits for, each once', () => {
    const reportOf = (events: ReturnType<typeof logOf>) => executionReport(fold(events) as Started, readFrom(events))
    const graph = graphOf(
      [start, delay('rest'), approval('manager'), approval('owner')],
      ['start -> rest', 'start -> manager', 'start -> owner'],
    )
    expect(reportOf(logOf(startExecution(graph)))).toMatchObject({ status: 'waiting', waitsFor: ['approval', 'delay'] })
    expect(reportOf(logOf(startExecution(graph), pause()))).toMatchObject({ waitsFor: ['approval', 'delay'] })
    const ended = logOf(startExecution(graphOf([start], [])))
    expect(reportOf(ended)).not.toHaveProperty('waitsFor')
  })

  it('[OBJ24] says while it is undone and afterwards how far that came', () => {
    const graph = graphOf(
      [start, http('book'), delay('rest'), http('release')],
      ['start -> book', 'book -> rest', 'book.compensate -> release'],
    )
    const undoing = [startExecution(graph), succeed('book', 7), cancelAndUndo()] as const
    const cause = { type: 'cancelled', reason: 'not needed any more' }
    const steps = (status: string) => [{ step: 'release', undoes: 'book', status }]
    expect(viewOf(logOf(...undoing))).toMatchObject({
      status: 'running',
      compensation: { cause, steps: steps('running') },
    })
    const ended = logOf(...undoing, succeed('release', null))
    expect(viewOf(ended)).toMatchObject({ status: 'cancelled', compensation: { cause, steps: steps('succeeded') } })
    expect(executionReport(fold(ended) as Started, readFrom(ended))).not.toHaveProperty('wakeAt')
  })
})
