import { Sample } from '../../schemas/api/workflows.ts'

export const helloForm = Sample.parse({
  id: 'hello_form',
  title: 'Hello form',
  summary: 'Checks its input against a schema, makes a greeting, and answers with it.',
  input: { name: 'Ada', language: 'fr' },
  graph: {
    name: 'Hello form',
    nodes: [
      {
        id: 'form',
        kind: 'manual',
        name: 'Form',
        position: { x: 0, y: 0 },
        config: {
          input: {
            type: 'object',
            properties: {
              name: { type: 'string', minLength: 1, maxLength: 100 },
              language: { type: 'string', enum: ['en', 'fr', 'es'] },
            },
            required: ['name'],
          },
        },
      },
      {
        id: 'greeting',
        kind: 'transform',
        name: 'Greeting',
        position: { x: 300, y: 0 },
        config: {
          fields: {
            word: "{{ {'en': 'Hello', 'fr': 'Bonjour', 'es': 'Hola'}[trigger.body.?language.orValue('en')] }}",
            name: '{{ trigger.body.name }}',
          },
        },
      },
      {
        id: 'reply',
        kind: 'respond',
        name: 'Reply',
        position: { x: 600, y: 0 },
        config: { body: { message: '{{ steps.greeting.output.word }}, {{ steps.greeting.output.name }}!' } },
      },
    ],
    edges: [
      { from: 'form', to: 'greeting' },
      { from: 'greeting', to: 'reply' },
    ],
  },
})
