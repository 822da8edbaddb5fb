import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'

import { Issue, issuesOf, type ProblemKind, problemSet } from '../../gate/problem-set.ts'
import { Draft } from '../../schemas/api/workflows.ts'
import { GraphProblem } from '../../schemas/graph.ts'
import { limits } from '../../schemas/limits.ts'
import { RuntimeUnavailable } from '../runtime-client.ts'

/** Every refusal there is: its status, what happened, what to do, and what comes with it. */
const problemKinds = {
  malformed_json: {
    status: 400,
    title: 'The body is not JSON.',
    detail: 'Send JSON text in UTF-8.',
  },
  invalid_request: {
    status: 400,
    title: 'The request does not have the shape this address takes.',
    detail: 'Mend what `issues` names.',
    also: { issues: z.array(Issue) },
  },
  unauthorized: {
    status: 401,
    title: 'This needs a token.',
    detail:
      'Send `Authorization: Bearer <admin token>`, or sign in. The token is printed when the server first starts.',
  },
  csrf: {
    status: 403,
    title: 'A signed-in write must come from this site.',
    detail: 'Send an Origin header equal to this origin and `x-stepwell: 1`, or use a bearer token.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here.',
    detail: 'Check the address and the id in it.',
  },
  revision_stale: {
    status: 409,
    title: 'The draft was saved by someone else meanwhile.',
    detail: 'Take `current`, repeat your change on it, and send its revision as If-Match.',
    also: { revision: z.int(), current: Draft },
  },
  draft_published: {
    status: 409,
    title: 'The draft is published.',
    detail: 'A published workflow keeps its draft: its hooks and executions go on.',
  },
  too_slow: {
    status: 408,
    title: 'The body did not arrive in time.',
    detail: `Send all of it within ${limits.requestBodyMs / 1000} seconds.`,
  },
  too_large: {
    status: 413,
    title: 'The body is too large.',
    detail: `Send at most ${limits.requestBodyBytes} bytes.`,
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body is of a type this address does not take.',
    detail: 'Send `Content-Type: application/json`.',
  },
  graph_invalid: {
    status: 422,
    title: 'The draft cannot be published as it is.',
    detail: 'Mend what `problems` names.',
    also: { problems: z.array(GraphProblem) },
  },
  revision_required: {
    status: 428,
    title: 'A save must say which revision it changes.',
    detail: 'Send the ETag of the draft you have read as If-Match.',
  },
  internal: {
    status: 500,
    title: 'Something broke here.',
    detail: 'The log of the server has the cause. Try again; if it stays, report it.',
  },
  runtime_unavailable: {
    status: 503,
    title: 'The runtime did not answer.',
    detail: 'Try again in a moment. Published workflows and their executions are not affected.',
  },
  vault_locked: {
    status: 503,
    title: 'The secret was not stored: the vault has no usable key.',
    detail:
      'Set SECRETS_KEY to 32 bytes in base64, the same ones that earlier secrets were sealed with, and start again.',
  },
  not_configured: {
    status: 503,
    title: 'This server has no admin token.',
    detail: 'Set ADMIN_TOKEN and start it again.',
  },
} as const satisfies Record<string, ProblemKind>

export const { Refusal, answer, documented } = problemSet(problemKinds)

/** The one place where an error becomes an answer. */
export function answerError(error: Error, c: Context): Response {
  if (error instanceof Refusal) return answer(error, c)
  // What Hono's own validators throw before ours are reached.
  if (error instanceof HTTPException && error.status === 415) return answer(new Refusal('unsupported_media_type'), c)
  if (error instanceof HTTPException && error.status === 400) return answer(new Refusal('malformed_json'), c)
  console.error(error)
  if (!(error instanceof RuntimeUnavailable)) return answer(new Refusal('internal'), c)
  return answer(new Refusal('runtime_unavailable', {}, { 'retry-after': '2' }), c)
}

/** The hook of every route: what its schemas refuse is one problem that names each place. */
export function refuseInvalid(result: { success: true } | { success: false; target: string; error: z.ZodError }): void {
  if (!result.success) throw new Refusal('invalid_request', { issues: issuesOf(result.target, result.error) })
}
