import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'

import { limits } from '../schemas/limits.ts'

/** A refusal there is: its status, what happened, what to do, and what comes with it. */
export type ProblemKind = {
  readonly status: ContentfulStatusCode
  readonly title: string
  readonly detail: string
  readonly also?: z.ZodRawShape
}

/** One place of a request that is not as it must be. `in`: `json`, `form`, `query`, `header` or `param`. */
export const Issue = z.object({ in: z.string(), path: z.string(), message: z.string() })
export type Issue = z.infer<typeof Issue>

/** What both Workers refuse, in the same words. */
export const commonProblems = {
  malformed_json: { status: 400, title: 'The body is not JSON.', detail: 'Send JSON text in UTF-8.' },
  invalid_request: {
    status: 400,
    title: 'The request does not have the shape this address takes.',
    detail: 'Mend what `issues` names.',
    also: { issues: z.array(Issue) },
  },
  cut_off: { status: 400, title: 'The body broke off before its end.', detail: 'Send all of it.' },
  unauthorized: {
    status: 401,
    title: 'This needs a token.',
    detail: 'Send `Authorization: Bearer <admin token>`, or sign in to the studio. The first start prints the token.',
  },
  csrf: {
    status: 403,
    title: 'A signed-in write must come from this site.',
    detail: 'Send an Origin header equal to this origin and `x-stepwell: 1`, or use a bearer token.',
  },
  not_found: { status: 404, title: 'There is nothing here.', detail: 'Check the address and the id in it.' },
  too_slow: {
    status: 408,
    title: 'The body did not arrive in time.',
    detail: `Send all of it within ${limits.requestBodyMs / 1000} seconds.`,
  },
  too_large: {
    status: 413,
    title: 'The body is too large.',
    detail: 'Send at most `maxBytes` bytes.',
    also: { maxBytes: z.int() },
  },
  internal: {
    status: 500,
    title: 'Something broke here.',
    detail: 'The log of the server has the cause. Try again; if it stays, report it.',
  },
  not_configured: {
    status: 503,
    title: 'This server has no admin token.',
    detail: 'Set ADMIN_TOKEN and start it again.',
  },
} as const satisfies Record<string, ProblemKind>
