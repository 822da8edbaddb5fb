import { Sample } from '../../schemas/api/workflows.ts'

export const fanOutAndJoin = Sample.parse({
  id: 'fan_out_and_join',
  title: 'Fan out and join',
  summary: 'Three branches start at once. The last step waits for all of them, the slow one too.',
  input: { prices: [19, 5, 26] },
  graph: {
    name: 'Fan out and join',
    nodes: [
      {
        id: 'start',
        kind: 'manual',
        name: 'Prices',
        position: { x: 0, y: 160 },
        config: {
          input: {
            type: 'object',
            properties: { prices: { type: 'array', items: { type: 'number' }, minItems: 1, maxItems: 100 } },
            required: ['prices'],
          },
        },
      },
      {
        id: 'count',
        kind: 'transform',
        name: 'Count',
        position: { x: 300, y: 0 },
        config: { fields: { count: '{{ size(trigger.body.prices) }}' } },
      },
      {
        id: 'dear',
        kind: 'transform',
        name: 'Dear ones',
        position: { x: 300, y: 160 },
        config: { fields: { dear: '{{ trigger.body.prices.filter(price, price > 10) }}' } },
      },
      {
        id: 'pause',
        kind: 'delay',
        name: 'The slow branch',
        position: { x: 300, y: 320 },
        config: { duration: 'PT3S' },
      },
      {
        id: 'raise',
        kind: 'transform',
        name: 'Raise',
        position: { x: 600, y: 320 },
        config: { fields: { raised: '{{ trigger.body.prices.map(price, price * 2) }}' } },
      },
      {
        id: 'together',
        kind: 'transform',
        name: 'Together',
        position: { x: 900, y: 160 },
        join: 'all',
        config: {
          fields: {
            count: '{{ steps.count.output.count }}',
            dear: '{{ steps.dear.output.dear }}',
            raised: '{{ steps.raise.output.raised }}',
          },
        },
      },
      {
        id: 'reply',
        kind: 'respond',
        name: 'Reply',
        position: { x: 1200, y: 160 },
        config: { body: '{{ steps.together.output }}' },
      },
    ],
    edges: [
      { from: 'start', to: 'count' },
      { from: 'start', to: 'dear' },
      { from: 'start', to: 'pause' },
      { from: 'pause', to: 'raise' },
      { from: 'count', to: 'together' },
      { from: 'dear', to: 'together' },
      { from: 'raise', to: 'together' },
      { from: 'together', to: 'reply' },
    ],
  },
})
