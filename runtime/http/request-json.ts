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

/** A JSON body of bounded size and depth; `whenEmpty` when there is none. */
export async function requestJson(
  request: Request,
  maxBytes: number = limits.requestBodyBytes,
  whenEmpty: unknown = null,
): Promise<unknown> {
  const bytes = await requestBody(request, maxBytes)
  if (bytes.length === 0) return whenEmpty
  const json = jsonIn(bytes)
  if (!json.ok) throw new Refusal('malformed_json')
  if (isTooDeep(json.value)) throw new Refusal('json_too_deep')
  return json.value
}

/** A JSON body of a shape; none at all is an empty object. */
export async function requestOf<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  maxBytes?: number,
): Promise<z.output<Schema>> {
  const body = schema.safeParse(await requestJson(request, maxBytes, {}))
  if (!body.success) throw new Refusal('invalid_request', { issues: issuesOf('json', body.error) })
  return body.data
}
