/**
 * Whether a secret may be sent to `url`. With hosts, one of them must match; without, it may only go
 * to the origin that the node itself names (`firstOrigin`), never further by redirect.
 */
export function mayGoTo(hosts: readonly string[], url: URL, firstOrigin: string): boolean {
  if (hosts.length === 0) return url.origin === firstOrigin
  return hosts.some((host) => isHost(host, url))
}

/** `host` (any port), `host:port`, or `*.domain` for every host below the domain, but not the domain itself. */
function isHost(pattern: string, url: URL): boolean {
  const [, wildcard, host = '', port] = /^(\*\.)?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(pattern) ?? []
  if (port !== undefined && Number(port) !== portOf(url)) return false
  const expected = normal(host)
  if (expected === null) return false
  const actual = url.hostname.replace(/\.$/, '')
  return wildcard === undefined ? actual === expected : actual.endsWith(`.${expected}`)
}

const portOf = (url: URL): number => (url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port))

/** Spelled as `URL` spells it, so that `[::0:1]` and `[::1]` are the same host. */
function normal(host: string): string | null {
  return URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`).hostname.replace(/\.$/, '') : null
}
