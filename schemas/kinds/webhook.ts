import { z } from 'zod'

import { limits } from '../limits.ts'
import { defineKind } from './kind.ts'

const secret = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'must be the name of a secret')
  .max(limits.secretNameLength)

export const HookMethod = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** How a delivery proves where it comes from. Without its secret a hook refuses everything. */
export const Verify = z.discriminatedUnion('scheme', [
  z.strictObject({ scheme: z.literal('none') }),
  z.strictObject({
    scheme: z.literal('token'),
    secret,
    header: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/)
      .max(100)
      .default('x-webhook-token'),
  }),
  /** HMAC-SHA256 over the raw bytes in `X-Hub-Signature-256`. */
  z.strictObject({ scheme: z.literal('github'), secret }),
])
export type Verify = z.infer<typeof Verify>

export const webhook = defineKind({
  kind: 'webhook',
  role: 'trigger',
  title: 'Webhook',
  summary: 'Starts when a request reaches its URL. The URL stays the same for ever.',
  config: z.strictObject({
    methods: z.array(HookMethod).min(1).default(['POST']),
    verify: Verify.default({ scheme: 'none' }),
    filter: z.string().optional(),
    dedupe: z.string().optional(),
    respond: z.enum(['accepted', 'result']).default('accepted'),
    waitMs: z.int().min(1).max(limits.waitMs).default(limits.waitDefaultMs),
  }),
  fields: {
    methods: { label: 'Methods', help: 'Requests with another method are refused with 405.', language: 'plain' },
    verify: {
      label: 'Verification',
      help: 'How a request proves its sender. Without the secret everything is refused.',
      language: 'plain',
    },
    filter: {
      label: 'Filter',
      help: 'Only requests for which this is true start an execution.',
      language: 'expression',
    },
    dedupe: {
      label: 'Dedupe key',
      help: 'Requests with the same key within seven days start one execution.',
      language: 'expression',
    },
    respond: {
      label: 'Answer',
      help: 'At once when accepted, or with the result of the respond step.',
      language: 'plain',
    },
    waitMs: {
      label: 'Wait for the result (ms)',
      help: 'How long the caller is held before it gets 202 instead.',
      language: 'plain',
    },
  },
  ports: () => ['out'],
})
