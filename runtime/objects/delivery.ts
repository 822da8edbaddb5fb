import type { z } from 'zod'

import type { Delivery } from '../../schemas/api/workflows.ts'
import type { webhook } from '../../schemas/kinds/webhook.ts'
import { limits } from '../../schemas/limits.ts'
import type { NewDelivery } from '../storage/workflow-store.ts'
import { listed, parseBody } from './trigger-body.ts'
import type { Verdict, VerifyRequest } from './workflow-ports.ts'

export type HookConfig = z.infer<typeof webhook.config>

/** A request to a hook, as it came: the bytes are what a signature is checked over. */
export type HookRequest = {
  readonly hookId: string
  readonly method: string
  /** What follows the hook's id in the URL, without the query. */
  readonly path: string
  readonly query: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: ArrayBuffer
}

/** How a delivery ended. `status` is the HTTP status of a refusal. */
export type Refusal = {
  readonly status: 400 | 401 | 405 | 413 | 422
  readonly code: string
  readonly reason: string
}

/** What a webhook's execution is started with. */
export type HookTrigger = {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly query: unknown
  readonly body: unknown
}

export function methodRefusal(request: HookRequest, { methods }: HookConfig): Refusal | null {
  if ((methods as readonly string[]).includes(request.method)) return null
  return { status: 405, code: 'method_not_allowed', reason: `this hook takes ${methods.join(', ')}` }
}

/** Fails closed: whatever the vault does not confirm is refused. */
export async function verificationRefusal(
  request: HookRequest,
  { verify }: HookConfig,
  check: (request: VerifyRequest) => Promise<Verdict>,
): Promise<Refusal | null> {
  if (verify.scheme === 'none') return null
  const verdict = await check(
    verify.scheme === 'github'
      ? {
          scheme: 'github',
          secret: verify.secret,
          signature: headerOf(request, 'x-hub-signature-256'),
          body: new Uint8Array(request.body),
        }
      : { scheme: 'token', secret: verify.secret, token: headerOf(request, verify.header) },
  )
  return verdict.ok ? null : { status: 401, code: verdict.code, reason: verdict.reason }
}

export function triggerFrom(
  request: HookRequest,
  config: HookConfig,
): { readonly ok: true; readonly trigger: HookTrigger } | { readonly ok: false; readonly refusal: Refusal } {
  const parsed = parseBody(headerOf(request, 'content-type'), new Uint8Array(request.body))
  if (!parsed.ok) return { ok: false, refusal: { status: 400, code: parsed.code, reason: parsed.reason } }
  const trigger: HookTrigger = {
    method: request.method,
    path: request.path,
    headers: maskedHeaders(request, config),
    query: listed(new URLSearchParams(request.query)),
    body: parsed.body,
  }
  if (JSON.stringify(trigger).length > limits.triggerChars) {
    return {
      ok: false,
      refusal: { status: 413, code: 'body_too_large', reason: 'the request is too large once it is written as JSON' },
    }
  }
  return { ok: true, trigger }
}

/** The row of the delivery log. */
export function deliveryRow(
  request: HookRequest,
  config: HookConfig,
  at: number,
  outcome: Pick<Delivery, 'verdict'> & Partial<Pick<Delivery, 'code' | 'reason' | 'executionId'>>,
): NewDelivery {
  const text = new TextDecoder().decode(request.body.slice(0, limits.deliveryBodyBytes))
  return {
    hookId: request.hookId,
    at,
    method: request.method,
    path: request.path,
    headers: maskedHeaders(request, config),
    bodyBytes: request.body.byteLength,
    ...(text.includes('\u0000') ? {} : { body: text }),
    ...outcome,
  }
}

const credentials = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-api-key'])

/** Headers as they are kept: credentials, and the header that proves the sender, are masked before anything is written. */
function maskedHeaders({ headers }: HookRequest, { verify }: HookConfig): Record<string, string> {
  const secret = verify.scheme === 'token' ? verify.header.toLowerCase() : null
  return Object.fromEntries(
    headers.map(([name, value]) => {
      const lower = name.toLowerCase()
      return [lower, credentials.has(lower) || lower === secret ? '•••' : value]
    }),
  )
}

const headerOf = ({ headers }: HookRequest, wanted: string): string | null =>
  headers.find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1] ?? null
