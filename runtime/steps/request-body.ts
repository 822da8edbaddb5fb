import type { z } from 'zod'

import type { http } from '../../schemas/kinds/http.ts'
import { limits } from '../../schemas/limits.ts'
import { type Refusal, refuse } from './refusal.ts'

export type RequestBody = {
  readonly ok: true
  /** Sent in UTF-8. */
  readonly text: string | null
  readonly contentType: string | null
}

const none: RequestBody = { ok: true, text: null, contentType: null }

/** The text to send and the type that says how to read them. Codes: `request_invalid`, `request_too_large`. */
export function requestBody({ method, body, bodyAs = 'json' }: z.infer<typeof http.config>): RequestBody | Refusal {
  if (method === 'GET' || method === 'HEAD' || body === undefined || bodyAs === 'none') return none
  if (bodyAs === 'text') return encoded(textOf(body), 'text/plain;charset=UTF-8')
  if (bodyAs === 'json') return encoded(JSON.stringify(body), 'application/json')
  const form = formOf(body)
  return typeof form === 'string' ? encoded(form, 'application/x-www-form-urlencoded') : form
}

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body))

/** A text is taken as already encoded. In an object a list repeats its name, and null is left out. */
function formOf(body: unknown): string | Refusal {
  if (typeof body === 'string') return body
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refuse('request_invalid', 'A form is an object of names and values, or an encoded text.')
  }
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(body)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item === null || item === undefined) continue
      if (typeof item === 'object') {
        return refuse(
          'request_invalid',
          `The form field ${name} holds an object. Give text, a number, true, false or a list of these.`,
        )
      }
      form.append(name, String(item))
    }
  }
  return form.toString()
}

function encoded(text: string, contentType: string): RequestBody | Refusal {
  const size = new TextEncoder().encode(text).length
  if (size > limits.httpRequestBytes) {
    return refuse('request_too_large', `The body is ${size} bytes long; at most ${limits.httpRequestBytes} are sent.`)
  }
  return { ok: true, text, contentType }
}
