import { z } from 'zod'

import { Json } from '../json.ts'
import { defineKind } from './kind.ts'

export const log = defineKind({
  kind: 'log',
  role: 'compute',
  title: 'Log',
  summary: 'Writes a line on the timeline.',
  config: z.strictObject({
    message: z.string().min(1),
    level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    data: Json.optional(),
  }),
  fields: {
    message: { label: 'Message', help: 'The line.', language: 'template' },
    level: { label: 'Level', help: 'How much it matters.', language: 'plain' },
    data: { label: 'Data', help: 'What belongs to it.', language: 'template' },
  },
  ports: () => ['out'],
})
