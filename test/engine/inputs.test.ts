import { describe, expect, it } from 'vitest'

import { decide } from '../../runtime/engine/index.ts'
import {
  attemptFailed,
  attemptStarted,
  busy,
  done,
  executionFailed,
  failAttempt,
  made,
  startExecution,
  started,
  stepFailed,
  succeed,
  succeeded,
  t0,
} from '../support/events.ts'
import { fold, given, logOf, readFrom } from '../support/given.ts'
import { graphOf, http, make, start } from '../support/graphs.ts'
import { took } from '../support/whole-events.ts'

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

  it('[STP4] is the output of the one step whose edge is taken', () => {
    const failing = make('left', '{{ trigger.body.missing }}', { onError: 'port' })
    const graph = graphOf(
      [start, failing, make('right'), keep('part', ['value'])],
      ['start -> left', 'start -> right', 'left -> part', 'right -> part'],
    )
    expect(given().when(startExecution(graph)).state).toMatchObject({ status: 'succeeded', position: 5 })
    const [, , , part] = decidedFrom(graph)
    expect(part).toEqual(done('part', { value: 'right' }))
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

  it('[STP4] is null for a step whose log says no output', () => {
    const graph = graphOf(
      [start, http('fetch'), http('other'), make('after', '{{ steps.fetch.output }}')],
      ['start -> fetch', 'start -> other', 'fetch -> after', 'other -> after'],
    )
    const log = logOf(startExecution(graph))
    const silent = took('fetch', 0, { outputAt: undefined, attempt: 1 })
    given(...log, silent)
      .when(succeed('other', 1))
      .then(done('other', 1, { attempt: 1 }), done('after', { value: null }), succeeded('after'))
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
    const failure = {
      code: 'expression_failed',
      message:
        'keep works on an object, and the input is null; name an object in from, for example steps.fetch.output.body',
    }
    given(started(only), attemptStarted('left'))
      .when(failAttempt('left'))
      .then(
        attemptFailed('left'),
        stepFailed('left', busy, { handled: 'continue', ports: ['out'] }),
        stepFailed('part', failure),
        executionFailed(failure, 'part'),
      )
  })

  it('[STP4] is not looked at when its `from` names another, which may fail', () => {
    const from = (id: string, expression: string) =>
      keep(id, ['name'], { config: { operation: 'keep', paths: ['name'], from: expression } })
    const graph = graphOf([start, from('part', 'trigger.body.customer')], ['start -> part'])
    given()
      .when(startExecution(graph))
      .then(started(graph), done('part', { name: 'Ada' }), succeeded('part'))
    const failing = graphOf([start, from('part', 'trigger.body.missing')], ['start -> part'])
    expect(given().when(startExecution(failing)).state).toMatchObject({ status: 'failed', failedStep: 'part' })
  })

  it('[KND6] is not changed when the values to be set fail', () => {
    const set = {
      id: 'part',
      kind: 'transform',
      config: { operation: 'set', values: { a: '{{ trigger.body.missing }}' } },
    }
    const graph = graphOf([start, set], ['start -> part'])
    expect(given().when(startExecution(graph)).state).toMatchObject({ status: 'failed', failedStep: 'part' })
  })
})

function decidedFrom(graph: Parameters<typeof startExecution>[0]) {
  const decision = decide(startExecution(graph), fold([]), readFrom([]))
  if (!decision.ok) throw new Error(`rejected: ${decision.rejection.reason}`)
  return decision.events
}
