import { Sample } from '../../schemas/api/workflows.ts'

const book = (what: string): string => `export default ({ order }) => ({ id: '${what}-' + order })\n`
const undo = (sentence: string): string => `export default ({ id }) => ({ undone: '${sentence} ' + id })\n`

const ship = `export default ({ order, inStock }) => {
  if (!inStock) throw new Error('nothing left of order ' + order)
  return { parcel: 'parcel-' + order }
}
`

export const orderSaga = Sample.parse({
  id: 'order_saga',
  title: 'Order with compensation',
  summary:
    'Reserves goods, charges the card and ships. When shipping fails, the charge is paid back and the goods are released, newest first.',
  input: { order: 'A-1001', inStock: false },
  graph: {
    name: 'Order with compensation',
    nodes: [
      {
        id: 'order',
        kind: 'manual',
        name: 'Order',
        position: { x: 0, y: 0 },
        config: {
          input: {
            type: 'object',
            properties: { order: { type: 'string' }, inStock: { type: 'boolean' } },
            required: ['order', 'inStock'],
          },
        },
      },
      {
        id: 'reserve',
        kind: 'code',
        name: 'Reserve the goods',
        position: { x: 300, y: 0 },
        config: { source: book('reservation'), input: '{{ trigger.body }}' },
      },
      {
        id: 'release',
        kind: 'code',
        name: 'Release the goods',
        position: { x: 300, y: 200 },
        config: { source: undo('released'), input: '{{ steps.reserve.output }}' },
      },
      {
        id: 'charge',
        kind: 'code',
        name: 'Charge the card',
        position: { x: 600, y: 0 },
        config: { source: book('charge'), input: '{{ trigger.body }}' },
      },
      {
        id: 'refund',
        kind: 'code',
        name: 'Pay it back',
        position: { x: 600, y: 200 },
        config: { source: undo('refunded'), input: '{{ steps.charge.output }}' },
      },
      {
        id: 'ship',
        kind: 'code',
        name: 'Ship',
        position: { x: 900, y: 0 },
        config: { source: ship, input: '{{ trigger.body }}' },
      },
      {
        id: 'done',
        kind: 'respond',
        name: 'Done',
        position: { x: 1200, y: 0 },
        config: { body: { parcel: '{{ steps.ship.output.parcel }}' } },
      },
    ],
    edges: [
      { from: 'order', to: 'reserve' },
      { from: 'reserve', port: 'compensate', to: 'release' },
      { from: 'reserve', to: 'charge' },
      { from: 'charge', port: 'compensate', to: 'refund' },
      { from: 'charge', to: 'ship' },
      { from: 'ship', to: 'done' },
    ],
  },
})
