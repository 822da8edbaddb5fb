import { z } from 'zod'

import { defineKind } from './kind.ts'

export const delay = defineKind({
  kind: 'delay',
  role: 'wait',
  title: 'Delay',
  summary: 'Goes on later. Nothing is held in memory meanwhile.',
  config: z.strictObject({
    /** Milliseconds: a number, or an expression in `{{ }}`. */
    ms: z.union([z.int().min(0), z.string()]).optional(),
    /** An instant: ISO 8601 text or milliseconds since 1970, or an expression in `{{ }}`. */
    until: z.union([z.int().min(0), z.string()]).optional(),
    /** ISO 8601 duration, for example PT90S. */
    duration: z.string().optional(),
  }),
  fields: {
    ms: { label: 'Milliseconds', help: 'How long to wait.', language: 'template' },
    until: { label: 'Until', help: 'The moment to go on at.', language: 'template' },
    duration: { label: 'Duration', help: 'ISO 8601, for example PT90S or P1DT2H.', language: 'template' },
  },
  ports: () => ['out'],
})
