import { Sample } from '../../schemas/api/workflows.ts'

export const whenItFails = Sample.parse({
  id: 'when_it_fails',
  title: 'When it fails',
  summary:
    'Divides a bill. By zero people the step fails and its error port answers; a negative bill fails the execution.',
  input: { bill: 90, people: 0 },
  graph: {
    name: 'When it fails',
    nodes: [
      {
        id: 'start',
        kind: 'manual',
        name: 'Bill',
        position: { x: 0, y: 160 },
        config: {
          input: {
            type: 'object',
            properties: { bill: { type: 'integer' }, people: { type: 'integer', minimum: 0 } },
            required: ['bill', 'people'],
          },
        },
      },
      {
        id: 'check',
        kind: 'condition',
        name: 'A bill at all?',
        position: { x: 300, y: 160 },
        config: { rules: [{ port: 'negative', when: 'trigger.body.bill < 0' }] },
      },
      {
        id: 'refuse',
        kind: 'fail',
        name: 'Refuse it',
        position: { x: 600, y: 0 },
        config: { message: 'a bill of {{ trigger.body.bill }} cannot be shared', code: 'negative_bill' },
      },
      {
        id: 'share',
        kind: 'transform',
        name: 'Share it',
        position: { x: 600, y: 160 },
        onError: 'port',
        config: { fields: { each: '{{ trigger.body.bill / trigger.body.people }}' } },
      },
      {
        id: 'reply',
        kind: 'respond',
        name: 'Reply',
        position: { x: 900, y: 160 },
        config: { body: { each: '{{ steps.share.output.each }}' } },
      },
      {
        id: 'explain',
        kind: 'log',
        name: 'Say why',
        position: { x: 900, y: 320 },
        config: { level: 'warn', message: 'nobody to share {{ trigger.body.bill }} with' },
      },
      {
        id: 'apologise',
        kind: 'respond',
        name: 'Apologise',
        position: { x: 1200, y: 320 },
        config: { status: 422, body: { each: null, reason: 'nobody is there to pay' } },
      },
    ],
    edges: [
      { from: 'start', to: 'check' },
      { from: 'check', port: 'negative', to: 'refuse' },
      { from: 'check', port: 'else', to: 'share' },
      { from: 'share', to: 'reply' },
      { from: 'share', port: 'error', to: 'explain' },
      { from: 'explain', to: 'apologise' },
    ],
  },
})
