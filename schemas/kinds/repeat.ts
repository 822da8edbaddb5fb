import { z } from 'zod'

import { limits } from '../limits.ts'
import { defineKind } from './kind.ts'

export const repeat = defineKind({
  kind: 'repeat',
  role: 'container',
  title: 'Repeat',
  summary: 'Runs the steps inside it again and again while a condition holds.',
  config: z.strictObject({
    /** Evaluated before each iteration, with `index` as its number; when it reads steps inside, after each. */
    while: z.string().min(1),
    maxIterations: z.int().min(1).max(limits.repeatIterations),
  }),
  fields: {
    while: {
      label: 'While',
      help: 'Another iteration begins when this is true. It may read the steps inside.',
      language: 'expression',
    },
    maxIterations: { label: 'At most', help: 'Iterations after which it ends anyway.', language: 'plain' },
  },
  ports: () => ['body', 'out'],
})
