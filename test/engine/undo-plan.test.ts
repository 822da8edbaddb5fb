import { describe, expect, it } from 'vitest'

import { undoPlan } from '../../runtime/engine/undo-plan.ts'
import type { ExecutionEvent } from '../../schemas/execution-events.ts'
import { cancelAndUndo } from '../support/commands.ts'
import { startExecution, succeed, t0 } from '../support/events.ts'
import { fold, logOf, readFrom } from '../support/given.ts'
import { delay, each, graphOf, http, inside, make, start } from '../support/graphs.ts'

const asking = (id: string, text: string) =>
  http(id, {
    config: { url: 'https://api.example/undo', method: 'POST', body: { text }, headers: { key: '{{ secrets.api }}' } },
  })

const booking = graphOf(
  [
    start,
    http('book'),
    http('pay'),
    http('note'),
    delay('rest'),
    asking('release', '{{ steps.book.output.room }}'),
    asking('refund', '{{ steps.pay.output.sum }}'),
    make('forget'),
  ],
  [
    'start -> book',
    'book -> pay',
    'pay -> note',
    'note -> rest',
    'book.compensate -> release',
    'pay.compensate -> refund',
    'note.compensate -> forget',
  ],
)
const planOf = (log: readonly ExecutionEvent[]) => undoPlan(fold(log), readFrom(log), t0)

const booked = [startExecution(booking), succeed('book', { room: 7 }), succeed('pay', { price: 12 })] as const

describe('a plan of undoing', () => {
  it('[PLN1] lists newest first what would be undone, by which step, and with which request', () => {
    expect(planOf(logOf(...booked, succeed('note', null)))).toMatchObject({
      ok: true,
      steps: [
        { undoes: 'note', step: 'forget' },
        {
          undoes: 'pay',
          step: 'refund',
          failure: { code: 'expression_failed', message: expect.stringContaining('sum') },
        },
        {
          undoes: 'book',
          step: 'release',
          request: {
            kind: 'http',
            config: { body: { text: 7 } },
            injections: [{ path: ['headers', 'key'], parts: [{ secret: 'api' }] }],
          },
        },
      ],
    })
  })

  it('[PLN1] is empty when nothing can be undone', () => {
    expect(planOf(logOf(startExecution(booking)))).toEqual({ ok: true, steps: [] })
  })

  it('[PLN2] asks for what the undoing then asks for, in iterations too', () => {
    const graph = graphOf(
      [
        start,
        each('orders'),
        http('book', inside('orders')),
        delay('rest', 1000, inside('orders')),
        asking('release', '{{ item }} {{ steps.book.output.room }}'),
      ].map((node) => (node.id === 'release' ? { ...node, ...inside('orders') } : node)),
      ['start -> orders', 'orders.body -> book', 'book -> rest', 'book.compensate -> release'],
    )
    const log = logOf(
      startExecution(graph, { trigger: { body: { items: ['a', 'b'] } } }),
      succeed('book@orders[1]', { room: 2 }),
      succeed('book@orders[0]', { room: 1 }),
    )
    const plan = planOf(log)
    expect(plan).toMatchObject({ steps: [{ undoes: 'book@orders[0]' }, { undoes: 'book@orders[1]' }] })
    const cancelled = logOf(
      startExecution(graph, { trigger: { body: { items: ['a', 'b'] } } }),
      succeed('book@orders[1]', { room: 2 }),
      succeed('book@orders[0]', { room: 1 }),
      cancelAndUndo(),
      succeed('release@orders[0]', null),
    )
    const asked = cancelled.flatMap((event) =>
      event.type === 'AttemptStarted' && event.step.startsWith('release') ? [event.request] : [],
    )
    expect(plan.ok && plan.steps.map(({ request }) => request)).toEqual(asked)
  })

  it('[PLN3] is refused as the cancel would be', () => {
    const undoing = logOf(...booked, cancelAndUndo())
    expect(planOf(undoing)).toEqual({ ok: false, rejection: { reason: 'compensated' } })
    expect(planOf([])).toEqual({ ok: false, rejection: { reason: 'not_running', status: 'not_started' } })
  })
})
