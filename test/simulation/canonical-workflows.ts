import type { Graph } from '../../schemas/graph.ts'
import {
  approval,
  broken,
  child,
  condition,
  delay,
  each,
  graphOf,
  http,
  inside,
  make,
  type NodeText,
  repeat,
  signalled,
  start,
} from '../support/graphs.ts'
import type { Fault } from './faults.ts'

/** A workflow that is run with every operation failing in turn, and what its specification says it comes to. */
export type CanonicalWorkflow = {
  readonly graph: Graph
  readonly input?: Readonly<Record<string, unknown>>
  /** Published as `w2`, for what starts a child there. */
  readonly child?: Graph
  readonly output?: unknown
  /** The code of what it fails with. */
  readonly failure?: string
  /** The same when something goes wrong that the workflow does not try again. */
  readonly endsBy?: Partial<Record<Fault, string>>
  /** Keys of what reaches outside, once or more. The execution is `x1`. */
  readonly effects: readonly string[]
  /** Their first effects come in this order. */
  readonly isInOrder?: boolean
  /** A signal that is sent as soon as the execution is there. */
  readonly signal?: { readonly name: string; readonly data: unknown }
  /** Attempts that the endpoint fails before it begins to answer. */
  readonly refusals?: number
}

const again = { retry: { maxAttempts: 5, initialIntervalMs: 100 } }
const call = (id: string, more: Partial<NodeText> = {}): NodeText => http(id, { ...again, ...more })
const HOUR_MS = 3_600_000

const linear: CanonicalWorkflow = {
  graph: graphOf(
    [start, call('fetch'), make('shape'), call('send'), make('done')],
    ['start -> fetch', 'fetch -> shape', 'shape -> send', 'send -> done'],
  ),
  output: { value: 'done' },
  effects: ['x1.fetch', 'x1.send'],
  isInOrder: true,
}

const choice: CanonicalWorkflow = {
  graph: graphOf(
    [
      start,
      condition('tier', { gold: "trigger.body.tier == 'gold'" }),
      call('call_them'),
      call('mail_them'),
      make('done', 'done', { join: 'any' }),
    ],
    ['start -> tier', 'tier.gold -> call_them', 'tier.else -> mail_them', 'call_them -> done', 'mail_them -> done'],
  ),
  input: { tier: 'gold' },
  output: { value: 'done' },
  effects: ['x1.call_them'],
}

const eachItem: CanonicalWorkflow = {
  graph: graphOf(
    [start, each('all', { concurrency: 2, collect: 'item * 10' }), call('charge', inside('all'))],
    ['start -> all', 'all.body -> charge'],
  ),
  input: { items: [3, 1, 2] },
  output: [30, 10, 20],
  effects: ['x1.charge@all[0]', 'x1.charge@all[1]', 'x1.charge@all[2]'],
}

const nestedEach: CanonicalWorkflow = {
  graph: graphOf(
    [
      start,
      each('orders', { concurrency: 2 }),
      each('lines', { items: 'item', concurrency: 1, collect: 'item' }, inside('orders')),
      call('ship', inside('lines')),
    ],
    ['start -> orders', 'orders.body -> lines', 'lines.body -> ship'],
  ),
  input: { items: [[1, 2], [3]] },
  output: [[1, 2], [3]],
  effects: ['x1.ship@orders[0]/lines[0]', 'x1.ship@orders[0]/lines[1]', 'x1.ship@orders[1]/lines[0]'],
}

const repeated: CanonicalWorkflow = {
  graph: graphOf(
    [
      start,
      repeat('asking', { while: 'index < 2' }),
      call('ask', inside('asking')),
      // So long that a snapshot is kept.
      repeat('counting', { while: 'index < 90', maxIterations: 100 }),
      make('count', '{{ index }}', inside('counting')),
      call('tell'),
      make('done', '{{ steps.counting.output.iterations }}'),
    ],
    [
      'start -> asking',
      'asking.body -> ask',
      'asking -> counting',
      'counting.body -> count',
      'counting -> tell',
      'tell -> done',
    ],
  ),
  output: { value: 90 },
  effects: ['x1.ask@asking[0]', 'x1.ask@asking[1]', 'x1.tell'],
  isInOrder: true,
}

const parallel: CanonicalWorkflow = {
  graph: graphOf(
    [
      start,
      call('one'),
      call('other'),
      call('third'),
      make('first', 'first', { join: 'any' }),
      make('all', 'all', { join: 'all' }),
    ],
    [
      'start -> one',
      'start -> other',
      'start -> third',
      'one -> first',
      'other -> first',
      'first -> all',
      'third -> all',
    ],
  ),
  output: { value: 'all' },
  effects: ['x1.one', 'x1.other', 'x1.third'],
}

const signal: CanonicalWorkflow = {
  graph: graphOf(
    [
      start,
      call('bill'),
      signalled('paid', { timeoutMs: 300 * HOUR_MS }),
      signalled('complaint', { name: 'complaint', timeoutMs: 5000 }),
      make('done', '{{ steps.paid.output.sum }}'),
    ],
    ['start -> bill', 'bill -> paid', 'paid -> complaint', 'complaint.timeout -> done'],
  ),
  signal: { name: 'paid', data: { sum: 12 } },
  output: { value: 12 },
  effects: ['x1.bill'],
}

const approved: CanonicalWorkflow = {
  graph: graphOf(
    [
      start,
      approval('ask', { timeoutMs: 300 * HOUR_MS }),
      call('book'),
      make('done', '{{ steps.ask.output.decision }}'),
    ],
    ['start -> ask', 'ask.approved -> book', 'book -> done'],
  ),
  output: { value: 'approved' },
  effects: ['x1.book'],
}

const delayed: CanonicalWorkflow = {
  graph: graphOf([start, delay('rest'), call('try'), make('done')], ['start -> rest', 'rest -> try', 'try -> done']),
  refusals: 2,
  output: { value: 'done' },
  effects: ['x1.try'],
}

const parent: CanonicalWorkflow = {
  graph: graphOf(
    [start, child('ship', { workflowId: 'w2' }), make('done', '{{ steps.ship.output.value }}')],
    ['start -> ship', 'ship -> done'],
  ),
  child: graphOf([start, call('pack'), make('packed')], ['start -> pack', 'pack -> packed']),
  output: { value: 'packed' },
  effects: ['child x1 ship.pack'],
}

const undone: CanonicalWorkflow = {
  graph: graphOf(
    [start, call('charge'), call('reserve'), broken('ship'), call('refund'), call('release')],
    [
      'start -> charge',
      'charge -> reserve',
      'reserve -> ship',
      'charge.compensate -> refund',
      'reserve.compensate -> release',
    ],
  ),
  failure: 'expression_failed',
  effects: ['x1.charge', 'x1.reserve', 'x1.release', 'x1.refund'],
  isInOrder: true,
}

const atMostOnce: CanonicalWorkflow = {
  graph: graphOf([start, http('charge', { once: true }), make('done')], ['start -> charge', 'charge -> done']),
  endsBy: { 'endpoint fails': 'http_503', 'endpoint resets': 'connection_reset' },
  output: { value: 'done' },
  effects: ['x1.charge'],
}

export const canonicalWorkflows = {
  linear,
  switch: choice,
  each: eachItem,
  'nested each': nestedEach,
  repeat: repeated,
  'parallel with join any and all': parallel,
  'wait for a signal, with a time limit': signal,
  approval: approved,
  'delay and retry': delayed,
  'child workflow': parent,
  compensation: undone,
  once: atMostOnce,
} satisfies Record<string, CanonicalWorkflow>
