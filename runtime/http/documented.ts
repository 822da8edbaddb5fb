import { z } from 'zod'

import { documented } from './problem.ts'

export const jsonAnswer = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { 'application/json': { schema } },
  description,
})

/** Documents a body that the route reads by itself, bounded, because the library would read any amount of it. */
export function jsonBody(schema: z.ZodType, required = true) {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return { requestBody: { required, content: { 'application/json': { schema: described as object } } } }
}

/** A body of any JSON. Hono's types for answers have no place for `unknown`, nor for a field that may be missing. */
export const anyJson = (body: unknown): never => body as never

type Codes = Parameters<typeof documented>[0]

/** A route's own refusals, and those that any signed-in route may answer with. */
export const documentedProblems = (...codes: Codes) =>
  documented([...codes, 'invalid_request', 'unauthorized', 'internal', 'not_configured'])

/** As `documentedProblems`, of a route that changes something: a session does so only from the studio. */
export const documentedWriteProblems = (...codes: Codes) => documentedProblems(...codes, 'csrf')
