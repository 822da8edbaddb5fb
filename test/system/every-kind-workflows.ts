import {
  approval,
  callback,
  child,
  condition,
  delay,
  each,
  inside,
  make,
  type NodeText,
  repeat,
  signalled,
} from '../support/graphs.ts'

export type Drawing = { readonly name: string; readonly nodes: readonly NodeText[]; readonly edges: readonly string[] }

/** What a manual trigger named `start` begins. */
export const drawn = (name: string, nodes: readonly NodeText[], edges: readonly string[]): Drawing => ({
  name,
  nodes: [{ id: 'start', kind: 'manual' }, ...nodes],
  edges,
})

/** Sends a POST. */
export const call = (id: string, url: string, body: unknown, more: Partial<NodeText> = {}): NodeText => ({
  id,
  kind: 'http',
  config: { method: 'POST', url, body },
  ...more,
})

const work = (id: string, config: Record<string, unknown>): NodeText => ({ id, kind: 'transform', config })
const fail = (id: string, config: Record<string, unknown>): NodeText => ({ id, kind: 'fail', config })
const note = (id: string, message: string): NodeText => ({ id, kind: 'log', config: { message } })

/** Asks the price of every line of every order. */
export const pricesBy = (url: string): Drawing => {
  const collect = 'steps.price.output.body.price'
  return drawn(
    'Prices',
    [
      each('orders', { concurrency: 3, collect: '{"order": item.id, "prices": steps.lines.output}' }),
      each('lines', { items: 'item.lines', onItemError: 'continue', collect }, inside('orders')),
      call('price', url, { sku: '{{ item }}', order: '{{ steps.orders.item.id }}' }, inside('lines')),
    ],
    ['start -> orders', 'orders.body -> lines', 'lines.body -> price'],
  )
}

export const oddNumbers = drawn(
  'Odd numbers',
  [each('all', { collect: 'steps.odd.output.value' }), make('odd', '{{ item * 2 + 1 }}', inside('all'))],
  ['start -> all', 'all.body -> odd'],
)

export const pagesOf = (url: string): Drawing => {
  const query = { after: '{{ previous == null ? 0 : previous.body.next }}' }
  return drawn(
    'Pages',
    [
      repeat('turn', { while: 'steps.page.output.body.next != null' }),
      { id: 'page', kind: 'http', config: { url, query }, ...inside('turn') },
    ],
    ['start -> turn', 'turn.body -> page'],
  )
}

export const signals = drawn(
  'Signals',
  [
    delay('first', 300),
    signalled('early', { name: 'ready' }),
    signalled('paid', { match: 'signal.order == trigger.body.order' }),
    make('both', '{{ [steps.early.output, steps.paid.output.by] }}'),
  ],
  ['start -> first', 'first -> early', 'early -> paid', 'paid -> both'],
)

const form = { type: 'object', properties: { amount: { type: 'number', maximum: 500 } }, required: ['amount'] }

export const refund = drawn(
  'Refund',
  [
    approval('boss', { name: 'Refund?', form, timeoutMs: 60_000 }),
    make('paid', '{{ steps.boss.output.data.amount }}'),
    make('kept'),
  ],
  ['start -> boss', 'boss.approved -> paid', 'boss.rejected -> kept', 'boss.timeout -> kept'],
)

export const paymentBy = (url: string): Drawing =>
  drawn(
    'Payment',
    [call('pay', url, { callback: '{{ links.paid }}' }), callback('paid', { timeoutMs: 60_000 })],
    ['start -> pay', 'pay -> paid'],
  )

/** Waits until the parcel is packed, or fails without an address. */
export const shipping = drawn(
  'Shipping',
  [
    condition('known', { yes: 'trigger.body.to != null' }),
    signalled('packed', { name: 'packed' }),
    fail('lost', { message: 'Where to?', code: 'no_address' }),
  ],
  ['start -> known', 'known.yes -> packed', 'known.else -> lost'],
)

export const orderThatShips = (workflowId: string, config: object = {}): Drawing =>
  drawn('Order', [child('ship', { workflowId, input: '{{ trigger.body }}', ...config })], ['start -> ship'])

const javaScript = (id: string, source: string): NodeText => ({ id, kind: 'code', config: { source } })

export const sum = drawn(
  'Sum',
  [
    make('list', '{{ trigger.body }}'),
    javaScript('sum', 'export default ({ value }) => value.reduce((a, b) => a + b)'),
  ],
  ['start -> list', 'list -> sum'],
)
export const endless = drawn(
  'Endless',
  [javaScript('loop', 'export default () => {\n  for (;;) {}\n}')],
  ['start -> loop'],
)

export const onPayment: Drawing = {
  name: 'On payment',
  nodes: [
    { id: 'event', kind: 'event', config: { name: 'order.paid', filter: 'trigger.data.total > 10' } },
    make('seen', '{{ trigger.data.total }}'),
  ],
  edges: ['event -> seen'],
}

export const broken = drawn('Broken', [fail('stop', { message: 'Out of paper', code: 'paper' })], ['start -> stop'])

/** Hears of the failures of one workflow, and fails itself. */
export const alarmFor = (workflowId: string): Drawing => ({
  name: 'Alarm',
  nodes: [
    { id: 'failed', kind: 'failure', config: { workflows: [workflowId] } },
    note('said', '{{ trigger.workflow.name }}: {{ trigger.error.message }}'),
    fail('stop', { message: 'And so am I' }),
  ],
  edges: ['failed -> said', 'said -> stop'],
})

/** Hears of every failure there is. */
export const diary: Drawing = {
  name: 'Diary',
  nodes: [{ id: 'failed', kind: 'failure' }, note('said', '{{ trigger.error.code }}')],
  edges: ['failed -> said'],
}

export const lists = drawn(
  'Lists',
  [
    work('rows', { operation: 'extract', from: 'trigger.body', path: 'data.rows' }),
    work('paid', { operation: 'filter', where: 'item.paid' }),
    work('sorted', { operation: 'sort', by: [{ key: 'item.total', order: 'desc' }, { key: 'item.name' }] }),
    work('top', { operation: 'limit', first: 3 }),
    work('groups', { operation: 'group', key: 'item.city' }),
  ],
  ['start -> rows', 'rows -> paid', 'paid -> sorted', 'sorted -> top', 'top -> groups'],
)

/** Two of three are enough. */
export const quorum = drawn(
  'Quorum',
  [
    delay('slow', 600),
    make('one'),
    make('two'),
    { ...work('quorum', { operation: 'set', values: { isEnough: true } }), join: 2 },
  ],
  ['start -> slow', 'start -> one', 'start -> two', 'slow -> quorum', 'one -> quorum', 'two -> quorum'],
)

export const greeting: Drawing = {
  name: 'Greeting',
  nodes: [
    { id: 'hook', kind: 'webhook', config: { respond: 'result' } },
    delay('moment', 50),
    { id: 'reply', kind: 'respond', config: { status: 201, body: { hello: '{{ trigger.body.name }}' } } },
  ],
  edges: ['hook -> moment', 'moment -> reply'],
}
