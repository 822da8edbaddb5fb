import type { Fetch } from '../../runtime/steps/egress.ts'
import { httpRunner } from '../../runtime/steps/http.ts'
import type { AttemptOutcome, MakeLink, OpenedSecret, OpenSecrets } from '../../runtime/steps/step-runner.ts'
import type { Injection } from '../../schemas/execution-events.ts'
import type { NodeId } from '../../schemas/graph.ts'

export const t0 = 1_800_000_000_000

type Options = {
  readonly injections?: readonly Injection[]
  readonly secrets?: Readonly<Record<string, OpenedSecret | string>>
  readonly allowPrivateNetwork?: boolean
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  readonly fetch?: Fetch
  readonly openSecrets?: OpenSecrets
  readonly makeLink?: MakeLink
}

/** Performs one attempt of an http step with the real `fetch`, on loopback. */
export function perform(config: Record<string, unknown>, options: Options = {}): Promise<AttemptOutcome> {
  const secrets = Object.entries(options.secrets ?? {}).map(
    ([name, secret]) => [name, typeof secret === 'string' ? { value: secret, hosts: [] } : secret] as const,
  )
  const runner = httpRunner({
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    openSecrets: options.openSecrets ?? (async (names) => new Map(secrets.filter(([name]) => names.includes(name)))),
    makeLink: options.makeLink ?? (() => Promise.reject(new Error('no link was expected'))),
    allowPrivateNetwork: options.allowPrivateNetwork ?? true,
    now: () => t0,
  })
  const request = { kind: 'http', config, injections: [...(options.injections ?? [])] }
  const node = { id: 'charge' as NodeId, kind: 'http', config }
  const attempt = { node, request, idempotencyKey: 'exec-1:charge', timeoutMs: options.timeoutMs ?? 5_000 }
  return runner(attempt, options.signal ?? new AbortController().signal)
}

/** An injection of one secret into one field, with text before and after it. */
export const secretAt = (path: (string | number)[], secret: string, before = '', after = ''): Injection => ({
  path,
  parts: [...(before === '' ? [] : [{ text: before }]), { secret }, ...(after === '' ? [] : [{ text: after }])],
})

export function succeeded(outcome: AttemptOutcome): {
  status: number
  headers: Record<string, unknown>
  body: unknown
} {
  if (!outcome.ok) throw new Error(`the attempt failed: ${JSON.stringify(outcome)}`)
  return outcome.output as { status: number; headers: Record<string, unknown>; body: unknown }
}

export function failed(outcome: AttemptOutcome): Extract<AttemptOutcome, { ok: false }> {
  if (outcome.ok) throw new Error(`the attempt succeeded: ${JSON.stringify(outcome)}`)
  return outcome
}
