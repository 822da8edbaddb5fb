import { expect } from 'vitest'

import type { ExecutionView } from '../../schemas/api/executions.ts'
import { child, condition, each, inside, make, type NodeText, repeat, signalled } from '../support/graphs.ts'
import { call, type Drawing, drawn } from './every-kind-workflows.ts'

/** A workflow, and what each of its executions comes to, whatever the kills hit. */
export type Shape = { readonly drawing: Drawing; readonly expectEnd: (view: ExecutionView, n: number) => void }

const n = '{{ trigger.body.n }}'

/** Each step calls the address that has its name. */
type To = (id: string, more?: Partial<NodeText>) => NodeText
const toStepsOf =
  (url: string): To =>
  (id, more = {}) =>
    call(id, `${url}/${id}`, { n }, more)

/** One workflow for each thing that a crash can cut through. */
export function crashShapes(url: string, childId: string): readonly Shape[] {
  const to = toStepsOf(url)
  return [sixSteps(to), lines(to), pages(to), reminder(to), parent(to, childId), trip(to), transfer(to)]
}

export const crashChild = (url: string): Drawing =>
  drawn('Child', [toStepsOf(url)('inner'), make('given', n)], ['start -> inner', 'inner -> given'])

const sixSteps = (to: To): Shape => ({
  drawing: drawn(
    'Six steps',
    [
      to('reserve'),
      make('price', '{{ trigger.body.n * 2 }}'),
      to('charge'),
      condition('check', { paid: 'steps.charge.output.body.ok' }),
      to('ship'),
      { id: 'reply', kind: 'respond', config: { body: { n, total: '{{ steps.price.output.value }}' } } },
    ],
    [
      'start -> reserve',
      'reserve -> price',
      'price -> charge',
      'charge -> check',
      'check.paid -> ship',
      'ship -> reply',
    ],
  ),
  expectEnd: (view, given) =>
    expect(view).toMatchObject({ status: 'succeeded', output: { n: given, total: given * 2 } }),
})

/** Three calls of one list are in flight at once. */
const lines = (to: To): Shape => ({
  drawing: drawn(
    'Lines',
    [each('lines', { items: '[1, 2, 3, 4, 5]', concurrency: 3, collect: 'item' }), to('line', inside('lines'))],
    ['start -> lines', 'lines.body -> line'],
  ),
  expectEnd: (view) => expect(view).toMatchObject({ status: 'succeeded', output: [1, 2, 3, 4, 5] }),
})

const pages = (to: To): Shape => ({
  drawing: drawn(
    'Pages',
    [repeat('pages', { while: 'index < 3' }), to('page', inside('pages'))],
    ['start -> pages', 'pages.body -> page'],
  ),
  expectEnd: (view) =>
    expect(view).toMatchObject({ status: 'succeeded', output: { iterations: 3, isExhausted: false } }),
})

/** Nobody answers. */
const reminder = (to: To): Shape => ({
  drawing: drawn(
    'Reminder',
    [to('ask'), signalled('answer', { timeoutMs: 1_000 }), to('remind'), make('given', n)],
    ['start -> ask', 'ask -> answer', 'answer.timeout -> remind', 'remind -> given'],
  ),
  expectEnd: (view, given) => expect(view).toMatchObject({ status: 'succeeded', output: { value: given } }),
})

const parent = (to: To, childId: string): Shape => ({
  drawing: drawn(
    'Parent',
    [
      to('before'),
      child('child', { workflowId: childId, input: { n } }),
      to('after'),
      make('given', '{{ steps.child.output }}'),
    ],
    ['start -> before', 'before -> child', 'child -> after', 'after -> given'],
  ),
  expectEnd: (view, given) => expect(view).toMatchObject({ status: 'succeeded', output: { value: { value: given } } }),
})

/** Fails, and is undone. */
const trip = (to: To): Shape => ({
  drawing: drawn(
    'Trip',
    [to('book'), to('cancel_booking'), { id: 'stop', kind: 'fail', config: { message: 'Ill' } }],
    ['start -> book', 'book -> stop', 'book.compensate -> cancel_booking'],
  ),
  expectEnd: (view) => {
    const steps = [{ step: 'cancel_booking', undoes: 'book', status: 'succeeded' }]
    expect(view).toMatchObject({ status: 'failed', error: { message: 'Ill', step: 'stop' }, compensation: { steps } })
  },
})

/** Acts at most once: it succeeds, or waits for a person to say what it did. */
const transfer = (to: To): Shape => ({
  drawing: drawn(
    'Transfer',
    [to('transfer', { once: true }), make('given', n)],
    ['start -> transfer', 'transfer -> given'],
  ),
  expectEnd: (view, given) => {
    const end = { status: 'succeeded', output: { value: given } }
    const unknown = { status: 'paused', paused: { reason: 'unknown', quiescent: true }, unknown: ['transfer'] }
    expect(view).toMatchObject(view.status === 'paused' ? unknown : end)
  },
})
