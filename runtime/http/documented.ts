import { z } from 'zod'

import { Problem } from '../../schemas/api/problem.ts'
import { type ProblemCode, problemKinds } from './problem.ts'

export const jsonAnswer = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { 'application/json': { schema } },
  description,
})

/** A body of any JSON. Hono's types for answers have no place for `unknown`, nor for a field that may be missing. */
export const anyJson = (body: unknown): never => body as never

type Documented = { description: string; content: { 'application/problem+json': { schema: z.ZodType } } }

/** The `responses` of a route for its refusals, by status. Routes throw them, so they add nothing to the handler's type. */
export function documentedProblems(...codes: readonly ProblemCode[]): Record<never, Documented> {
  const all = [...new Set([...codes, 'invalid_request', 'unauthorized', 'internal', 'not_configured'] as const)]
  const byStatus = Map.groupBy(all, (code) => problemKinds[code].status)
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, documentedStatus(group)]))
}

function documentedStatus(codes: readonly ProblemCode[]): Documented {
  const schemas = codes.map((code) => {
    const kind = problemKinds[code]
    return Problem.extend({ code: z.literal(code), ...('also' in kind ? kind.also : {}) })
  })
  const [first = Problem, ...rest] = schemas
  return {
    description: codes.map((code) => `\`${code}\`: ${problemKinds[code].title}`).join(' '),
    content: { 'application/problem+json': { schema: rest.length === 0 ? first : z.union([first, ...rest]) } },
  }
}
