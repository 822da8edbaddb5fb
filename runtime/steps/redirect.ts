import type { Outgoing } from './outgoing.ts'
import { redactor } from './redact.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { AllRevealed } from './reveal.ts'
import { mayGoTo } from './secret-hosts.ts'
import { checkTarget } from './target.ts'

export type RedirectRules = {
  readonly allowPrivateNetwork: boolean
  /** Origin of the URL that the node names. */
  readonly firstOrigin: string
  readonly revealed: AllRevealed
}

const redirects = new Set([301, 302, 303, 307, 308])
export const isRedirect = (status: number): boolean => redirects.has(status)

/**
 * The request that follows a redirect, checked like the first one. To another origin go no
 * credentials: neither headers that hold them, nor a body that does, nor a URL that repeats one.
 * Code: `redirect_refused`.
 */
export function nextHop(
  sent: Outgoing,
  status: number,
  location: string,
  rules: RedirectRules,
): { readonly ok: true; readonly outgoing: Outgoing } | Refusal {
  const target = checkTarget(location, rules.allowPrivateNetwork, sent.url)
  if (!target.ok) return refuseHop(sent, target.failure.message)
  const { url } = target
  if (sent.url.protocol === 'https:' && url.protocol === 'http:') {
    return refuseHop(sent, `It leads from https to http, to ${url.host}, where everybody on the way can read it.`)
  }
  const repeated = repeatedIn(location, url, rules)
  if (repeated !== null) return refuseHop(sent, `Its address repeats the ${repeated}, which may not go to ${url.host}.`)

  const next = { ...(becomesGet(sent.method, status) ? asGet(sent) : sent), url }
  if (url.origin === sent.url.origin) return { ok: true, outgoing: next }
  if (next.bodyHoldsSecret) return refuseHop(sent, `The body holds a secret, which may not follow to ${url.host}.`)
  return { ok: true, outgoing: { ...next, headers: without(next.headers, sent.confidential) } }
}

const refuseHop = (sent: Outgoing, reason: string): Refusal =>
  refuse('redirect_refused', `The redirect from ${sent.url.host} was not followed. ${reason}`)

function repeatedIn(location: string, url: URL, { firstOrigin, revealed }: RedirectRules): string | null {
  for (const [name, { hidden, hosts }] of revealed) {
    const isRepeated = redactor([{ name, value: hidden }]).text(location) !== location
    if (isRepeated && !mayGoTo(hosts, url, firstOrigin)) return name
  }
  return null
}

/** RFC 9110 section 15.4: after 303, and by old custom after a POST that met 301 or 302, the next request is a GET. */
function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== 'HEAD'
  return method === 'POST' && (status === 301 || status === 302)
}

const asGet = (sent: Outgoing): Outgoing => ({
  ...sent,
  method: 'GET',
  headers: without(sent.headers, new Set(['content-type'])),
  body: null,
  bodyHoldsSecret: false,
})

const without = (headers: Outgoing['headers'], names: ReadonlySet<string>): Outgoing['headers'] =>
  new Map([...headers].filter(([name]) => !names.has(name)))
