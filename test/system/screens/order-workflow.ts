import type { SinkAnswer, SinkCall } from '../../support/sink.ts'

/** Of every order, the card charge needs three attempts and the courier never answers well. */
export function makeServices(): (call: SinkCall) => SinkAnswer {
  const seen = new Map<string, number>()
  return ({ path, headers }) => {
    const key = String(headers['idempotency-key'])
    const attempt = (seen.get(key) ?? 0) + 1
    seen.set(key, attempt)
    if (path === '/charges' && attempt < 3) {
      return { status: 503, delayMs: 180, body: JSON.stringify({ error: 'the bank is busy', attempt }) }
    }
    if (path === '/parcels') {
      return { status: 503, delayMs: 320, body: JSON.stringify({ error: 'no courier today' }) }
    }
    const answers: Record<string, object> = {
      '/charges': { id: 'ch_7Q2', captured: true, amount: 184.5 },
      '/reservations': { id: 'rs_118', shelf: 'B4', items: 3 },
    }
    return { delayMs: path === '/reservations' ? 640 : 210, body: JSON.stringify(answers[path] ?? { ok: true }) }
  }
}

/** An order that fans out to three services, two of which are trouble, and still answers. */
export const orderWorkflow = (services: string) => ({
  name: 'Ship an order',
  nodes: [
    { id: 'order', kind: 'manual', name: 'Order placed', position: { x: 0, y: 200 } },
    {
      id: 'route',
      kind: 'condition',
      name: 'Paid by card?',
      position: { x: 300, y: 50 },
      config: { rules: [{ port: 'card', when: "trigger.body.payment == 'card'" }] },
    },
    {
      id: 'charge',
      kind: 'http',
      name: 'Charge the card',
      position: { x: 600, y: 0 },
      retry: { maxAttempts: 4, initialIntervalMs: 500, jitter: 0 },
      config: { method: 'POST', url: `${services}/charges`, body: { amount: '{{ trigger.body.total }}' } },
    },
    {
      id: 'invoice',
      kind: 'log',
      name: 'Send an invoice',
      position: { x: 600, y: 100 },
      config: { message: 'invoice for {{ trigger.body.id }}' },
    },
    {
      id: 'reserve',
      kind: 'http',
      name: 'Reserve the stock',
      position: { x: 300, y: 200 },
      config: { method: 'POST', url: `${services}/reservations`, body: { items: '{{ trigger.body.items }}' } },
    },
    {
      id: 'courier',
      kind: 'http',
      name: 'Book the courier',
      position: { x: 300, y: 300 },
      onError: 'port',
      retry: { maxAttempts: 2, initialIntervalMs: 600, jitter: 0 },
      config: { method: 'POST', url: `${services}/parcels`, body: { city: '{{ trigger.body.city }}' } },
    },
    {
      id: 'ask',
      kind: 'log',
      name: 'Ask a person',
      position: { x: 600, y: 300 },
      config: { level: 'warn', message: 'no courier for {{ trigger.body.id }}' },
    },
    {
      id: 'summary',
      kind: 'transform',
      name: 'Put it together',
      position: { x: 900, y: 200 },
      join: 'all',
      config: { fields: { order: '{{ trigger.body.id }}', shelf: '{{ steps.reserve.output.body.shelf }}' } },
    },
    {
      id: 'reply',
      kind: 'respond',
      name: 'Answer the shop',
      position: { x: 1200, y: 200 },
      config: { body: '{{ steps.summary.output }}' },
    },
  ],
  edges: [
    { from: 'order', to: 'route' },
    { from: 'order', to: 'reserve' },
    { from: 'order', to: 'courier' },
    { from: 'route', port: 'card', to: 'charge' },
    { from: 'route', port: 'else', to: 'invoice' },
    { from: 'courier', port: 'error', to: 'ask' },
    { from: 'charge', to: 'summary' },
    { from: 'invoice', to: 'summary' },
    { from: 'reserve', to: 'summary' },
    { from: 'ask', to: 'summary' },
    { from: 'summary', to: 'reply' },
  ],
})

export const anOrder = (number: number) => ({
  id: `A-${1042 + number}`,
  payment: 'card',
  total: 184.5,
  city: 'Lyon',
  items: [
    { sku: 'lamp', quantity: 1 },
    { sku: 'bulb', quantity: 2 },
  ],
})
