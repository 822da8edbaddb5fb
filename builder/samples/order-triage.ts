import { Sample } from '../../schemas/api/workflows.ts'

export const orderTriage = Sample.parse({
  id: 'order_triage',
  title: 'Order triage',
  summary: 'A webhook sends each order down one of three ways and answers with the decision.',
  input: { order: 'A-1042', total: 1250, express: false, items: [{ sku: 'desk', quantity: 1 }] },
  graph: {
    name: 'Order triage',
    nodes: [
      {
        id: 'order',
        kind: 'webhook',
        name: 'Order arrives',
        position: { x: 0, y: 160 },
        config: { methods: ['POST'], verify: { scheme: 'none' }, respond: 'result', waitMs: 5000 },
      },
      {
        id: 'route',
        kind: 'condition',
        name: 'Which way?',
        position: { x: 300, y: 160 },
        config: {
          mode: 'first',
          rules: [
            { port: 'review', when: 'trigger.body.total >= 1000' },
            { port: 'rush', when: 'trigger.body.?express.orValue(false) && size(trigger.body.?items.orValue([])) > 0' },
          ],
        },
      },
      {
        id: 'review',
        kind: 'transform',
        name: 'A person looks',
        position: { x: 600, y: 0 },
        config: {
          fields: { decision: 'review', reason: 'a total of {{ trigger.body.total }} needs a second pair of eyes' },
        },
      },
      {
        id: 'rush',
        kind: 'transform',
        name: 'Pack it now',
        position: { x: 600, y: 160 },
        config: { fields: { decision: 'rush', reason: '{{ size(trigger.body.items) }} items go out today' } },
      },
      {
        id: 'queue',
        kind: 'transform',
        name: 'In its turn',
        position: { x: 600, y: 320 },
        config: { fields: { decision: 'queue', reason: 'nothing speaks for a hurry' } },
      },
      {
        id: 'decided',
        kind: 'transform',
        name: 'With the order',
        position: { x: 900, y: 160 },
        config: { operation: 'set', values: { order: "{{ trigger.body.?order.orValue('unnamed') }}" } },
      },
      {
        id: 'reply',
        kind: 'respond',
        name: 'Answer the shop',
        position: { x: 1200, y: 160 },
        config: { status: 200, body: '{{ steps.decided.output }}' },
      },
    ],
    edges: [
      { from: 'order', to: 'route' },
      { from: 'route', port: 'review', to: 'review' },
      { from: 'route', port: 'rush', to: 'rush' },
      { from: 'route', port: 'else', to: 'queue' },
      { from: 'review', to: 'decided' },
      { from: 'rush', to: 'decided' },
      { from: 'queue', to: 'decided' },
      { from: 'decided', to: 'reply' },
    ],
  },
})
