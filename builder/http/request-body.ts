import type { MiddlewareHandler } from 'hono'

import { limits } from '../../schemas/limits.ts'
import { type Issue, Refusal } from './problem.ts'

/**
 * Reads the body before anything else does: counted as it arrives, refused at the limit, and judged
 * where JSON enters, so that nothing behind here meets text that is too long, too deep or not JSON.
 */
export const requestBody: MiddlewareHandler = async (c, next) => {
  const { raw } = c.req
  if (raw.body !== null) {
    const bytes = await readLimited(raw.body)
    const headers = new Headers(raw.headers)
    // A client that always names a type but sends nothing has sent no body.
    if (bytes.byteLength === 0) headers.delete('content-type')
    else if (/^application\/([a-z.-]+\+)?json\b/i.test(headers.get('content-type') ?? '')) refuseBadJson(bytes)
    c.req.raw = new Request(raw.url, {
      method: raw.method,
      headers,
      ...(bytes.byteLength === 0 ? {} : { body: bytes }),
    })
  }
  await next()
}

async function readLimited(body: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let total = 0
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    total += value.byteLength
    if (total > limits.requestBodyBytes) {
      await reader.cancel('too large')
      throw new Refusal('too_large')
    }
    chunks.push(value)
  }
  const bytes = new Uint8Array(total)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

function refuseBadJson(bytes: Uint8Array): void {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes))
  } catch {
    // The parser's own message quotes the body, which may hold a secret.
    throw new Refusal('malformed_json')
  }
  const issue = jsonIssue(value)
  if (issue !== null) throw new Refusal('invalid_request', { issues: [issue] })
}

/** Walks level by level, so no depth can exhaust the stack. */
function jsonIssue(root: unknown): Issue | null {
  let level: readonly unknown[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limits.jsonDepth) {
      return { in: 'json', path: '', message: `must not nest deeper than ${limits.jsonDepth} levels` }
    }
    const containers = level.filter((value) => typeof value === 'object' && value !== null)
    if (containers.some((value) => Object.hasOwn(value, '__proto__'))) {
      return { in: 'json', path: '__proto__', message: 'must not be a field name' }
    }
    level = containers.flatMap((value) => Object.values(value))
  }
  return null
}
