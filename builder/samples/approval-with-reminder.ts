import { Sample } from '../../schemas/api/workflows.ts'

const hourMs = 3_600_000
const form = {
  type: 'object',
  properties: { comment: { type: 'string', title: 'Comment', maxLength: 500 } },
}
const message = '{{ trigger.body.who }} asks for {{ string(trigger.body.amount) }} €: {{ trigger.body.why }}'

export const approvalWithReminder = Sample.parse({
  id: 'approval_with_reminder',
  title: 'Approval with reminder',
  summary:
    'Asks a person to decide. After an hour without an answer it writes a reminder and asks again, for a day; then it gives up.',
  input: { who: 'Ada', amount: 120, why: 'a new keyboard' },
  graph: {
    name: 'Approval with reminder',
    nodes: [
      {
        id: 'request',
        kind: 'manual',
        name: 'Request',
        position: { x: 0, y: 160 },
        config: {
          input: {
            type: 'object',
            properties: { who: { type: 'string' }, amount: { type: 'number' }, why: { type: 'string' } },
            required: ['who', 'amount', 'why'],
          },
        },
      },
      {
        id: 'ask',
        kind: 'wait',
        name: 'Ask',
        position: { x: 300, y: 160 },
        config: { for: 'approval', name: 'Spend money', message, form, timeoutMs: hourMs },
      },
      {
        id: 'remind',
        kind: 'log',
        name: 'Reminder',
        position: { x: 600, y: 320 },
        config: { level: 'warn', message: 'Still waiting for a decision about {{ trigger.body.why }}' },
      },
      {
        id: 'ask_again',
        kind: 'wait',
        name: 'Ask again',
        position: { x: 900, y: 320 },
        config: { for: 'approval', name: 'Spend money, again', message, form, timeoutMs: 24 * hourMs },
      },
      {
        id: 'granted',
        kind: 'respond',
        name: 'Granted',
        position: { x: 1200, y: 0 },
        join: 'any',
        config: { body: { granted: true, amount: '{{ trigger.body.amount }}' } },
      },
      {
        id: 'refused',
        kind: 'respond',
        name: 'Refused',
        position: { x: 1200, y: 160 },
        join: 'any',
        config: { body: { granted: false } },
      },
      {
        id: 'no_answer',
        kind: 'fail',
        name: 'No answer',
        position: { x: 1200, y: 480 },
        config: { code: 'no_answer', message: 'Nobody decided about {{ trigger.body.why }}.' },
      },
    ],
    edges: [
      { from: 'request', to: 'ask' },
      { from: 'ask', port: 'approved', to: 'granted' },
      { from: 'ask', port: 'rejected', to: 'refused' },
      { from: 'ask', port: 'timeout', to: 'remind' },
      { from: 'remind', to: 'ask_again' },
      { from: 'ask_again', port: 'approved', to: 'granted' },
      { from: 'ask_again', port: 'rejected', to: 'refused' },
      { from: 'ask_again', port: 'timeout', to: 'no_answer' },
    ],
  },
})
