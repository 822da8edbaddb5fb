import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'

import { wholeNumber } from '../../gate/query-number.ts'
import { limits } from '../../schemas/limits.ts'
import type { SignedIn } from './authentication.ts'
import { Refusal, refuseInvalid } from './problem.ts'

/** An empty set of routes. What their schemas refuse is answered as a problem. */
export const routes = (): OpenAPIHono<SignedIn> => new OpenAPIHono<SignedIn>({ defaultHook: refuseInvalid })

export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { 'application/json': { schema } },
  description,
})
export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { content: { 'application/json': { schema } }, required: true },
})
export const idParam = z.object({ id: z.string() })

/** A body that says nothing yet: `{}` or none. */
export const noBody = { body: { content: { 'application/json': { schema: z.strictObject({}) } } } }

export const pageQuery = {
  limit: wholeNumber(1, limits.listPage).default(50),
  cursor: z.string().max(500).optional().describe('`next` of the page before.'),
}

/** Reads a cursor of this list, or refuses what is none. */
export function readCursor<Key>(codec: { read(text: string): Key | null }, text: string | undefined): Key | undefined {
  if (text === undefined) return undefined
  const key = codec.read(text)
  if (key === null) {
    const message = 'must be the `next` of a page of this list'
    throw new Refusal('invalid_request', { issues: [{ in: 'query', path: 'cursor', message }] })
  }
  return key
}

/** The revision that a request is about: `If-Match: "7"`. A proxy that compresses may have made it weak. */
export const ifMatchHeader = z.object({
  'if-match': z
    .string()
    .regex(/^(W\/)?"\d{1,15}"$|^\d{1,15}$/, 'must be one revision, as the ETag of the draft has it')
    .optional()
    .describe('The revision that you have read, as in the ETag.'),
})
export const revisionOf = (headers: z.infer<typeof ifMatchHeader>): number | undefined => {
  const text = headers['if-match']
  return text === undefined ? undefined : Number(text.replaceAll(/[W/"]/g, ''))
}
export const requiredRevisionOf = (headers: z.infer<typeof ifMatchHeader>): number => {
  const revision = revisionOf(headers)
  if (revision === undefined) throw new Refusal('revision_required')
  return revision
}

export const etag = (revision: number): { etag: string } => ({ etag: `"${revision}"` })

export { createRoute }
