type BenchGraph = {
  name: string
  nodes: { id: string; kind: string; config: object; retry?: object; parent?: string }[]
  edges: { from: string; port?: string; to: string }[]
  settings?: object
}

/** Webhook, condition, one http call, transform, answer. */
export const webhookToDone = (url: string): BenchGraph => ({
  name: 'Webhook to done',
  nodes: [
    { id: 'hook', kind: 'webhook', config: { respond: 'result' } },
    { id: 'route', kind: 'condition', config: { rules: [{ port: 'large', when: 'trigger.body.total > 50' }] } },
    { id: 'call', kind: 'http', config: { method: 'POST', url, body: { total: '{{ trigger.body.total }}' } } },
    { id: 'shape', kind: 'transform', config: { fields: { id: '{{ steps.call.output.body.id }}' } } },
    { id: 'reply', kind: 'respond', config: { body: '{{ steps.shape.output }}' } },
  ],
  edges: [
    { from: 'hook', to: 'route' },
    { from: 'route', port: 'large', to: 'call' },
    { from: 'call', to: 'shape' },
    { from: 'shape', to: 'reply' },
  ],
})

/** A manual trigger and `count` steps in a row, each reading the one before. */
function chain(name: string, count: number, step: (before: string) => { kind: string; config: object }): BenchGraph {
  const ids = ['start', ...Array.from({ length: count }, (_, index) => `step_${index + 1}`)]
  return {
    name,
    nodes: ids.map((id, index) =>
      index === 0 ? { id, kind: 'manual', config: {} } : { id, ...step(ids[index - 1] ?? '') },
    ),
    edges: ids.slice(1).map((to, index) => ({ from: ids[index] ?? '', to })),
  }
}

export const computedChain = (count: number): BenchGraph =>
  chain('Computed chain', count, (before) => ({
    kind: 'transform',
    config: { fields: { n: before === 'start' ? '{{ trigger.body.n }}' : `{{ steps.${before}.output.n + 1 }}` } },
  }))

export const httpChain = (count: number, url: string): BenchGraph =>
  chain('HTTP chain', count, () => ({
    kind: 'http',
    config: { method: 'POST', url, body: { n: '{{ trigger.body.n }}' } },
  }))

/** An `each` over the input's `items` with one step inside. */
const eachItem = (name: string, config: object, inside: { kind: string; config: object }): BenchGraph => ({
  name,
  nodes: [
    { id: 'start', kind: 'manual', config: {} },
    { id: 'each_item', kind: 'each', config: { items: 'trigger.body.items', ...config } },
    { id: 'work', parent: 'each_item', ...inside },
  ],
  edges: [
    { from: 'start', to: 'each_item' },
    { from: 'each_item', port: 'body', to: 'work' },
  ],
})

export const eachComputed = (): BenchGraph =>
  eachItem('Each computed', {}, { kind: 'transform', config: { fields: { double: '{{ item * 2 }}' } } })

export const eachHttp = (url: string, concurrency: number): BenchGraph =>
  eachItem(
    'Each http',
    { concurrency, collect: 'steps.work.output.status' },
    { kind: 'http', config: { method: 'POST', url, body: { item: '{{ item }}' } } },
  )

/** Three events an iteration, so a hundred thousand in all. */
export const longRepeat = (): BenchGraph => ({
  name: 'Long repeat',
  nodes: [
    { id: 'start', kind: 'manual', config: {} },
    { id: 'again', kind: 'repeat', config: { while: 'true', maxIterations: 33_333 } },
    { id: 'work', kind: 'transform', parent: 'again', config: { fields: { number: '{{ index }}' } } },
  ],
  edges: [
    { from: 'start', to: 'again' },
    { from: 'again', port: 'body', to: 'work' },
  ],
})

/** Steps that fail until their attempts are used up: `steps * attempts * 2` events and a few. */
export const stubbornSteps = (steps: number, attempts: number, url: string): BenchGraph => {
  const ids = Array.from({ length: steps }, (_, index) => `step_${index + 1}`)
  return {
    name: 'Many attempts',
    nodes: [
      { id: 'start', kind: 'manual', config: {} },
      ...ids.map((id) => ({
        id,
        kind: 'http',
        onError: 'continue',
        config: { method: 'POST', url: `${url}unavailable` },
        retry: { maxAttempts: attempts, initialIntervalMs: 0, maxIntervalMs: 0, jitter: 0 },
      })),
      { id: 'hold', kind: 'delay', config: { ms: 3_600_000 } },
    ],
    edges: [...ids.map((to) => ({ from: 'start', to })), { from: 'start', to: 'hold' }],
  }
}
