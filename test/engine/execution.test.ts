import { describe, expect, it } from 'vitest'

import { decide, initialState, nodeStatus } from '../../runtime/engine/index.ts'
import type { Started } from '../../runtime/engine/state.ts'
import {
  attemptStarted,
  cancel,
  cancelled,
  delayed,
  done,
  executionFailed,
  failAttempt,
  skipped,
  startExecution,
  started,
  stepCancelled,
  succeed,
  succeeded,
  t0,
  trigger,
  wake,
} from '../support/events.ts'
import { fold, given, readFrom } from '../support/given.ts'
import { condition, delay, graphOf, http, make, nodeId, start } from '../support/graphs.ts'

const alone = graphOf([start], [])
const fetching = graphOf([start, http('fetch'), delay('pause')], ['start -> fetch', 'start -> pause'])

describe('an execution', () => {
  it('[EXE1] begins with an event that pins its workflow, version, content, rules and trigger', () => {
    const graph = fetching
    const { state } = given().when(startExecution(graph))
    expect(decided(startExecution(graph))[0]).toEqual({
      type: 'ExecutionStarted',
      at: t0,
      rules: 1,
      executionId: 'execution-1',
      workflowId: 'workflow-1',
      version: 3,
      contentHash: 'sha256-of-the-graph',
      graph,
      triggerNode: 'start',
      trigger,
    })
    expect(state).toMatchObject({ status: 'running', executionId: 'execution-1', version: 3, startedAt: t0 })
  })

  it('[EXE2] is started once', () => {
    given(started(fetching)).when(startExecution(fetching)).thenRejected({ reason: 'already_started' })
    given(started(alone), succeeded('start')).when(startExecution(alone)).thenRejected({ reason: 'already_started' })
    expect(() => fold([started(alone), started(alone)])).toThrow('an execution starts once')
  })

  it('[EXE3] takes no command before its start and after its end', () => {
    const notStarted = { reason: 'not_running', status: 'not_started' } as const
    for (const command of [wake(t0), cancel(), succeed('fetch', 1), failAttempt('fetch')]) {
      given().when(command).thenRejected(notStarted)
      given(started(fetching), cancelled()).when(command).thenRejected({ reason: 'not_running', status: 'cancelled' })
    }
    expect(() => fold([cancelled()])).toThrow('ExecutionCancelled reaches a running execution')
    expect(() => fold([started(alone), succeeded('start'), cancelled()])).toThrow('reaches a running execution')
  })

  it('[EXE4] that waits for nothing has succeeded', () => {
    given().when(startExecution(alone)).then(started(alone), succeeded('start'))
  })

  it('[EXE4] that waits for something goes on', () => {
    given(started(fetching), attemptStarted('fetch'), delayed('pause', t0 + 1000))
      .when(succeed('fetch', 1))
      .then(done('fetch', 1, { attempt: 1 }))
  })

  it('[EXE5] is begun by a trigger of its graph', () => {
    const state = initialState()
    const begin = (triggerNode: string) => () => decide(startExecution(fetching, { triggerNode }), state, readFrom([]))
    expect(begin('fetch')).toThrow('fetch is a trigger of the graph')
    expect(begin('nowhere')).toThrow('nowhere is a trigger of the graph')
  })

  it('[EXE6] that is cancelled cancels what is active, in the order of the keys, and ends', () => {
    given(started(fetching), delayed('pause', t0 + 1000), attemptStarted('fetch'))
      .when(cancel(t0 + 5))
      .then(stepCancelled('fetch', t0 + 5), stepCancelled('pause', t0 + 5), cancelled(t0 + 5))
  })

  it('[EXE7] has a time limit, which ends it as failed without a failed step', () => {
    const brief = graphOf([start, http('fetch')], ['start -> fetch'], { timeoutMs: 1000 })
    const timeout = { code: 'execution_timeout', message: 'the execution did not end within its time limit' }
    given(started(brief), attemptStarted('fetch'))
      .when(wake(t0 + 999, ['fetch']))
      .then()
    const over = given(started(brief), attemptStarted('fetch')).when(wake(t0 + 1000, ['fetch']))
    over.then(stepCancelled('fetch', t0 + 1000), executionFailed(timeout, undefined, t0 + 1000))
    expect(over.state).toMatchObject({ status: 'failed', failedStep: null, endedAt: t0 + 1000 })
  })

  it('[EXE7] has thirty days when its settings say nothing', () => {
    const days30 = t0 + 30 * 24 * 3_600_000
    const retry = { maxAttempts: 2 }
    const graph = graphOf([start, http('fetch', { retry, timeoutMs: 600_000 })], ['start -> fetch'])
    const begun = [started(graph), attemptStarted('fetch', 1, days30 - 1000, { timeoutAt: days30 + 599_000 })]
    given(...begun)
      .when(wake(days30 - 1, ['fetch']))
      .then()
    expect(given(...begun).when(wake(days30, ['fetch'])).state.status).toBe('failed')
  })

  it('[EXE8] records no time earlier than the event before, whatever the clock says', () => {
    given(started(fetching, { now: t0 + 60 }), attemptStarted('fetch', 1, t0 + 60), delayed('pause', t0 + 70, t0 + 60))
      .when(succeed('fetch', 1, 1, t0 - 5000))
      .then(done('fetch', 1, { attempt: 1, at: t0 + 60 }))
    given(started(fetching), attemptStarted('fetch'), delayed('pause', t0 + 70, t0 + 80))
      .when(wake(t0, ['fetch']))
      .then(done('pause', { until: t0 + 70 }, { at: t0 + 80 }))
  })

  it('[EXE9] leaves each of its nodes succeeded, failed, skipped or cancelled', () => {
    const graph = graphOf(
      [start, condition('size', { big: 'trigger.body.total > 100' }), make('big'), http('fetch'), make('after')],
      ['start -> size', 'size.big -> big', 'size.else -> fetch', 'fetch -> after'],
    )
    const running = given().when(startExecution(graph)).state as Started
    const statuses = (state: Started) =>
      Object.fromEntries(graph.nodes.map(({ id }) => [id, nodeStatus(state, nodeId(id))]))
    expect(statuses(running)).toEqual({
      start: 'succeeded',
      size: 'succeeded',
      big: 'skipped',
      fetch: 'running',
      after: 'pending',
    })
    const over = decided(cancel(), running)
    expect(statuses(fold(over, running) as Started)).toEqual({
      start: 'succeeded',
      size: 'succeeded',
      big: 'skipped',
      fetch: 'cancelled',
      after: 'cancelled',
    })
  })
})

describe('several triggers', () => {
  it('[ACT3] may lead to one step, which then reads the one that started', () => {
    const graph = graphOf(
      [start, { id: 'hook', kind: 'webhook' }, make('after', '{{ trigger.body }}')],
      ['start -> after', 'hook -> after'],
    )
    given()
      .when(startExecution(graph, { trigger: { body: 'hello' } }))
      .then(started(graph, { trigger: { body: 'hello' } }), done('after', { value: 'hello' }), succeeded('after'))
  })

  it('[ACT3] leave the steps of the others skipped', () => {
    const graph = graphOf([start, { id: 'hook', kind: 'webhook' }, make('other')], ['hook -> other'])
    given()
      .when(startExecution(graph))
      .then(started(graph), skipped('other', ['hook']), succeeded('start'))
  })
})

function decided(...[command, state = initialState()]: [Parameters<typeof decide>[0], Parameters<typeof decide>[1]?]) {
  const decision = decide(command, state, readFrom([]))
  if (!decision.ok) throw new Error(`rejected: ${decision.rejection.reason}`)
  return decision.events
}
