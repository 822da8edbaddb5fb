import { z } from 'zod'

import { documented } from './problem.ts'

export const jsonAnswer = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { 'application/json': { schema } },
  description,
})

/** Documents a body that the route reads by itself, bounded, because the library would read any amount of it. */
export const jsonBody = (schema: z.ZodType, required = true) => ({
  requestBody: { required, content: { 'application/json': sent(schema) } },
})

/** What is sent, as the document says it. */
export function sent(schema: z.ZodType): { readonly schema: object } {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return { schema: described }
}

/** A body of any JSON. Hono's types for answers have no place for `unknown`, nor for a field that may be missing. */
export const anyJson = (body: unknown): never => body as never

export type Codes = Parameters<typeof documented>[0]

/** What a JSON body may be refused for, wherever one is read. */
export const jsonProblems = ['malformed_json', 'json_too_deep', 'too_large', 'too_slow', 'cut_off'] as const

/** A route's own refusals, and those that any signed-in route may answer with. */
export const documentedProblems = (...codes: Codes) =>
  documented([...codes, 'invalid_request', 'unauthorized', 'internal', 'storage_unavailable', 'not_configured'])

/** As `documentedProblems`, of a route that changes something: a session does so only from the studio. */
export const documentedWriteProblems = (...codes: Codes) => documentedProblems(...codes, 'csrf')
