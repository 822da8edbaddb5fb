import { Sample } from '../../schemas/api/workflows.ts'

export const waitAMoment = Sample.parse({
  id: 'wait_a_moment',
  title: 'Wait a moment',
  summary:
    'Waits for some seconds without holding anything in memory. Stop the server meanwhile, and it goes on after.',
  input: { seconds: 10 },
  graph: {
    name: 'Wait a moment',
    nodes: [
      {
        id: 'start',
        kind: 'manual',
        name: 'Start',
        position: { x: 0, y: 0 },
        config: {
          input: { type: 'object', properties: { seconds: { type: 'integer', minimum: 0, maximum: 3600 } } },
        },
      },
      {
        id: 'before',
        kind: 'log',
        name: 'Before',
        position: { x: 300, y: 0 },
        config: { message: 'waiting {{ trigger.body.?seconds.orValue(10) }} seconds' },
      },
      {
        id: 'pause',
        kind: 'delay',
        name: 'A moment',
        position: { x: 600, y: 0 },
        config: { ms: '{{ trigger.body.?seconds.orValue(10) * 1000 }}' },
      },
      {
        id: 'after',
        kind: 'log',
        name: 'After',
        position: { x: 900, y: 0 },
        config: { message: 'awake again' },
      },
      {
        id: 'reply',
        kind: 'respond',
        name: 'Reply',
        position: { x: 1200, y: 0 },
        config: { body: { waitedSeconds: '{{ trigger.body.?seconds.orValue(10) }}' } },
      },
    ],
    edges: [
      { from: 'start', to: 'before' },
      { from: 'before', to: 'pause' },
      { from: 'pause', to: 'after' },
      { from: 'after', to: 'reply' },
    ],
  },
})
