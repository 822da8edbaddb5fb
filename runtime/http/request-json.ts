import type { z } from 'zod'

import { jsonIn } from '../../gate/json-text.ts'
import { limitedBody } from '../../gate/limited-body.ts'
import { issuesOf } from '../../gate/problem-set.ts'
import { limits } from '../../schemas/limits.ts'
import { isTooDeep } from '../objects/trigger-body.ts'
import { Refusal } from './problem.ts'

/** A body of bounded size that arrives in time. */
export async function requestBody(
  request: Request,
  maxBytes: number = limits.requestBodyBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await limitedBody(request, { maxBytes, maxMs: limits.requestBodyMs })
  if (typeof bytes === 'string') throw new Refusal(bytes, bytes === 'too_large' ? { maxBytes } : {})
  return bytes
}

export type JsonBody = { readonly value: unknown; readonly bytes: Uint8Array }

/** A JSON body of bounded size and depth; null when there is none. */
export async function requestJson(request: Request, maxBytes: number = limits.requestBodyBytes): Promise<JsonBody> {
  const bytes = await requestBody(request, maxBytes)
  if (bytes.length === 0) return { value: null, bytes }
  const json = jsonIn(bytes)
  if (!json.ok) throw new Refusal('malformed_json')
  const { value } = json
  if (isTooDeep(value)) throw new Refusal('json_too_deep')
  return { value, bytes }
}

/** A JSON body of a shape; none at all is an empty object. */
export async function requestOf<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  maxBytes?: number,
): Promise<z.output<Schema>> {
  const { value, bytes } = await requestJson(request, maxBytes)
  const body = schema.safeParse(bytes.length === 0 ? {} : value)
  if (!body.success) throw new Refusal('invalid_request', { issues: issuesOf('json', body.error) })
  return body.data
}
