import { limits } from '../../schemas/limits.ts'
import { base64 } from './base64.ts'
import { depthOf } from './json-depth.ts'
import type { Redactor } from './redact.ts'

/** A body that is neither JSON nor text, as it stands in a step's output. */
export type BytesBody = { readonly $bytes: string; readonly contentType: string; readonly size: number }

/** What a body turned out to be. `value` is JSON-shaped: parsed JSON, a string, a `BytesBody`, or null when empty. */
export type ResponseBody =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false
      readonly code: 'response_too_large' | 'invalid_json' | 'json_too_deep'
      readonly message: string
      /** The text that could not be parsed. */
      readonly value: unknown
    }

export const tooLarge: ResponseBody = {
  ok: false,
  code: 'response_too_large',
  message: `The answer is larger than ${limits.httpResponseBytes} bytes.`,
  value: null,
}

/** Reads to the end, counting what has been decompressed; null when it is too large, and then the rest is not fetched. */
export async function readBytes(response: Response, limitBytes: number): Promise<Uint8Array | null> {
  // The protocol holds a body to the length it declares, so a small one can be taken in one piece.
  if (declaredBytes(response) <= limitBytes) return new Uint8Array(await response.arrayBuffer())
  if (response.body === null) return new Uint8Array()
  const reader = response.body.getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > limitBytes) {
      await reader.cancel()
      return null
    }
    chunks.push(value)
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}

/** How long the body says it is; infinity when it does not say, or is compressed and will grow. */
function declaredBytes({ headers }: Response): number {
  const declared = headers.get('content-length')
  return declared !== null && /^\d{1,15}$/.test(declared) && headers.get('content-encoding') === null
    ? Number(declared)
    : Number.POSITIVE_INFINITY
}

/** Decodes by content type and takes the secrets out. What cannot be decoded as text stays bytes. */
export function decodeBody(bytes: Uint8Array, contentType: string, redact: Redactor): ResponseBody {
  if (bytes.length === 0) return { ok: true, value: null }
  const { type, charset } = mediaType(contentType)
  if (type === 'application/json' || type === 'text/json' || type.endsWith('+json')) return decodeJson(bytes, redact)
  // Without a type a body that is UTF-8 is most useful as text.
  const text = type === '' || isText(type) ? decodeText(bytes, charset, type === '') : null
  if (text !== null) return { ok: true, value: redact.text(text) }
  const value: BytesBody = {
    $bytes: base64(redact.bytes(bytes)),
    contentType: redact.text(contentType),
    size: bytes.length,
  }
  return { ok: true, value }
}

function decodeJson(bytes: Uint8Array, redact: Redactor): ResponseBody {
  const text = new TextDecoder().decode(bytes)
  const broken = (code: 'invalid_json' | 'json_too_deep', message: string): ResponseBody => ({
    ok: false,
    code,
    message,
    value: redact.text(text),
  })
  // Counted before parsing: everything that walks the value afterwards may be recursive.
  if (depthOf(text) > limits.jsonDepth) {
    return broken('json_too_deep', `The JSON of the answer is nested deeper than ${limits.jsonDepth} levels.`)
  }
  const parsed = parseJson(text)
  if (!parsed.ok) return broken('invalid_json', 'The answer says it is JSON, but it cannot be parsed.')
  return { ok: true, value: redact.json(parsed.value) }
}

function parseJson(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    // The message of a SyntaxError quotes the text, which may hold a secret.
    return { ok: false }
  }
}

function mediaType(contentType: string): { readonly type: string; readonly charset: string } {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';')
  const charset = parameters
    .map((parameter) => /^\s*charset="?([^"]*)"?\s*$/.exec(parameter)?.[1])
    .find((value) => value !== undefined)
  return { type: type.trim(), charset: charset ?? 'utf-8' }
}

const textTypes = new Set([
  'application/ecmascript',
  'application/graphql',
  'application/javascript',
  'application/jwt',
  'application/sql',
  'application/toml',
  'application/x-ndjson',
  'application/x-www-form-urlencoded',
  'application/x-yaml',
  'application/xml',
  'application/yaml',
])
const isText = (type: string): boolean =>
  type.startsWith('text/') || type.endsWith('+xml') || type.endsWith('+yaml') || textTypes.has(type)

/** Null when the charset is unknown, or when `mustBeExact` and the bytes are no such text. */
function decodeText(bytes: Uint8Array, charset: string, mustBeExact: boolean): string | null {
  try {
    return new TextDecoder(charset, { fatal: mustBeExact, ignoreBOM: false }).decode(bytes)
  } catch {
    // A RangeError for the charset or a TypeError for the bytes: both mean that this is no text we can read.
    return null
  }
}
