import { z } from 'zod'

import { Json } from '../json.ts'
import { limits } from '../limits.ts'
import { defineKind } from './kind.ts'

export const HttpMethod = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** Credentials, each a template that may name secrets. */
export const HttpAuth = z.discriminatedUnion('scheme', [
  z.strictObject({ scheme: z.literal('bearer'), token: z.string().min(1) }),
  z.strictObject({ scheme: z.literal('basic'), username: z.string(), password: z.string() }),
])

export const http = defineKind({
  kind: 'http',
  role: 'act',
  title: 'HTTP request',
  summary: 'Calls a URL. Every attempt carries the same idempotency key.',
  config: z.strictObject({
    method: HttpMethod.default('GET'),
    url: z.string().min(1).max(limits.httpUrlLength),
    headers: z
      .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be a header name'), z.string())
      .optional(),
    query: z.record(z.string(), Json).optional(),
    body: Json.optional(),
    bodyAs: z.enum(['json', 'form', 'text', 'none']).optional(),
    auth: HttpAuth.optional(),
    /** Statuses that count as success; without it every 2xx does. */
    expect: z.array(z.int().min(100).max(599)).min(1).optional(),
    /** Redirects to follow. */
    redirects: z.int().min(0).max(limits.httpRedirects).default(limits.httpRedirects),
    idempotencyHeader: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/)
      .max(100)
      .default('Idempotency-Key'),
  }),
  fields: {
    method: { label: 'Method', help: 'GET and HEAD send no body.', language: 'plain' },
    url: {
      label: 'URL',
      help: 'http or https. Private addresses are refused unless the server allows them.',
      language: 'template',
      secrets: true,
    },
    headers: { label: 'Headers', help: 'Name and value of each header.', language: 'template', secrets: true },
    query: { label: 'Query', help: 'Added to the URL, encoded.', language: 'template', secrets: true },
    body: { label: 'Body', help: 'What is sent.', language: 'template', secrets: true },
    bodyAs: { label: 'Body as', help: 'JSON (default), form, text, or none.', language: 'plain' },
    auth: { label: 'Authentication', help: 'Bearer token, or user and password.', language: 'template', secrets: true },
    expect: {
      label: 'Expected statuses',
      help: 'Others are failures. Without it, every 2xx is a success.',
      language: 'plain',
    },
    redirects: { label: 'Redirects', help: 'How many to follow. Each target is checked again.', language: 'plain' },
    idempotencyHeader: {
      label: 'Idempotency header',
      help: 'The header that carries the key; the same for every attempt.',
      language: 'plain',
    },
  },
  ports: () => ['out', 'error'],
})
