import { Sample } from '../../schemas/api/workflows.ts'

const totals = `export default (sales) => {
  const good = sales.filter((sale) => sale.error === undefined)
  const revenue = good.reduce((sum, sale) => sum + sale.revenue, 0)
  const best = [...good].sort((a, b) => b.revenue - a.revenue)[0]
  return { shops: sales.length, unreadable: sales.length - good.length, revenue, best: best?.shop ?? null }
}
`

export const salesReport = Sample.parse({
  id: 'sales_report',
  title: 'Sales report',
  summary:
    'Works through a list of shops, three at a time. One has a broken figure: its item fails, the others go on, and the report says so.',
  input: {
    shops: [
      { name: 'Lisbon', sold: 12, price: 9.5 },
      { name: 'Oslo', sold: 7, price: 14 },
      { name: 'Graz', sold: 'many', price: 11 },
      { name: 'Kyoto', sold: 31, price: 6.25 },
      { name: 'Quito', sold: 4, price: 22 },
    ],
  },
  graph: {
    name: 'Sales report',
    nodes: [
      {
        id: 'figures',
        kind: 'manual',
        name: 'Figures',
        position: { x: 0, y: 0 },
        config: {
          input: {
            type: 'object',
            properties: { shops: { type: 'array', items: { type: 'object' } } },
            required: ['shops'],
          },
        },
      },
      {
        id: 'each_shop',
        kind: 'each',
        name: 'Each shop',
        position: { x: 300, y: 0 },
        config: {
          items: 'trigger.body.shops',
          concurrency: 3,
          onItemError: 'continue',
          collect: "{'shop': item.name, 'revenue': steps.revenue.output.revenue, 'size': steps.size.output.ports[0]}",
        },
      },
      {
        id: 'revenue',
        kind: 'transform',
        parent: 'each_shop',
        name: 'Revenue',
        position: { x: 40, y: 60 },
        config: { fields: { revenue: '{{ item.sold * item.price }}' } },
      },
      {
        id: 'size',
        kind: 'condition',
        parent: 'each_shop',
        name: 'Large or small?',
        position: { x: 340, y: 60 },
        config: { rules: [{ port: 'large', when: 'steps.revenue.output.revenue > 100' }] },
      },
      {
        id: 'praise',
        kind: 'log',
        parent: 'each_shop',
        name: 'Praise',
        position: { x: 640, y: 60 },
        config: { message: 'Shop number {{ index + 1 }}, {{ item.name }}, sold well' },
      },
      {
        id: 'totals',
        kind: 'code',
        name: 'Totals',
        position: { x: 1400, y: 0 },
        config: { source: totals },
      },
      {
        id: 'report',
        kind: 'respond',
        name: 'Report',
        position: { x: 1700, y: 0 },
        config: { body: { totals: '{{ steps.totals.output }}', shops: '{{ steps.each_shop.output }}' } },
      },
    ],
    edges: [
      { from: 'figures', to: 'each_shop' },
      { from: 'each_shop', port: 'body', to: 'revenue' },
      { from: 'revenue', to: 'size' },
      { from: 'size', port: 'large', to: 'praise' },
      { from: 'each_shop', to: 'totals' },
      { from: 'totals', to: 'report' },
    ],
  },
})
