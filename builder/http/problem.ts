import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'

import type { ProblemKind } from '../../gate/problem-kinds.ts'
import { problemSet } from '../../gate/problem-set.ts'
import { Draft } from '../../schemas/api/workflows.ts'
import { GraphProblem } from '../../schemas/graph.ts'
import { RuntimeUnavailable } from '../runtime-client.ts'

/** Every refusal of the builder's own. */
const problemKinds = {
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
} as const satisfies Record<string, ProblemKind>

export const { Refusal, answer, documented, refuseInvalid } = problemSet(problemKinds)

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
