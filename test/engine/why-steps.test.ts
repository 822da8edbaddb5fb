import { describe, expect, it } from 'vitest'

import { pause } from '../support/commands.ts'
import { cancel, failAttempt, startExecution, succeed, t0, wake } from '../support/events.ts'
import { logOf } from '../support/given.ts'
import { broken, condition, delay, each, graphOf, http, inside, make, start, step } from '../support/graphs.ts'

import { told, why } from './why-told.ts'

const retry = { maxAttempts: 3, initialIntervalMs: 1000, jitter: 0 }
const charging = graphOf([start, http('charge', { retry }), make('receipt')], ['start -> charge', 'charge -> receipt'])
const since = '2026-01-01T00:00:00Z'

describe('a step that is over', () => {
  const routing = graphOf(
    [
      start,
      condition('size', { big: 'trigger.body.total > 100' }),
      make('call'),
      make('letter'),
      make('end', 1, { join: 'any' }),
      make('after'),
    ],
    ['start -> size', 'size.big -> call', 'size.else -> letter', 'call -> after'],
  )
  const routed = logOf(startExecution(routing))

  it('[WHY10] says when it ended, how it left, and by which rules', () => {
    expect(told(routed, 'size')).toEqual([
      `step size succeeded at ${since} and left by else`,
      '  the rule trigger.body.total > 100 for big was false',
    ])
    expect(why(routed, 'size')?.[1]?.rule).toMatchObject({ operands: { 'trigger.body.total': 40 } })
    expect(told(routed, 'start')).toEqual([`step start succeeded at ${since} and left by out`])
    const lenient = graphOf([start, broken('sum', { onError: 'continue' })], ['start -> sum'])
    expect(told(logOf(startExecution(lenient)), 'sum')?.[0]).toMatch(/^step sum failed at .* and left by out$/)
  })

  it('[WHY11] that was skipped says which edges died, and why', () => {
    expect(told(routed, 'after')).toEqual([
      'step after was skipped: the edge call.out died',
      '  step call was skipped: the edge size.big died',
      `    step size succeeded at ${since} and left by else`,
      '      the rule trigger.body.total > 100 for big was false',
    ])
    const hook = { id: 'hook', kind: 'webhook' }
    const two = graphOf([start, hook, make('made', 1, { join: 'any' })], ['start -> made', 'hook -> made'])
    expect(told(logOf(startExecution(two)), 'hook')).toEqual(['step hook is skipped: start started the execution'])
  })

  it('[WHY12] that was cancelled, or never began, says what ended it', () => {
    const graph = graphOf(
      [start, http('charge'), delay('rest'), make('after')],
      ['start -> charge', 'start -> rest', 'rest -> after'],
    )
    const failed = logOf(startExecution(graph), failAttempt('charge'))
    const why = `  step charge failed at ${since}, attempt 1 with http_503: busy, and ended what it is part of`
    expect(told(failed, 'rest')).toEqual(['step rest is cancelled because step charge failed with http_503: busy', why])
    expect(told(failed, 'after')).toEqual([
      'step after never began because step charge failed with http_503: busy',
      why,
    ])
    const stopped = logOf(startExecution(graph), cancel())
    const because = 'because the execution was cancelled: not needed any more'
    expect(told(stopped, 'rest')).toEqual([`step rest is cancelled ${because}`])
    expect(told(stopped, 'after')).toEqual([`step after never began ${because}`])
    const late = graphOf([start, delay('rest', 9000)], ['start -> rest'], { timeoutMs: 1000 })
    expect(told(logOf(startExecution(late), wake(t0 + 1000)), 'rest')).toEqual([
      'step rest is cancelled because execution_timeout: the execution did not end within its time limit',
    ])
  })
})

describe('a step outside the part of the items that a child works on', () => {
  it('[WHY12] never begins there', () => {
    const graph = graphOf(
      [start, each('orders'), make('note', 1, inside('orders')), make('sum')],
      ['start -> orders', 'orders.body -> note', 'orders -> sum'],
    )
    const batch = { container: step('orders'), first: 0, items: [1], concurrency: 1, bytes: 1, scope: { steps: {} } }
    const log = logOf(startExecution(graph, { batch }))
    expect(told(log, 'sum')).toEqual(['step sum never began because this execution does not lead to it'])
  })
})

describe('a step of an iteration that is kept to be undone', () => {
  it('[WHY12] says that it was cancelled with its iteration', () => {
    const graph = graphOf(
      [
        start,
        each('orders', { onItemError: 'continue' }),
        http('book', inside('orders')),
        http('charge', inside('orders')),
        delay('rest', 1000, inside('orders')),
        http('release', inside('orders')),
        delay('end', 9000),
      ],
      [
        'start -> orders',
        'orders.body -> book',
        'book -> charge',
        'book -> rest',
        'book.compensate -> release',
        'start -> end',
      ],
    )
    const [book, charge] = ['book@orders[0]', 'charge@orders[0]'] as const
    const log = logOf(
      startExecution(graph, { trigger: { body: { items: [1] } } }),
      succeed(book, 1),
      failAttempt(charge),
    )
    expect(told(log, 'rest@orders[0]')).toEqual(['step rest@orders[0] is cancelled because what it was part of failed'])
  })
})

describe('a step that has not begun', () => {
  const orders = graphOf(
    [
      start,
      delay('rest'),
      each('orders', { concurrency: 1 }),
      http('charge', inside('orders')),
      make('note', 1, inside('orders')),
      make('sum'),
    ],
    ['start -> rest', 'rest -> orders', 'orders.body -> charge', 'charge -> note', 'orders -> sum'],
  )
  const trigger = { body: { items: [1, 2] } }
  const resting = logOf(startExecution(orders, { trigger }))
  const open = logOf(startExecution(orders, { trigger }), wake(t0 + 1000), succeed('charge@orders[0]', 1, 1, t0 + 1000))

  it('[WHY13] says which edges may still be taken, and why they are not', () => {
    expect(told(resting, 'sum')).toEqual([
      'step sum has not begun: the edge orders.out may still be taken',
      '  step orders has not begun: the edge rest.out may still be taken',
      '    step rest waits until 2026-01-01T00:00:01Z',
    ])
    expect(told(open, 'note@orders[1]')).toEqual([
      'step note@orders[1] has not begun: the edge charge.out may still be taken',
      '  attempt 1 of step charge@orders[1] is in flight, at most until 2026-01-01T00:00:31Z',
    ])
  })

  it('[WHY13] says that it is held by a pause', () => {
    const log = logOf(startExecution(charging), pause(), succeed('charge', 1))
    expect(told(log, 'receipt')).toEqual(['step receipt begins when the execution goes on'])
  })

  it('[WHY14] in an iteration that has not begun, or is over, says that', () => {
    expect(told(resting, 'charge@orders[0]')).toEqual([
      'iteration 0 of orders has not begun',
      '  step orders has not begun: the edge rest.out may still be taken',
      '    step rest waits until 2026-01-01T00:00:01Z',
    ])
    const one = `  each orders has 1 of 2 items open and 1 over`
    expect(told(open, 'charge@orders[2]')?.slice(0, 2)).toEqual(['iteration 2 of orders has not begun', one])
    const over = 'iteration 0 of orders is not under way any more: what its steps did is in the log'
    expect(told(open, 'charge@orders[0]')?.slice(0, 2)).toEqual([over, one])
    const ended = [
      startExecution(orders, { trigger }),
      wake(t0 + 1000),
      succeed('charge@orders[0]', 1),
      succeed('charge@orders[1]', 1),
    ]
    expect(told(logOf(...ended), 'charge@orders[0]')?.[0]).toBe(over)
  })

  it('[WHY15] that undoes another says so', () => {
    const graph = graphOf([start, http('book'), http('release')], ['start -> book', 'book.compensate -> release'])
    const undoes = ['step release undoes book, and begins only when that is undone']
    expect(told(logOf(startExecution(graph)), 'release')).toEqual(undoes)
    expect(told(logOf(startExecution(graph), succeed('book', null)), 'release')).toEqual(undoes)
  })

  it('[WHY16] is null when the graph has no such step', () => {
    for (const id of [
      'gone',
      'charge',
      'sum@orders[0]',
      'charge@gone[0]',
      'sum@',
      'charge@orders',
      'charge@orders[00]',
      'charge@orders[0]/',
      'charge@orders[x]',
      'note@orders[0]/orders[1]',
      '@',
      '',
    ]) {
      expect([id, why(resting, id)]).toEqual([id, null])
    }
  })
})
