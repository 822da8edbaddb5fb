import type { StepRequest } from '../../schemas/execution-events.ts'
import { limits } from '../../schemas/limits.ts'
import { handlesOf, inject, nameOf } from './injection.ts'
import { networkFailure } from './network-failure.ts'
import { type HttpConfig, type Outgoing, outgoing } from './outgoing.ts'
import { type Hidden, type Redactor, redactor } from './redact.ts'
import { isRedirect, nextHop, type RedirectRules } from './redirect.ts'
import { type Refusal, refuse } from './refusal.ts'
import { basicCredentials } from './request-headers.ts'
import { decodeBody, type ResponseBody, readBytes, tooLarge } from './response-body.ts'
import { type AllRevealed, type RevealPorts, reveal } from './reveal.ts'
import { mayGoTo } from './secret-hosts.ts'
import { checkTarget } from './target.ts'

export type Fetch = (url: URL, init: RequestInit) => Promise<Response>

export type EgressPorts = RevealPorts & {
  readonly fetch: Fetch
  /** Whether loopback and private addresses may be reached. */
  readonly allowPrivateNetwork: boolean
}

/** Lower-case names. `set-cookie` is always a list, because a comma may stand inside a cookie; others are joined by `, `. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>

/** What came back, without the secrets that went out. */
export type Answer = {
  readonly ok: true
  readonly host: string
  readonly status: number
  /** Whether the node counts the status as success. */
  readonly isExpected: boolean
  readonly statusText: string
  readonly headers: AnswerHeaders
  readonly body: ResponseBody
}

/**
 * The one way out. It alone calls `fetch`, and it alone holds secrets and links in the clear: it has them
 * revealed, checks where each may go, puts them into the request at the last moment, and takes them out of
 * whatever comes back before anybody sees it. What it answers after `signal` has aborted does not count.
 */
export async function egress(
  ports: EgressPorts,
  request: StepRequest,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<Answer | Refusal> {
  const origin = literalOrigin(request, ports.allowPrivateNetwork)
  if (!origin.ok) return origin
  const opened = await reveal(ports, handlesOf(request.injections))
  if (!opened.ok) return opened
  signal.throwIfAborted()
  const { revealed } = opened
  for (const [name, { hosts }] of revealed) {
    if (!mayGoTo(hosts, origin.url, origin.url.origin)) return refuseSecret(name, hosts, origin.url)
  }

  const filled = inject(request.config, request.injections, (handle) => revealed.get(nameOf(handle))?.text ?? '')
  if (!filled.ok) return filled
  const made = outgoing(filled.config, request.injections, idempotencyKey, ports.allowPrivateNetwork)
  if (!made.ok) return scrubbed(made, redactor(toHide(revealed, undefined)))
  // The marks have shown this already; should they ever be wrong, a secret must still not leave.
  if (made.outgoing.url.origin !== origin.url.origin) return refuseSecretInHost()
  const redact = redactor(toHide(revealed, made.config))
  const rules = { allowPrivateNetwork: ports.allowPrivateNetwork, firstOrigin: origin.url.origin, revealed }
  const answer = await send(ports.fetch, made.outgoing, made.config, rules, redact, signal)
  return answer.ok ? answer : scrubbed(answer, redact)
}

/**
 * Where the request goes before any secret is in it. Secrets in the URL are replaced by two different
 * marks: when these lead to two places, a secret decides the place, and no check of hosts would mean anything.
 */
function literalOrigin(
  { config, injections }: StepRequest,
  allowPrivateNetwork: boolean,
): { readonly ok: true; readonly url: URL } | Refusal {
  const inUrl = injections.filter(({ path }) => path[0] === 'url')
  const urls = ['a', 'b'].map((mark) => inject({ url: config['url'] }, inUrl, () => mark))
  const [first, second] = urls.map((filled) => (filled.ok ? filled.config['url'] : undefined))
  if (typeof first !== 'string' || typeof second !== 'string') {
    return refuse('request_invalid', 'The URL of the request is not text.')
  }
  if (first !== second && placeOf(first) !== placeOf(second)) return refuseSecretInHost()
  return checkTarget(first, allowPrivateNetwork)
}

/** Not `origin`, which is the same for every scheme that is not of the web. */
const placeOf = (text: string): string => {
  if (!URL.canParse(text)) return text
  const { protocol, host } = new URL(text)
  return `${protocol}//${host}`
}

const refuseSecretInHost = (): Refusal =>
  refuse(
    'secret_not_allowed',
    'A secret may not decide where the request goes. Write scheme, host and port out; it may follow in the path or the query.',
  )

const refuseSecret = (name: string, hosts: readonly string[], url: URL): Refusal =>
  refuse(
    'secret_not_allowed',
    `The ${name} may not go to ${url.host}, only to ${hosts.join(', ')}. Add the host on the secrets page if it should.`,
  )

/** Basic authentication sends the secret inside a base64 of its own; it may come back as that. */
function toHide(revealed: AllRevealed, config: HttpConfig | undefined): readonly Hidden[] {
  const hidden = [...revealed].map(([name, { hidden: value }]) => ({ name, value }))
  const first = hidden[0]
  if (first === undefined || config?.auth?.scheme !== 'basic') return hidden
  return [...hidden, { name: first.name, value: basicCredentials(config.auth) }]
}

async function send(
  fetch: Fetch,
  first: Outgoing,
  { redirects, expect }: HttpConfig,
  rules: RedirectRules,
  redact: Redactor,
  signal: AbortSignal,
): Promise<Answer | Refusal> {
  let next = first
  for (let hops = 0; ; hops++) {
    const { method, url, headers, body } = next
    const init: RequestInit = { method, headers: Object.fromEntries(headers), body, redirect: 'manual', signal }
    const sent = await overNetwork(url.host, () => fetch(url, init))
    if (!sent.ok) return sent
    const response = sent.value
    const location = response.headers.get('location')
    if (redirects === 0 || location === null || !isRedirect(response.status) || expect?.includes(response.status)) {
      const bytes = await overNetwork(url.host, () => readBytes(response, limits.httpResponseBytes))
      return bytes.ok ? answerOf(response, bytes.value, url.host, expect, redact) : bytes
    }
    await response.body?.cancel()
    if (hops === redirects)
      return refuse('redirect_refused', `${first.url.host} redirected more than ${redirects} times.`)
    const hop = nextHop(next, response.status, location, rules)
    if (!hop.ok) return hop
    next = hop.outgoing
  }
}

async function overNetwork<Value>(
  host: string,
  work: () => Promise<Value>,
): Promise<{ readonly ok: true; readonly value: Value } | Refusal> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return networkFailure(host, error)
  }
}

function answerOf(
  response: Response,
  bytes: Uint8Array | null,
  host: string,
  expect: HttpConfig['expect'],
  redact: Redactor,
): Answer {
  const contentType = response.headers.get('content-type') ?? ''
  return {
    ok: true,
    host,
    status: response.status,
    isExpected: expect?.includes(response.status) ?? response.ok,
    statusText: redact.text(response.statusText).slice(0, limits.nameLength),
    headers: headersOf(response, redact),
    body: bytes === null ? tooLarge : decodeBody(bytes, contentType, redact),
  }
}

function headersOf(response: Response, redact: Redactor): AnswerHeaders {
  const headers = [...response.headers].map(([name, value]) => [redact.lowerCase(name), redact.text(value)] as const)
  const cookies = response.headers.getSetCookie().map(redact.text)
  const single = Object.fromEntries(headers.filter(([name]) => name !== 'set-cookie'))
  return cookies.length === 0 ? single : { ...single, 'set-cookie': cookies }
}

/** A message may name a host that a redirect made of a secret, and hosts are in lower case. */
const scrubbed = (refusal: Refusal, redact: Redactor): Refusal => ({
  ...refusal,
  failure: { ...refusal.failure, message: redact.lowerCase(refusal.failure.message) },
})
