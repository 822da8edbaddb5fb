import { z } from 'zod'

import { Refusal } from './problem.ts'

/** The header by which a request that is repeated is known. */
export const idempotencyKey = (maxLength: number, description: string) =>
  z.object({ 'idempotency-key': z.string().min(1).max(maxLength).optional().describe(description) })

/** The id of what is sent, which stands in its body, or in the header, or in both. */
export function sentId(inBody: string | undefined, inHeader: string | undefined): string | null {
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader) {
    const message = 'must be the same as `id` in the body, or left out'
    throw new Refusal('invalid_request', { issues: [{ in: 'header', path: 'idempotency-key', message }] })
  }
  return inBody ?? inHeader ?? null
}
