import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import {
  attemptFailed,
  busy,
  done,
  executionFailed,
  failAttempt,
  startExecution,
  started,
  stepCancelled,
  stepFailed,
  succeeded,
  t0,
  wake,
} from '../support/events.ts'
import { given, logOf } from '../support/given.ts'
import { each, graphOf, http, inside, make, repeat, start } from '../support/graphs.ts'
import { eachStarted, iterationFailed, iterationStarted } from '../support/whole-events.ts'

const items = ['a', 'b']
const trigger = { body: { items } }
const start2 = { trigger }

describe('a step that fails in an iteration', () => {
  const edges = ['start -> orders', 'orders.body -> check', 'orders.body -> other']
  const nodes = [http('check', inside('orders')), http('other', inside('orders'))]
  const failing = (more = {}) => graphOf([start, each('orders', {}, more), ...nodes], edges)
  const failure = { code: 'item_failed', message: 'item 0 failed at check@orders[0]: busy' }
  const failed = [attemptFailed('check@orders[0]'), stepFailed('check@orders[0]', busy)]
  const others = ['check@orders[1]', 'other@orders[0]', 'other@orders[1]'].map((id) => stepCancelled(id))

  it('[CON5][CON6][ERR2] ends the container, which ends the execution with the failure of the step', () => {
    const graph = failing()
    given(...logOf(startExecution(graph, start2)))
      .when(failAttempt('check@orders[0]'))
      .then(...failed, ...others, stepFailed('orders', failure), executionFailed(busy, 'check@orders[0]'))
  })

  it('[CON5] lets the container leave by `error`, and what follows from there begins', () => {
    const graph = graphOf(
      [start, each('orders'), ...nodes, make('mend', '{{ steps.orders.error.code }}')],
      [...edges, 'orders.error -> mend'],
    )
    given(...logOf(startExecution(graph, start2)))
      .when(failAttempt('check@orders[0]'))
      .then(
        ...failed,
        ...others,
        stepFailed('orders', failure, { handled: 'port', ports: ['error'] }),
        done('mend', { value: 'item_failed' }),
        succeeded('mend'),
      )
  })

  it('[CON5][CON3] lets the container go on without output, and forgets its iterations', () => {
    const graph = failing({ onError: 'continue' })
    const after = given(...logOf(startExecution(graph, start2))).when(failAttempt('check@orders[0]'))
    after.then(
      ...failed,
      ...others,
      stepFailed('orders', failure, { handled: 'continue', ports: ['out'] }),
      succeeded(null),
    )
    expect(after.state).toMatchObject({ scopes: { size: 0 }, steps: { size: 2 }, idle: { size: 0 } })
  })

  it('[CON4] ends only its iteration when the `each` goes on without it', () => {
    const graph = graphOf([start, each('orders', { onItemError: 'continue' }), ...nodes], edges)
    given(...logOf(startExecution(graph, start2)))
      .when(failAttempt('check@orders[0]'))
      .then(...failed, stepCancelled('other@orders[0]'), iterationFailed('orders', 0, 'check@orders[0]'))
  })

  it('[CON6] ends all containers round it, from the inside out, up to one that goes on', () => {
    const graph = graphOf(
      [
        start,
        each('orders', { onItemError: 'continue' }),
        each('lines', { items: '[1, 2]' }, inside('orders')),
        repeat('tries', { while: 'true' }, inside('lines')),
        http('check', inside('tries')),
      ],
      ['start -> orders', 'orders.body -> lines', 'lines.body -> tries', 'tries.body -> check'],
    )
    const check = (line: number) => `check@orders[0]/lines[${line}]/tries[0]`
    const only = { trigger: { body: { items: ['a'] } } }
    const log = logOf(startExecution(graph, only))
    const message = `iteration 0 failed at ${check(0)}: busy`
    const ofLine = `item 0 failed at ${check(0)}: busy`
    const after = given(...log).when(failAttempt(check(0)))
    after.then(
      attemptFailed(check(0)),
      stepFailed(check(0), busy),
      stepFailed('tries@orders[0]/lines[0]', { code: 'iteration_failed', message }),
      stepCancelled(check(1)),
      stepCancelled('tries@orders[0]/lines[1]'),
      stepFailed('lines@orders[0]', { code: 'item_failed', message: ofLine }),
      iterationFailed('orders', 0, check(0)),
      done('orders', [{ error: { code: 'http_503', message: 'busy', step: check(0) } }]),
      succeeded('orders'),
    )
    expect(after.state).toMatchObject({ scopes: { size: 0 }, steps: { size: 2 }, arrivals: { size: 1 } })
  })

  it('[CON7] ends the execution when it is a fail step, whatever the container says', () => {
    const graph = graphOf(
      [
        start,
        each('orders', { onItemError: 'continue' }, { onError: 'continue' }),
        { id: 'stop', kind: 'fail', config: { message: 'no {{ item }}' }, ...inside('orders') },
      ],
      ['start -> orders', 'orders.body -> stop'],
    )
    const why = { code: 'failed', message: 'no a' }
    given()
      .when(startExecution(graph, start2))
      .then(
        started(graph, start2),
        eachStarted('orders', items),
        iterationStarted('orders', 0),
        stepFailed('stop@orders[0]', why),
        stepCancelled('orders'),
        executionFailed(why, 'stop@orders[0]'),
      )
  })

  it('[WAK2] does not time out any more when another that was due has ended what both are in', () => {
    const graph = graphOf([start, each('orders', {}, { onError: 'continue' }), nodes[0] ?? start], edges.slice(0, 2))
    const both = ['check@orders[0]', 'check@orders[1]']
    const after = given(...logOf(startExecution(graph, start2))).when(wake(t0 + 30_000, both))
    expect(after.state).toMatchObject({ status: 'succeeded' })
  })

  it('[WAK4] is not interrupted any more when another has ended what both are in', () => {
    const graph = graphOf([start, each('orders', {}, { onError: 'continue' }), nodes[0] ?? start], edges.slice(0, 2))
    const crashes = Array.from({ length: limits.interruptions - 1 }, () => wake(t0))
    const log = logOf(startExecution(graph, start2), ...crashes)
    const ends = given(...log).when(wake(t0))
    expect(ends.state).toMatchObject({ status: 'succeeded' })
  })
})
