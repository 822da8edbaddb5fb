import type { z } from 'zod'

import type { Injection } from '../../schemas/execution-events.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { http } from '../../schemas/kinds/http.ts'
import { holdsHandle } from './injection.ts'
import { type Refusal, refuse } from './refusal.ts'
import { requestBody } from './request-body.ts'
import { type RequestHeaders, requestHeaders } from './request-headers.ts'
import { checkTarget, withQuery } from './target.ts'

/** A request with its secrets in place: only the egress function holds one, and nothing records it. */
export type Outgoing = {
  readonly method: string
  readonly url: URL
  readonly headers: RequestHeaders
  /** Lower-case names of the headers that must not reach another origin. */
  readonly confidential: ReadonlySet<string>
  readonly body: string | null
  readonly bodyHoldsSecret: boolean
}

export type HttpConfig = z.infer<typeof http.config>

/** Codes: `request_invalid`, and those of the parts. */
export function outgoing(
  filled: JsonObject,
  injections: readonly Injection[],
  idempotencyKey: string,
  allowPrivateNetwork: boolean,
): { readonly ok: true; readonly outgoing: Outgoing; readonly config: HttpConfig } | Refusal {
  const parsed = http.config.safeParse(filled)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    return refuse('request_invalid', `The request cannot be sent: ${problems.join('; ')}.`)
  }
  const config = parsed.data
  const target = checkTarget(config.url, allowPrivateNetwork)
  if (!target.ok) return target
  const complete = withQuery(target.url, config.query ?? {})
  if (!complete.ok) return complete
  const body = requestBody(config)
  if (!body.ok) return body
  const headers = requestHeaders(config, idempotencyKey, body.contentType)
  if (!headers.ok) return headers
  return {
    ok: true,
    config,
    outgoing: {
      method: config.method,
      url: complete.url,
      headers: headers.headers,
      confidential: confidentialHeaders(config, injections),
      body: body.text,
      bodyHoldsSecret: body.text !== null && holdsHandle(injections, 'body'),
    },
  }
}

function confidentialHeaders(config: HttpConfig, injections: readonly Injection[]): ReadonlySet<string> {
  const withSecret = Object.keys(config.headers ?? {}).filter((name) => holdsHandle(injections, 'headers', name))
  return new Set(['authorization', 'cookie', ...withSecret.map((name) => name.toLowerCase())])
}
