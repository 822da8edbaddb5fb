import { describe, expect, it } from 'vitest'

import { nextWakeAt, type Started } from '../../runtime/engine/index.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import {
  attemptStarted,
  done,
  made,
  skipped,
  startExecution,
  started,
  succeed,
  succeeded,
  t0,
  wake,
} from '../support/events.ts'
import { fold, given, logOf } from '../support/given.ts'
import { condition, each, graphOf, http, inside, make, repeat, start } from '../support/graphs.ts'
import { eachStarted, iterated, iterationStarted } from '../support/whole-events.ts'

const items = ['a', 'b']
const trigger = { body: { items } }
const start2 = { trigger }

describe('an iteration', () => {
  const graph = graphOf(
    [start, each('orders'), http('check', inside('orders')), make('note', 'note', inside('orders'))],
    ['start -> orders', 'orders.body -> check', 'check -> note'],
  )

  it('[CON1] begins with an event, by which the edges out of `body` are taken', () => {
    given()
      .when(startExecution(graph, start2))
      .then(
        started(graph, start2),
        eachStarted('orders', items),
        iterationStarted('orders', 0),
        attemptStarted('check@orders[0]'),
        iterationStarted('orders', 1),
        attemptStarted('check@orders[1]'),
      )
  })

  it('[CON1][ACT6][ACT7] counts the edges of a join by itself', () => {
    const sizes = condition('size', { big: 'item > 10' }, inside('orders'))
    const joined = graphOf(
      [
        start,
        each('orders'),
        sizes,
        make('big', 'big', inside('orders')),
        make('two', 'two', { join: 2, ...inside('orders') }),
      ],
      ['start -> orders', 'orders.body -> size', 'orders.body -> two', 'size.big -> big', 'big -> two'],
    )
    const log = logOf(startExecution(joined, { trigger: { body: { items: [5, 50] } } }))
    const ends = log.filter(({ type }) => type === 'StepSkipped' || type === 'StepSucceeded')
    expect(ends.flatMap((event) => ('step' in event ? [`${event.type} ${event.step}`] : []))).toEqual([
      'StepSucceeded size@orders[0]',
      'StepSkipped big@orders[0]',
      'StepSkipped two@orders[0]',
      'StepSucceeded size@orders[1]',
      'StepSucceeded big@orders[1]',
      'StepSucceeded two@orders[1]',
      'StepSucceeded orders',
    ])
    const skip = log.find((event) => event.type === 'StepSkipped' && event.step === 'two@orders[0]')
    expect(skip).toEqual(skipped('two@orders[0]', ['big']))
  })

  it('[CON2] ends when nothing in it is active, with the output of its last step', () => {
    given(...logOf(startExecution(graph, start2)))
      .when(succeed('check@orders[1]', 'B'))
      .then(
        done('check@orders[1]', 'B', { attempt: 1 }),
        made('note@orders[1]'),
        iterated('orders', 1, ['note@orders[1]', 8], { bytes: 17 }),
      )
  })

  it('[CON2] comes to an object by id when several of its last steps succeeded, and to null when none did', () => {
    const forked = graphOf(
      [
        start,
        each('orders', { items: '[1, 2]' }),
        condition('odd', { odd: 'item == 1' }, inside('orders')),
        make('x', 'x', inside('orders')),
        make('y', 'y', inside('orders')),
      ],
      ['start -> orders', 'orders.body -> odd', 'odd.odd -> x', 'odd.odd -> y'],
    )
    const log = logOf(startExecution(forked))
    expect(outputsOf('orders', log)).toEqual([[{ x: { value: 'x' }, y: { value: 'y' } }, null]])
    expect(log.filter(({ type }) => type === 'IterationSucceeded')).toEqual([
      iterated(
        'orders',
        0,
        {
          shape: 'steps',
          steps: [
            { step: 'x@orders[0]' as never, position: 5 },
            { step: 'y@orders[0]' as never, position: 6 },
          ],
        },
        { bytes: 38 },
      ),
      iterated('orders', 1, { shape: 'none' }, { bytes: 5 }),
    ])
  })

  it('[CON2] is over at once when nothing begins in it', () => {
    const empty = graphOf([start, each('orders', { items: '[1, 2]' })], ['start -> orders'])
    expect(outputsOf('orders', logOf(startExecution(empty)))).toEqual([[null, null]])
  })

  it('[CON3] is forgotten when it is over: the state is as large after a thousand as after one', () => {
    const counts = (count: number) => {
      const list = Array.from({ length: count }, (_, index) => index)
      const first = startExecution(graph, { trigger: { body: { items: list } } })
      const rest = list.slice(0, -5).map((index) => succeed(`check@orders[${index}]`, index))
      const { steps, arrivals, scopes, active, busy, idle, callbacks, pending } = fold(logOf(first, ...rest)) as Started
      return [steps, arrivals, scopes, active, busy, idle, callbacks, pending].map(({ size }) => size)
    }
    expect(counts(1000)).toEqual(counts(6))
    expect(counts(1000)).toEqual([7, 6, 5, 6, 5, 0, 0, 0])
  })

  it('[CON3] leaves one position behind, in a `repeat` only the last one does', () => {
    const both = graphOf(
      [
        start,
        each('orders', { items: '[0, 1, 2, 3]', concurrency: 1 }),
        http('check', inside('orders')),
        repeat('tries', { while: 'true' }),
        http('attempt', inside('tries')),
      ],
      ['start -> orders', 'orders.body -> check', 'start -> tries', 'tries.body -> attempt'],
    )
    const commands = [0, 1, 2].flatMap((index) => [
      succeed(`check@orders[${index}]`, index),
      succeed(`attempt@tries[${index}]`, index),
    ])
    const { steps } = fold(logOf(startExecution(both), ...commands)) as Started
    const results = [...steps.values()].flatMap((one) => (one.status === 'open' ? [one.iterations.results.size] : []))
    expect(results.sort()).toEqual([1, 3])
  })
})

describe('what can go on', () => {
  it('[CON8] goes on with what edges reached, then with iterations that are over, then with the innermost container', () => {
    const graph = graphOf(
      [
        start,
        each('a_outer', { items: '[1, 2]' }),
        each('z_inner', { items: '[1]' }, inside('a_outer')),
        make('note', 'note', inside('z_inner')),
      ],
      ['start -> a_outer', 'a_outer.body -> z_inner', 'z_inner.body -> note'],
    )
    const log = logOf(startExecution(graph)).map((event) =>
      'step' in event ? `${event.type} ${event.step}${'index' in event ? ` ${event.index}` : ''}` : event.type,
    )
    const of = (index: number) => [
      `IterationStarted a_outer ${index}`,
      `EachStarted z_inner@a_outer[${index}]`,
      `IterationStarted z_inner@a_outer[${index}] 0`,
      `StepSucceeded note@a_outer[${index}]/z_inner[0]`,
      `IterationSucceeded z_inner@a_outer[${index}] 0`,
      `StepSucceeded z_inner@a_outer[${index}]`,
      `IterationSucceeded a_outer ${index}`,
    ]
    expect(log).toEqual([
      'ExecutionStarted',
      'EachStarted a_outer',
      ...of(0),
      ...of(1),
      'StepSucceeded a_outer',
      'ExecutionSucceeded',
    ])
  })

  const graph = graphOf(
    [start, each('orders'), make('note', '{{ item }}', inside('orders'))],
    ['start -> orders', 'orders.body -> note'],
  )
  const many = Array.from({ length: 400 }, (_, index) => index)
  const begin = startExecution(graph, { trigger: { body: { items: many } } })

  it('[CON9][WAK6] is left to the next turn after so many events, and the execution wakes at once', () => {
    const first = logOf(begin)
    expect(first.length).toBe(limits.turnEvents)
    expect(nextWakeAt(fold(first))).toBe(t0)
    const all = logOf(begin, wake(t0), wake(t0))
    expect(outputsOf('orders', all)).toEqual([many.map((value) => ({ value }))])
    expect(all.at(-1)).toEqual(succeeded('orders'))
  })

  it('[CON9] comes to the same log in whatever pieces', () => {
    const whole = logOf(begin, wake(t0), wake(t0))
    expect(whole.length).toBe(2 + 3 * many.length + 2)
    const indices = whole.flatMap((event) => (event.type === 'IterationStarted' ? [event.index] : []))
    expect(indices).toEqual(many)
    for (const [index, event] of whole.entries()) {
      if (event.type === 'IterationStarted') expect(whole[index + 2]).toMatchObject({ type: 'IterationSucceeded' })
    }
  })
})

/** Outputs of all runs of a node, in the order of the log. */
function outputsOf(node: string, log: readonly ExecutionEvent[]): unknown[] {
  return log.flatMap((event) =>
    event.type === 'StepSucceeded' && event.step.split('@')[0] === node ? [event.output] : [],
  )
}
