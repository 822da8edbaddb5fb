import { limits } from '../../schemas/limits.ts'
import { privateAddress } from './address.ts'
import { type Refusal, refuse } from './refusal.ts'

export type Target = { readonly ok: true; readonly url: URL }

/**
 * Parses an address and says whether a request may go there. What was checked is what is sent: the
 * caller goes on with the `URL`, never with the text. Codes: `url_invalid`, `address_refused`.
 */
export function checkTarget(text: string, allowPrivateNetwork: boolean, base?: URL): Target | Refusal {
  const url = parseUrl(text, base)
  if (url === null) return refuse('url_invalid', 'The URL cannot be read. Write it like https://host/path.')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return refuse('url_invalid', `The URL begins with ${url.protocol} but only http: and https: are sent.`)
  }
  if (url.username !== '' || url.password !== '') {
    return refuse('url_invalid', 'The URL holds a user or password. Put them into the authentication of the step.')
  }
  if (url.href.length > limits.httpUrlLength) {
    return refuse('url_invalid', `The URL is longer than ${limits.httpUrlLength} characters.`)
  }
  const reason = allowPrivateNetwork ? null : privateAddress(url.hostname)
  if (reason !== null) {
    return refuse(
      'address_refused',
      `${url.host} is not on the public internet: ${reason}. The server can be started with ALLOW_PRIVATE_NETWORK=1.`,
    )
  }
  return { ok: true, url }
}

function parseUrl(text: string, base: URL | undefined): URL | null {
  return URL.canParse(text, base?.href) ? new URL(text, base) : null
}

/** Adds query parameters, encoded. A list repeats its name; null is left out. */
export function withQuery(url: URL, query: Readonly<Record<string, unknown>>): Target | Refusal {
  const result = new URL(url)
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item === null || item === undefined) continue
      if (typeof item === 'object') {
        return refuse(
          'request_invalid',
          `The query parameter ${name} holds an object. Give text, a number, true, false or a list of these.`,
        )
      }
      result.searchParams.append(name, String(item))
    }
  }
  if (result.href.length > limits.httpUrlLength) {
    return refuse('url_invalid', `The URL with its query is longer than ${limits.httpUrlLength} characters.`)
  }
  return { ok: true, url: result }
}
