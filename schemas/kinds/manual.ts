import { z } from 'zod'

import { JsonObject } from '../json.ts'
import { defineKind } from './kind.ts'

export const manual = defineKind({
  kind: 'manual',
  role: 'trigger',
  title: 'Manual start',
  summary: 'Starts when a person or a program asks.',
  config: z.strictObject({
    /** JSON Schema that the input must satisfy. */
    input: JsonObject.optional(),
  }),
  fields: {
    input: {
      label: 'Input schema',
      help: 'A JSON Schema. An input that does not match is refused before anything starts.',
      language: 'plain',
    },
  },
  ports: () => ['out'],
})
