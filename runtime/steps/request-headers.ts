import type { z } from 'zod'

import type { http } from '../../schemas/kinds/http.ts'
import { limits } from '../../schemas/limits.ts'
import { base64 } from './base64.ts'
import { type Refusal, refuse } from './refusal.ts'

type HttpConfig = z.infer<typeof http.config>

/** Lower-case names. */
export type RequestHeaders = ReadonlyMap<string, string>

/** They describe one connection (RFC 9110 section 7.6.1) or the framing of the message: the platform writes them. */
const written = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Headers by which Cloudflare, Miniflare and Stepwell route their own requests. */
const routing = /^(cf-|mf-|x-stepwell-)/

/** Codes: `header_refused`, `request_invalid`. Messages name the header, never its value. */
export function requestHeaders(
  config: HttpConfig,
  idempotencyKey: string,
  contentType: string | null,
): { readonly ok: true; readonly headers: RequestHeaders } | Refusal {
  const headers = new Map<string, string>()
  const entries = Object.entries(config.headers ?? {})
  if (entries.length > limits.httpHeaders) {
    return refuse('header_refused', `The request has more than ${limits.httpHeaders} headers.`)
  }
  for (const [name, value] of entries) {
    const key = name.toLowerCase()
    if (headers.has(key)) return refuse('header_refused', `The header ${name} is given twice.`)
    headers.set(key, value)
  }
  const authorization = authorizationOf(config.auth)
  if (typeof authorization === 'object') return authorization
  if (authorization !== undefined) {
    if (headers.has('authorization')) {
      return refuse('request_invalid', 'The request has both an authorization header and authentication. Keep one.')
    }
    headers.set('authorization', authorization)
  }
  setDefault(headers, config.idempotencyHeader.toLowerCase(), idempotencyKey)
  setDefault(headers, 'user-agent', 'Stepwell')
  setDefault(headers, 'accept', '*/*')
  if (contentType !== null) setDefault(headers, 'content-type', contentType)
  return refusedHeader(headers) ?? { ok: true, headers }
}

function setDefault(headers: Map<string, string>, name: string, value: string): void {
  if (!headers.has(name)) headers.set(name, value)
}

function refusedHeader(headers: RequestHeaders): Refusal | null {
  for (const [name, value] of headers) {
    if (written.has(name))
      return refuse('header_refused', `The header ${name} is written by the connection itself. Leave it out.`)
    if (routing.test(name)) return refuse('header_refused', `The header ${name} is reserved for routing. Leave it out.`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) {
      return refuse('header_refused', `The header ${name} holds a line break or another control character.`)
    }
    // Beyond ASCII each platform sends something else (RFC 9110 section 5.5).
    if (/[^\t\x20-\x7e]/.test(value)) {
      return refuse(
        'header_refused',
        `The header ${name} holds characters beyond ASCII. Encode them, for example with percent signs.`,
      )
    }
  }
  return null
}

function authorizationOf(auth: HttpConfig['auth']): string | undefined | Refusal {
  if (auth === undefined) return undefined
  if (auth.scheme === 'bearer') return `Bearer ${auth.token}`
  if (auth.username.includes(':')) {
    return refuse(
      'request_invalid',
      'The user of basic authentication holds a colon, which separates it from the password.',
    )
  }
  return `Basic ${basicCredentials(auth)}`
}

export const basicCredentials = ({ username, password }: { username: string; password: string }): string =>
  base64(new TextEncoder().encode(`${username}:${password}`))
