import { limits } from '../../schemas/limits.ts'
import { base64 } from '../steps/base64.ts'

export type ParsedBody =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly code: 'malformed_json' | 'json_too_deep'; readonly reason: string }

/**
 * A request body as data, by its content type and nothing else: JSON becomes its value, a form an
 * object, text a string, anything else `{ "$bytes": base64 }`. An empty body is null.
 */
export function parseBody(contentType: string | null, bytes: Uint8Array): ParsedBody {
  if (bytes.length === 0) return { ok: true, body: null }
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/json' || type.endsWith('+json')) return parseJson(bytes)
  if (type === 'application/x-www-form-urlencoded')
    return { ok: true, body: listed(new URLSearchParams(textOf(bytes) ?? '')) }
  const text = type.startsWith('text/') || type === '' ? textOf(bytes) : null
  return { ok: true, body: text ?? { $bytes: base64(bytes) } }
}

function parseJson(bytes: Uint8Array): ParsedBody {
  const text = textOf(bytes)
  if (text === null) return { ok: false, code: 'malformed_json', reason: 'the body is not UTF-8 text' }
  try {
    const body: unknown = JSON.parse(text)
    if (isTooDeep(body))
      return { ok: false, code: 'json_too_deep', reason: `the body nests deeper than ${limits.jsonDepth} levels` }
    return { ok: true, body }
  } catch (error) {
    // The engine's message quotes the body, so only the fact is said.
    if (error instanceof SyntaxError) return { ok: false, code: 'malformed_json', reason: 'the body is not valid JSON' }
    throw error
  }
}

/** Names that come once are text, names that come again are lists. */
export function listed(params: URLSearchParams): Record<string, string | string[]> {
  const names = [...new Set(params.keys())]
  return Object.fromEntries(
    names.map((name) => {
      const values = params.getAll(name)
      return [name, values.length === 1 ? (values[0] ?? '') : values]
    }),
  )
}

/** Level by level, so that no depth can exhaust the stack. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limits.jsonDepth) return true
    level = level.flatMap((inner) => (typeof inner === 'object' && inner !== null ? Object.values(inner) : []))
  }
  return false
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}
