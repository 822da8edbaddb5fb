import type { MiddlewareHandler } from 'hono'

import { jsonIn } from '../../gate/json-text.ts'
import { limitedBody } from '../../gate/limited-body.ts'
import type { Issue } from '../../gate/problem-kinds.ts'
import { limits } from '../../schemas/limits.ts'
import { Refusal } from './problem.ts'

/**
 * Reads the body before anything else does: counted as it arrives, refused at the limit, and judged
 * where JSON enters, so that nothing behind here meets text that is too long, too deep or not JSON.
 */
export const requestBody: MiddlewareHandler = async (c, next) => {
  const { raw } = c.req
  if (raw.method !== 'GET' && raw.method !== 'HEAD') {
    const maxBytes = limits.requestBodyBytes
    const bytes = await limitedBody(raw, { maxBytes, maxMs: limits.requestBodyMs })
    if (typeof bytes === 'string') throw new Refusal(bytes, bytes === 'too_large' ? { maxBytes } : {})
    const headers = new Headers(raw.headers)
    // A client that always names a type but sends nothing has sent no body.
    if (bytes.byteLength === 0) headers.delete('content-type')
    else if (/^application\/([a-z.-]+\+)?json\b/i.test(headers.get('content-type') ?? '')) refuseBadJson(bytes)
    const body = bytes.byteLength === 0 ? {} : { body: bytes }
    c.req.raw = new Request(raw.url, { method: raw.method, headers, ...body })
  }
  await next()
}

function refuseBadJson(bytes: Uint8Array): void {
  const json = jsonIn(bytes)
  if (!json.ok) throw new Refusal('malformed_json')
  const issue = jsonIssue(json.value)
  if (issue !== null) throw new Refusal('invalid_request', { issues: [issue] })
}

/** Walks level by level, so no depth can exhaust the stack. */
function jsonIssue(root: unknown): Issue | null {
  let level: readonly unknown[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limits.jsonDepth) return issue(`must not nest deeper than ${limits.jsonDepth} levels`)
    const entries = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.entries(value) : []))
    if (entries.some(([field]) => field === '__proto__')) return issue('must not have a field named __proto__')
    // Half of a surrogate pair has no UTF-8: the database would store another text than was sent.
    const texts = [...level, ...entries.map(([field]) => field)].filter((value) => typeof value === 'string')
    if (!texts.every((text) => text.isWellFormed())) return issue('must not hold half of a surrogate pair')
    level = entries.map(([, value]) => value)
  }
  return null
}

const issue = (message: string): Issue => ({ in: 'json', path: '', message })
