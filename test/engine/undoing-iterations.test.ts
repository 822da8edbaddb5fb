import { describe, expect, it } from 'vitest'

import type { Started } from '../../runtime/engine/state.ts'
import type { Graph } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { busy, done, executionFailed, failAttempt, startExecution, succeed, t0, wake } from '../support/events.ts'
import { fold, logOf } from '../support/given.ts'
import { each, graphOf, http, inside, make, repeat, start, step } from '../support/graphs.ts'
import { undoing } from '../support/whole-events.ts'

describe('what undoes a step in an iteration', () => {
  const graph = graphOf(
    [
      start,
      each('orders', { concurrency: 1 }),
      http('charge', inside('orders')),
      make('note', 'of {{ item }}', inside('orders')),
      make('refund', '{{ [item, index, steps.charge.output, steps.note.output.value] }}', inside('orders')),
      http('last'),
    ],
    ['start -> orders', 'orders.body -> charge', 'charge -> note', 'orders -> last', 'charge.compensate -> refund'],
  )
  const begin = startExecution(graph, { trigger: { body: { items: ['a', 'b'] } } })
  const charged = (index: number) => succeed(`charge@orders[${index}]`, `paid ${index}`)

  it('[CMP3] reads the item, the index and the steps of that iteration, long after it is over', () => {
    const log = logOf(begin, charged(0), charged(1), failAttempt('last'))
    expect(log.slice(-4)).toEqual([
      undoing(['charge@orders[1]', 'charge@orders[0]'], { type: 'failed', failure: busy, step: step('last') }),
      done('refund@orders[1]', { value: ['b', 1, 'paid 1', 'of b'] }),
      done('refund@orders[0]', { value: ['a', 0, 'paid 0', 'of a'] }),
      executionFailed(busy, 'last'),
    ])
  })

  it('[CMP1] runs for each of very many, of which the event lists the first', () => {
    const many = limits.undoneListed + 2
    const items = Array.from({ length: many }, (_, index) => index)
    const charges = items.map((index) => charged(index))
    const log = logOf(startExecution(graph, { trigger: { body: { items } } }), ...charges, failAttempt('last'))
    const begun = log.find((event) => event.type === 'CompensationStarted')
    expect(begun).toMatchObject({ more: 2 })
    expect(begun?.steps).toHaveLength(limits.undoneListed)
    expect(begun?.steps[0]).toBe(`charge@orders[${many - 1}]`)
    const undone = log.filter((event) => event.type === 'StepSucceeded' && event.step.startsWith('refund@'))
    expect(undone).toHaveLength(many)
  })

  it('[CMP3] runs also in an iteration that was cut off', () => {
    const inTwo = graphOf(
      [
        start,
        each('orders'),
        http('charge', inside('orders')),
        http('ship', inside('orders')),
        make('refund', '{{ item }}', inside('orders')),
      ],
      ['start -> orders', 'orders.body -> charge', 'charge -> ship', 'charge.compensate -> refund'],
    )
    const log = logOf(
      startExecution(inTwo, { trigger: { body: { items: ['a', 'b'] } } }),
      charged(0),
      failAttempt('ship@orders[0]'),
    )
    expect(log.slice(-2)).toEqual([done('refund@orders[0]', { value: 'a' }), executionFailed(busy, 'ship@orders[0]')])
  })

  it('[CMP3] runs after nested containers and iterations that failed, with the names of each', () => {
    const nested = graphOf(
      [
        start,
        each('orders', { onItemError: 'continue' }),
        repeat('tries', { while: 'index < 2' }, inside('orders')),
        http('charge', inside('tries')),
        make('refund', '{{ [item, index, steps.orders.index] }}', inside('tries')),
        http('check', inside('orders')),
        http('last'),
      ],
      [
        'start -> orders',
        'orders.body -> tries',
        'tries.body -> charge',
        'tries -> check',
        'orders -> last',
        'charge.compensate -> refund',
      ],
    )
    const log = logOf(
      startExecution(nested, { trigger: { body: { items: ['a', 'b'] } } }),
      succeed('charge@orders[1]/tries[0]', 1),
      succeed('charge@orders[1]/tries[1]', 1),
      failAttempt('check@orders[1]'),
      failAttempt('charge@orders[0]/tries[0]'),
      failAttempt('last'),
    )
    expect(log.slice(-3)).toEqual([
      done('refund@orders[1]/tries[1]', { value: ['b', 1, 1] }),
      done('refund@orders[1]/tries[0]', { value: ['b', 0, 1] }),
      executionFailed(busy, 'last'),
    ])
  })

  it('[CMP3] keeps no more of iterations than what can be undone needs', () => {
    const sizes = (graph: Graph) => {
      const list = Array.from({ length: 50 }, (_, index) => index)
      const commands = list.map((index) => charged(index))
      const { steps, arrivals, scopes } = fold(
        logOf(startExecution(graph, { trigger: { body: { items: list } } }), ...commands),
      ) as Started
      return [steps.size, arrivals.size, scopes.size]
    }
    expect(sizes(graph)).toEqual([103, 2, 0])
    const without = graphOf(
      [start, each('orders', { concurrency: 1 }), http('charge', inside('orders')), http('last')],
      ['start -> orders', 'orders.body -> charge', 'orders -> last'],
    )
    expect(sizes(without)).toEqual([3, 2, 0])
  })

  it('[CMP3] works on the output of what it undoes, when it names nothing', () => {
    const keep = { id: 'refund', kind: 'transform', config: { operation: 'keep', paths: ['receipt'] } }
    const unnamed = graphOf(
      [start, http('charge'), keep, http('last')],
      ['start -> charge', 'charge -> last', 'charge.compensate -> refund'],
    )
    const log = logOf(startExecution(unnamed), succeed('charge', { receipt: 7, sum: 8 }), failAttempt('last'))
    expect(log.at(-2)).toEqual(done('refund', { receipt: 7 }))
  })

  it('[CMP1][ATT13] counts crashes of what undoes, and goes on with the others', () => {
    const acting = graphOf(
      [start, http('charge'), http('refund'), http('last')],
      ['start -> charge', 'charge -> last', 'charge.compensate -> refund'],
    )
    const crashes = Array.from({ length: limits.interruptions }, () => wake(t0))
    const log = logOf(startExecution(acting), succeed('charge', 1), failAttempt('last'), ...crashes)
    expect(log.at(-1)).toEqual(executionFailed(busy, 'last'))
  })
})
