import { z } from 'zod'

import { defineKind } from './kind.ts'
import { SignalName } from './wait.ts'

export const event = defineKind({
  kind: 'event',
  role: 'trigger',
  title: 'Event',
  summary: 'Starts when an event of this name is sent to the project.',
  config: z.strictObject({
    name: SignalName,
    filter: z.string().min(1).optional(),
  }),
  fields: {
    name: { label: 'Name', help: 'Of the event.', language: 'plain' },
    filter: { label: 'Filter', help: 'Only events for which this is true start an execution.', language: 'expression' },
  },
  ports: () => ['out'],
})
