import { describe, expect, it } from 'vitest'

import { limits } from '../../schemas/limits.ts'
import {
  done,
  executionFailed,
  failAttempt,
  startExecution,
  stepCancelled,
  stepFailed,
  succeed,
} from '../support/events.ts'
import { given, logOf } from '../support/given.ts'
import { each, graphOf, http, inside, start, step } from '../support/graphs.ts'

const starting = (items: unknown) => ({ trigger: { body: { items } } })
const checking = (config = {}) =>
  graphOf([start, each('orders', config), http('check', inside('orders'))], ['start -> orders', 'orders.body -> check'])

describe('the list of an each', () => {
  it('[EAC7] fails with the item whose result is too much for the list, and does no more', () => {
    const graph = checking({ concurrency: 3 })
    const text = 'x'.repeat(limits.stepOutputBytes / 2)
    const log = logOf(startExecution(graph, starting(['a', 'b', 'c', 'd'])), succeed('check@orders[2]', text))
    const message = `with item 1 the results have ${limits.stepOutputBytes + 7} bytes of JSON together, and ${limits.stepOutputBytes} are allowed: say in collect what to keep of each`
    const failure = { code: 'output_too_large', message }
    given(...log)
      .when(succeed('check@orders[1]', text))
      .then(
        done('check@orders[1]', text, { attempt: 1 }),
        stepCancelled('check@orders[0]'),
        stepCancelled('check@orders[3]'),
        stepFailed('orders', failure),
        executionFailed(failure, 'orders'),
      )
  })

  it('[EAC7] has room for a list of just that size', () => {
    const graph = checking({ items: '[1, 2]' })
    const log = logOf(startExecution(graph), succeed('check@orders[0]', 'x'.repeat(limits.stepOutputBytes - 10)))
    const statusAfter = (text: string) => given(...log).when(succeed('check@orders[1]', text)).state.status
    expect([statusAfter('xxx'), statusAfter('xxxx')]).toEqual(['succeeded', 'failed'])
  })

  it('[EAC7] counts the errors of the items that it goes on without', () => {
    const graph = checking({ onItemError: 'continue' })
    const log = logOf(
      startExecution(graph, starting(['a', 'b', 'c'])),
      succeed('check@orders[0]', 'x'.repeat(limits.stepOutputBytes - 20)),
    )
    const after = given(...log).when(failAttempt('check@orders[1]'))
    expect(after.state).toMatchObject({ status: 'failed', failedStep: 'orders' })
  })

  it('[EAC4] goes on without an item whose result is too much by itself, when it goes on without items', () => {
    const graph = checking({ collect: '[[steps.check.output]]', onItemError: 'continue' })
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
    const log = logOf(startExecution(graph, starting(['a'])), succeed('check@orders[0]', deep(limits.stepOutputDepth)))
    expect(log.slice(-3)).toMatchObject([
      { type: 'IterationFailed', failure: { code: 'expression_failed' } },
      { type: 'StepSucceeded', step: 'orders', output: [{ error: { code: 'expression_failed', step: 'orders' } }] },
      { type: 'ExecutionSucceeded' },
    ])
  })

  it('[EAC7][STP8] fails with the item whose result nests too deep in the list', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
    const log = logOf(startExecution(checking({ concurrency: 1 }), starting(['a', 'b'])))
    const ended = logOf(
      startExecution(checking({ concurrency: 1 }), starting(['a', 'b'])),
      succeed('check@orders[0]', deep(limits.stepOutputDepth)),
    ).slice(log.length)
    expect(ended.map(({ type }) => type)).toEqual(['StepSucceeded', 'StepFailed', 'ExecutionFailed'])
    expect(ended[1]).toMatchObject({
      failure: {
        code: 'output_too_deep',
        message:
          'the result of item 0 nests 101 levels in the list, and 100 are allowed: say in collect what to keep of each',
      },
    })
  })

  it('[EAC7] counts in a batch what the batches before it came to', () => {
    const batch = {
      container: step('orders'),
      first: 2,
      items: ['c', 'd'],
      concurrency: 1,
      bytes: limits.stepOutputBytes - 4,
      scope: {},
    }
    const log = logOf(startExecution(checking(), { batch }))
    const statusAfter = (text: string) => given(...log).when(succeed('check@orders[2]', text)).state.status
    expect([statusAfter('x'), statusAfter('xx')]).toEqual(['running', 'failed'])
  })
})
