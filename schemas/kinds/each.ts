import { z } from 'zod'

import { limits } from '../limits.ts'
import { defineKind } from './kind.ts'

export const each = defineKind({
  kind: 'each',
  role: 'container',
  title: 'For each',
  summary: 'Runs the steps inside it once for every item of a list.',
  config: z.strictObject({
    items: z.string().min(1),
    concurrency: z.int().min(1).max(limits.eachConcurrency).default(limits.eachConcurrencyDefault),
    /** `continue`: a failed item is an entry `{ error: { code, message, step } }` of the output; `step` is the one that failed. */
    onItemError: z.enum(['fail', 'continue']).default('fail'),
    collect: z.string().min(1).optional(),
  }),
  fields: {
    items: { label: 'Items', help: 'A list.', language: 'expression' },
    concurrency: { label: 'At the same time', help: 'How many items are worked on at once.', language: 'plain' },
    onItemError: {
      label: 'When an item fails',
      help: 'Fail as a whole, or go on with the others.',
      language: 'plain',
    },
    collect: {
      label: 'Collect',
      help: 'What to keep of each item; by default the output of its last step.',
      language: 'expression',
    },
  },
  ports: () => ['body', 'out', 'error'],
})
