import { z } from 'zod'

import { Problem } from '../../schemas/api/problem.ts'
import { type ProblemCode, problemKinds } from './problem.ts'

type Documented = { description: string; content: { 'application/problem+json': { schema: z.ZodType } } }

/** Refusals that any signed-in route may answer with. */
const always = [
  'invalid_request',
  'unauthorized',
  'internal',
  'not_configured',
] as const satisfies readonly ProblemCode[]

/** The `responses` of a route for its refusals, by status. Routes throw them, so they add nothing to the handler's type. */
export function documentedProblems(...codes: readonly ProblemCode[]): Record<never, Documented> {
  return documented([...new Set([...codes, ...always])])
}

/** Those of a route that changes something; the ones with a body refuse it in these ways too. */
export function documentedWriteProblems(...codes: readonly ProblemCode[]): Record<never, Documented> {
  return documentedProblems(...codes, 'csrf', 'malformed_json', 'too_large', 'too_slow', 'unsupported_media_type')
}

export function documentedPublicProblems(...codes: readonly ProblemCode[]): Record<never, Documented> {
  return documented(codes)
}

function documented(codes: readonly ProblemCode[]): Record<number, Documented> {
  const byStatus = Map.groupBy(codes, (code) => problemKinds[code].status)
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
