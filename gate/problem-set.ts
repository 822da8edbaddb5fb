import type { Context } from 'hono'
import { z } from 'zod'

import { Problem } from '../schemas/api/problem.ts'
import { commonProblems, type Issue, type ProblemKind } from './problem-kinds.ts'

export const issuesOf = (target: string, error: z.ZodError): Issue[] =>
  error.issues.map(({ path, message }) => ({ in: target, path: pathText(path), message }))

const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  )

type Checked =
  | { readonly success: true }
  | { readonly success: false; readonly target: string; readonly error: z.ZodError }

type Documented = { description: string; content: { 'application/problem+json': { schema: z.ZodType } } }

/** What a Worker needs to refuse in the common ways and in its own: to throw one, to answer with it, and to document it. */
export function problemSet<const Own extends Readonly<Record<string, ProblemKind>>>(own: Own) {
  type Code = (keyof Own | keyof typeof commonProblems) & string
  const kinds: Readonly<Record<string, ProblemKind>> = { ...commonProblems, ...own }

  /** Thrown by a route, answered by `answer`. */
  class Refusal extends Error {
    override readonly name = 'Refusal'
    readonly code: Code
    readonly also: Readonly<Record<string, unknown>>
    readonly headers: Readonly<Record<string, string>>
    constructor(
      code: Code,
      also: Readonly<Record<string, unknown>> = {},
      headers: Readonly<Record<string, string>> = {},
    ) {
      super(kindOf(code).title)
      this.code = code
      this.also = also
      this.headers = headers
    }
  }

  const kindOf = (code: Code): ProblemKind => kinds[code] as ProblemKind

  const answer = ({ code, also, headers }: Refusal, c: Context): Response => {
    const { status, title, detail } = kindOf(code)
    const problem = Problem.parse({ status, code, title, detail, ...also })
    return c.body(JSON.stringify(problem), status, { 'content-type': 'application/problem+json', ...headers })
  }

  /** The `responses` of a route for its refusals, by status. Routes throw them, so they add nothing to the handler's type. */
  const documented = (codes: readonly Code[]): Record<never, Documented> => {
    const byStatus = Map.groupBy(new Set(codes), (code) => kindOf(code).status)
    return Object.fromEntries([...byStatus].map(([status, group]) => [status, documentedStatus(group)]))
  }

  const documentedStatus = (codes: readonly Code[]): Documented => {
    const schemas = codes.map((code) => Problem.extend({ code: z.literal(code), ...kindOf(code).also }))
    const [first = Problem, ...rest] = schemas
    return {
      description: codes.map((code) => `\`${code}\`: ${kindOf(code).title}`).join(' '),
      content: { 'application/problem+json': { schema: rest.length === 0 ? first : z.union([first, ...rest]) } },
    }
  }

  /** The hook of every route: what its schemas refuse is one problem that names each place. */
  const refuseInvalid = (result: Checked): void => {
    if (!result.success) throw new Refusal('invalid_request', { issues: issuesOf(result.target, result.error) })
  }

  return { Refusal, answer, documented, refuseInvalid }
}
