import { z } from 'zod'

import { Json } from '../json.ts'
import { defineKind } from './kind.ts'

export const respond = defineKind({
  kind: 'respond',
  role: 'compute',
  title: 'Respond',
  summary: 'Answers the caller, once. Its body is the output of the execution.',
  config: z.strictObject({
    status: z.int().min(200).max(599).default(200),
    headers: z
      .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be a header name'), z.string())
      .optional(),
    body: Json.optional(),
  }),
  fields: {
    status: { label: 'Status', help: 'The HTTP status of the answer.', language: 'plain' },
    headers: { label: 'Headers', help: 'Name and value of each header.', language: 'template' },
    body: { label: 'Body', help: 'What is answered.', language: 'template' },
  },
  ports: () => ['out'],
})
