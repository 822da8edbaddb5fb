import { describe, expect, it } from 'vitest'

import { decide, initialState, nodeStatus } from '../../runtime/engine/index.ts'
import type { Started } from '../../runtime/engine/state.ts'
import {
  attemptFailed,
  attemptStarted,
  busy,
  cancel,
  cancelled,
  delayed,
  done,
  executionFailed,
  failAttempt,
  made,
  skipped,
  startExecution,
  started,
  stepCancelled,
  stepFailed,
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
const respond = (id: string, body: unknown, more = {}) => ({ id, kind: 'respond', config: { body, ...more } })
const response = { status: 200, headers: {} }

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

describe('the output of an execution', () => {
  it('[EXE10] is that of its only leaf that succeeded', () => {
    const graph = graphOf([start, make('first'), make('last')], ['start -> first', 'first -> last'])
    given().when(startExecution(graph)).then(started(graph), made('first'), made('last'), succeeded('last'))
  })

  it('[EXE10] is those of all leaves that succeeded, in the order of the nodes', () => {
    const graph = graphOf([start, make('b'), make('a')], ['start -> a', 'start -> b'])
    given()
      .when(startExecution(graph))
      .then(started(graph), made('a'), made('b'), succeeded(['b', 'a']))
  })

  it('[EXE10] is nothing when no leaf succeeded', () => {
    const graph = graphOf([start, http('fetch', { onError: 'continue' })], ['start -> fetch'])
    given(started(graph), attemptStarted('fetch'))
      .when(failAttempt('fetch'))
      .then(attemptFailed('fetch'), stepFailed('fetch', busy, { handled: 'continue', ports: ['out'] }), succeeded(null))
  })

  it('[RSP1] is what its respond step answers, whatever leaves there are', () => {
    const graph = graphOf(
      [start, respond('reply', { total: '{{ trigger.body.total }}' }), make('after')],
      ['start -> reply', 'reply -> after'],
    )
    given()
      .when(startExecution(graph))
      .then(started(graph), done('reply', { total: 40 }, { response }), made('after'), succeeded('reply'))
  })
})

describe('a respond step', () => {
  it('[RSP2] answers with its status, its headers in lower case and its body', () => {
    const config = { status: 201, headers: { 'X-Total': '{{ trigger.body.total }}', 'X-Name': 'Ada' } }
    const graph = graphOf([start, respond('reply', null, config)], ['start -> reply'])
    given()
      .when(startExecution(graph))
      .then(
        started(graph),
        done('reply', null, { response: { status: 201, headers: { 'x-total': '40', 'x-name': 'Ada' } } }),
        succeeded('reply'),
      )
  })

  it('[RSP3] answers once: a second one succeeds and answers nobody', () => {
    const graph = graphOf(
      [start, respond('first', 'one'), respond('second', 'two')],
      ['start -> first', 'first -> second'],
    )
    given()
      .when(startExecution(graph))
      .then(started(graph), done('first', 'one', { response }), done('second', 'two'), succeeded('first'))
  })

  it('[RSP4] keeps a header on one line and in ASCII', () => {
    const graph = graphOf(
      [start, respond('reply', null, { headers: { 'x-name': '{{ trigger.body.name }}' } })],
      ['start -> reply'],
    )
    const headersOf = (name: string) => {
      const [, reply] = decided(startExecution(graph, { trigger: { body: { name } } }))
      return reply?.type === 'StepSucceeded' ? reply.response?.headers : undefined
    }
    expect(headersOf('Ada\r\nset-cookie: a=b')).toEqual({ 'x-name': 'Ada set-cookie: a=b' })
    expect(headersOf('Ada\u0000\u0007!')).toEqual({ 'x-name': 'Ada !' })
    expect(headersOf('Zoë 🚀')).toEqual({ 'x-name': 'Zo%C3%AB %F0%9F%9A%80' })
    expect(headersOf('a\ud800b')).toEqual({ 'x-name': 'a%EF%BF%BDb' })
  })

  it('[RSP5] does not answer when it fails', () => {
    const graph = graphOf([start, respond('reply', '{{ trigger.body.missing }}')], ['start -> reply'])
    expect(given().when(startExecution(graph)).state).toMatchObject({ status: 'failed', respondedAt: 0 })
  })
})

describe('a chain of steps that compute', () => {
  const ids = Array.from({ length: 100 }, (_, index) => `step_${index}`)
  const edges = ids.map((id, index) => `${index === 0 ? 'start' : ids[index - 1]} -> ${id}`)
  const graph = graphOf([start, ...ids.map((id) => make(id))], edges)

  it('[STP1] is one decision with one event each', () => {
    given()
      .when(startExecution(graph))
      .then(started(graph), ...ids.map((id) => made(id)), succeeded(ids[99] ?? ''))
  })
})

describe('what a step reads', () => {
  it('[STP2] is the trigger, the steps before it, the execution and the workflow', () => {
    const value = {
      trigger: '{{ trigger.body.total }}',
      step: '{{ steps.first.output.value }}',
      start: '{{ steps.start.output.body.total }}',
      execution: '{{ execution.id }} {{ execution.startedAt }}',
      workflow: '{{ workflow.id }} {{ workflow.version }} {{ workflow.name }}',
    }
    const graph = graphOf([start, make('first'), make('second', value)], ['start -> first', 'first -> second'])
    const read = {
      trigger: 40,
      step: 'first',
      start: 40,
      execution: `execution-1 ${t0}`,
      workflow: 'workflow-1 3 Sample',
    }
    given()
      .when(startExecution(graph))
      .then(started(graph), made('first'), done('second', { value: read }), succeeded('second'))
  })

  it('[STP2] is what an earlier turn recorded', () => {
    const graph = graphOf(
      [start, http('fetch'), make('after', '{{ steps.fetch.output.body }} for {{ trigger.body.customer.name }}')],
      ['start -> fetch', 'fetch -> after'],
    )
    given(started(graph), attemptStarted('fetch'))
      .when(succeed('fetch', { body: 'tea' }))
      .then(done('fetch', { body: 'tea' }, { attempt: 1 }), done('after', { value: 'tea for Ada' }), succeeded('after'))
  })

  it('[STP3] is read once in a turn, and only what its texts name', () => {
    const value = '{{ steps.fetch.output.body }}'
    const graph = graphOf(
      [start, http('fetch'), http('last'), make('one', value), make('two', value)],
      ['start -> fetch', 'fetch -> last', 'last -> one', 'one -> two'],
    )
    const log = [
      started(graph),
      attemptStarted('fetch'),
      done('fetch', { body: 'tea' }, { attempt: 1 }),
      attemptStarted('last'),
    ]
    const positions: number[] = []
    const read = readFrom(log)
    const decision = decide(succeed('last', null), fold(log), (position) => {
      positions.push(position)
      return read(position)
    })
    expect(decision).toMatchObject({ ok: true, state: { status: 'succeeded' } })
    expect(positions).toEqual([3])
  })

  it('[STP2] has nothing of a step that has not ended', () => {
    const value = '{{ steps.?slow.?output.orValue("nothing yet") }}'
    const graph = graphOf(
      [start, http('slow'), http('fast'), make('first', value, { join: 'any' })],
      ['start -> slow', 'start -> fast', 'slow -> first', 'fast -> first'],
    )
    given(started(graph), attemptStarted('slow'), attemptStarted('fast'))
      .when(succeed('fast', null))
      .then(done('fast', null, { attempt: 1 }), done('first', { value: 'nothing yet' }))
  })
})

describe('the input of a step that names none', () => {
  const keep = (id: string, paths: string[], more = {}) => ({
    id,
    kind: 'transform',
    config: { operation: 'keep', paths },
    ...more,
  })
  const two = (join: 'all' | 'any' | number) =>
    graphOf(
      [start, make('right'), make('left'), keep('both', ['value', 'left.value', 'right.value'], { join })],
      ['start -> left', 'start -> right', 'right -> both', 'left -> both'],
    )

  it('[STP4] is the output of the one step that leads to it', () => {
    const graph = graphOf([start, keep('part', ['body.total'])], ['start -> part'])
    given()
      .when(startExecution(graph))
      .then(started(graph), done('part', { body: { total: 40 } }), succeeded('part'))
  })

  it('[STP4] is an object of the outputs by id when several lead to it', () => {
    const graph = two('all')
    given()
      .when(startExecution(graph))
      .then(
        started(graph),
        made('left'),
        made('right'),
        done('both', { left: { value: 'left' }, right: { value: 'right' } }),
        succeeded('both'),
      )
  })

  it('[STP5] is that of the first only when it waits for any, also when others are there by then', () => {
    const graph = two('any')
    given()
      .when(startExecution(graph))
      .then(started(graph), made('left'), made('right'), done('both', { value: 'left' }), succeeded('both'))
  })

  it('[STP5] is those of the first n when it waits for n', () => {
    const graph = graphOf(
      [start, make('a'), make('b'), make('c'), keep('two', ['a.value', 'b.value', 'c.value'], { join: 2 })],
      ['start -> c', 'start -> a', 'start -> b', 'a -> two', 'b -> two', 'c -> two'],
    )
    given()
      .when(startExecution(graph))
      .then(
        started(graph),
        made('c'),
        made('a'),
        made('b'),
        done('two', { a: { value: 'a' }, c: { value: 'c' } }),
        succeeded('two'),
      )
  })

  it('[STP4] is null for a step that went on without output', () => {
    const graph = graphOf(
      [start, http('left', { onError: 'continue' }), make('right'), keep('both', ['left', 'right'])],
      ['start -> left', 'start -> right', 'left -> both', 'right -> both'],
    )
    given(started(graph), attemptStarted('left'), made('right'))
      .when(failAttempt('left'))
      .then(
        attemptFailed('left'),
        stepFailed('left', busy, { handled: 'continue', ports: ['out'] }),
        done('both', { left: null, right: { value: 'right' } }),
        succeeded('both'),
      )
    const only = graphOf(
      [start, http('left', { onError: 'continue' }), keep('part', ['a'])],
      ['start -> left', 'left -> part'],
    )
    const failure = { code: 'expression_failed', message: 'keep works on an object, and the input is not one' }
    given(started(only), attemptStarted('left'))
      .when(failAttempt('left'))
      .then(
        attemptFailed('left'),
        stepFailed('left', busy, { handled: 'continue', ports: ['out'] }),
        stepFailed('part', failure),
        executionFailed(failure, 'part'),
      )
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
