import { z } from 'zod'

import { limits } from '../limits.ts'
import { EpochMs } from '../time.ts'

export const SecretName = z
  .string()
  .max(limits.secretNameLength)
  .regex(/^[a-z][a-z0-9_]*$/, 'must start with a lower-case letter and hold only lower-case letters, digits and _')
export type SecretName = z.infer<typeof SecretName>

/** `host`, `host:port`, or `*.domain` for every host below it. */
export const SecretHost = z
  .string()
  .max(260)
  .regex(/^(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-fA-F:.]+\](:\d{1,5})?$/, 'must be a host, host:port or *.domain')

/** `PUT /api/secrets/:name`. Without `hosts` the secret goes only to the host that the using node names literally in its URL. */
export const PutSecret = z.strictObject({
  value: z.string().min(1).max(limits.secretBytes),
  hosts: z.array(SecretHost).max(limits.secretHosts).default([]),
})
export type PutSecret = z.infer<typeof PutSecret>

/** What can be known of a secret. No route ever returns its value. */
export const SecretItem = z.object({
  name: SecretName,
  hosts: z.array(z.string()),
  version: z.int(),
  updatedAt: EpochMs,
})
export type SecretItem = z.infer<typeof SecretItem>
