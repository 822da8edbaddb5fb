import { z } from 'zod'
import { sessionWriteHeader } from '../../schemas/session.ts'
import { problemOf, UnreachableError } from './problem-error.ts'
import { noteAnswer, noteSilence } from './reachability.ts'

export type RequestOptions = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** Asks the server and reads the answer with its schema. Throws ProblemError, UnreachableError, or ZodError for an answer of another shape. */
export async function request<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  options: RequestOptions = {},
): Promise<z.infer<Schema>> {
  const response = await send(path, options)
  if (!response.ok) throw await problemOf(response)
  return schema.parse(response.status === 204 ? null : await response.json())
}

/** For answers without a body. */
export const nothing = z.unknown().transform(() => null)

async function send(path: string, { method = 'GET', body, signal }: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (method !== 'GET') headers[sessionWriteHeader.name] = sessionWriteHeader.value
  if (body !== undefined) headers['content-type'] = 'application/json'
  try {
    const response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
    noteAnswer(response.status)
    return response
  } catch (cause) {
    if (signal?.aborted === true) throw cause
    noteSilence()
    throw new UnreachableError(cause)
  }
}
