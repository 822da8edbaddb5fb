import { describe, expect, it } from 'vitest'

import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import { startExecution } from '../support/events.ts'
import { logOf } from '../support/given.ts'
import { each, graphOf, inside, make, repeat, start } from '../support/graphs.ts'

const items = ['a', 'b']
const trigger = { body: { items } }
const start2 = { trigger }

describe('a step inside containers', () => {
  const nested = graphOf(
    [
      start,
      each('orders'),
      each('lines', { items: 'item.lines' }, inside('orders')),
      make('note', '{{ item }}', inside('lines')),
    ],
    ['start -> orders', 'orders.body -> lines', 'lines.body -> note'],
  )

  it('[STP6] has a key with the path to its iteration, the outermost first', () => {
    const orders = [{ lines: [7] }, { lines: [8, 9] }]
    const log = logOf(startExecution(nested, { trigger: { body: { items: orders } } }))
    expect(
      log.flatMap((event) => ('step' in event ? [event.step] : [])).filter((key) => key?.startsWith('note')),
    ).toEqual(['note@orders[0]/lines[0]', 'note@orders[1]/lines[0]', 'note@orders[1]/lines[1]'])
  })

  it('[STP9] reads the step of its own iteration, and of those round it the nearest', () => {
    const graph = graphOf(
      [
        start,
        make('rate', 2),
        each('orders'),
        make('price', '{{ item * steps.rate.output.value }}', inside('orders')),
        make('text', '{{ steps.price.output.value }} of {{ steps.rate.output.value }}', inside('orders')),
      ],
      ['start -> rate', 'rate -> orders', 'orders.body -> price', 'price -> text'],
    )
    expect(valuesOf('text', logOf(startExecution(graph, { trigger: { body: { items: [3, 4] } } })))).toEqual([
      '6 of 2',
      '8 of 2',
    ])
  })

  it('[STP9] reads also the step of the iteration between', () => {
    const graph = graphOf(
      [
        start,
        each('orders'),
        make('order', '{{ item }}', inside('orders')),
        each('lines', { items: '[1, 2]' }, inside('orders')),
        make('text', '{{ steps.order.output.value }}{{ item }}', inside('lines')),
      ],
      ['start -> orders', 'orders.body -> order', 'order -> lines', 'lines.body -> text'],
    )
    expect(valuesOf('text', logOf(startExecution(graph, start2)))).toEqual(['a1', 'a2', 'b1', 'b2'])
  })

  it('[STP10] has the item and the index of the innermost iteration', () => {
    const graph = graphOf(
      [
        start,
        each('orders'),
        repeat('tries', { while: 'index < 2' }, inside('orders')),
        make('note', '{{ [item, index, previous] }}', inside('tries')),
      ],
      ['start -> orders', 'orders.body -> tries', 'tries.body -> note'],
    )
    expect(valuesOf('note', logOf(startExecution(graph, { trigger: { body: { items: ['a'] } } })))).toEqual([
      ['a', 0, null],
      ['a', 1, { value: ['a', 0, null] }],
    ])
  })

  it('[STP11] reads the index and the item of any container round it by its name', () => {
    const graph = graphOf(
      [
        start,
        each('orders'),
        repeat('tries', { while: 'index < 1' }, inside('orders')),
        each('lines', { items: '["x"]' }, inside('tries')),
        make(
          'note',
          '{{ [steps.orders.item, steps.orders.index, steps.tries.index, steps.lines.item] }}',
          inside('lines'),
        ),
      ],
      ['start -> orders', 'orders.body -> tries', 'tries.body -> lines', 'lines.body -> note'],
    )
    expect(valuesOf('note', logOf(startExecution(graph, start2)))).toEqual([
      ['a', 0, 0, 'x'],
      ['b', 1, 0, 'x'],
    ])
  })

  it('[STP12] works on the item, in a `repeat` on what the iteration before came to, when it begins one', () => {
    const keep = (container: string) => ({
      id: 'keep',
      kind: 'transform',
      config: { operation: 'keep', paths: ['value'] },
      ...inside(container),
    })
    const ofEach = graphOf([start, each('orders'), keep('orders')], ['start -> orders', 'orders.body -> keep'])
    const orders = [{ value: 7, other: 8 }]
    expect(outputsOf('keep', logOf(startExecution(ofEach, { trigger: { body: { items: orders } } })))).toEqual([
      { value: 7 },
    ])
    const ofRepeat = graphOf(
      [
        start,
        repeat('tries', { while: 'index < 2' }),
        // Null has no paths.
        { ...keep('tries'), onError: 'continue' },
        make('note', '{{ index }}', inside('tries')),
      ],
      ['start -> tries', 'tries.body -> keep', 'keep -> note'],
    )
    expect(outputsOf('keep', logOf(startExecution(ofRepeat)))).toEqual([{ value: 0 }])
  })
})

/** Outputs of all runs of a node, in the order of the log. */
function outputsOf(node: string, log: readonly ExecutionEvent[]): unknown[] {
  return log.flatMap((event) =>
    event.type === 'StepSucceeded' && event.step.split('@')[0] === node ? [event.output] : [],
  )
}
const valuesOf = (node: string, log: readonly ExecutionEvent[]): unknown[] =>
  outputsOf(node, log).map((output) => (output as { value: unknown }).value)
