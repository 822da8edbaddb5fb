import { limits } from '../../schemas/limits.ts'
import { type Answer, type EgressPorts, egress } from './egress.ts'
import { failForNow, type Refusal, refuse } from './refusal.ts'
import { retryAfter } from './retry-after.ts'
import type { AttemptOutcome, StepRunner } from './step-runner.ts'

export type HttpPorts = EgressPorts & {
  /** Epoch milliseconds, from which a `Retry-After` in seconds counts. */
  readonly now: () => number
}

/**
 * The http step. Its output is `{ status, headers, body }`; `SPEC.md` gives the shapes of each.
 * Failure codes: `http_<status>`, `timeout`, `cancelled`, `network_error`, `response_too_large`,
 * `invalid_json`, `json_too_deep`, and those of requests that are never sent (`egress.ts`).
 */
export function httpRunner(ports: HttpPorts): StepRunner {
  return async ({ request, idempotencyKey, timeoutMs }, signal) => {
    const controller = new AbortController()
    const { promise: stopped, resolve } = Promise.withResolvers<Refusal>()
    const stop = (refusal: Refusal): void => {
      resolve(refusal)
      controller.abort()
    }
    const cancel = (): void => stop(refuse('cancelled', 'The attempt was cancelled.'))
    const timer = setTimeout(
      () => stop(failForNow('timeout', `There was no complete answer within ${timeoutMs} ms.`)),
      timeoutMs,
    )
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    try {
      const answer = await Promise.race([stopped, egress(ports, request, idempotencyKey, controller.signal)])
      return answer.ok ? outcomeOf(answer, ports.now()) : answer
    } catch (error) {
      // A bug in here must end the attempt and not the object. What the error says may hold a secret.
      return refuse(
        'internal_error',
        `The http step met an unexpected ${error instanceof Error ? error.name : 'value'}.`,
      )
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancel)
    }
  }
}

function outcomeOf(answer: Answer, nowMs: number): AttemptOutcome {
  const { status, headers, body } = answer
  if (!answer.isExpected) return failureOf(answer, nowMs)
  if (!body.ok) return refuse(body.code, body.message, { status, headers })
  const output = { status, headers, body: body.value }
  if (jsonBytes(output) > limits.stepOutputBytes) {
    return refuse(
      'response_too_large',
      `The answer is larger than ${limits.stepOutputBytes} bytes when written as JSON.`,
    )
  }
  return { ok: true, output }
}

/** Asking again may help: too slow, too early, too often, or a fault of the other side that is not a matter of what was asked. */
const isRetryable = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501 && status !== 505)

function failureOf({ host, status, statusText, headers, body }: Answer, nowMs: number): AttemptOutcome {
  const message = `${host} answered ${status}${statusText === '' ? '' : ` ${statusText}`}.`
  const whole = { status, headers, body: body.value }
  // Left out rather than cut: a cut could leave half of something that was to be found as a whole.
  const details = jsonBytes(whole) <= limits.failureDetailsBytes ? whole : { status, bodyOmitted: 'too large to keep' }
  const refusal = { ...refuse(`http_${status}`, message, details), retryable: isRetryable(status) }
  const header = headers['retry-after']
  const notBefore = refusal.retryable && typeof header === 'string' ? retryAfter(header, nowMs) : undefined
  return notBefore === undefined ? refusal : { ...refusal, notBefore }
}

const jsonBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length
