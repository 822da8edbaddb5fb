import { z } from 'zod'

import { defineKind } from './kind.ts'

export const fail = defineKind({
  kind: 'fail',
  role: 'compute',
  title: 'Fail',
  summary: 'Ends the execution as failed.',
  config: z.strictObject({
    message: z.string().min(1),
    code: z
      .string()
      .regex(/^[a-z][a-z0-9_]*$/, 'must hold only lower-case letters, digits and _')
      .max(64)
      .default('failed'),
  }),
  fields: {
    message: { label: 'Message', help: 'What went wrong, for people.', language: 'template' },
    code: { label: 'Code', help: 'What went wrong, for programs.', language: 'plain' },
  },
  ports: () => [],
})
