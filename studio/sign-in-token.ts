/**
 * The token of a sign-in link, `#token=…`. A fragment is never sent to a server; taking it also clears it from the
 * address bar and the history, so that nobody can copy it from there.
 */
export function takeTokenFromFragment(
  location: Pick<Location, 'hash' | 'pathname' | 'search'>,
  history: Pick<History, 'replaceState'>,
): string | null {
  const token = new URLSearchParams(location.hash.replace(/^#/, '')).get('token')
  if (token === null || token === '') return null
  history.replaceState(null, '', location.pathname + location.search)
  return token
}

/** Where to go after signing in: a path of this origin, never an address that a link could smuggle in. */
export const safeNext = (next: string | undefined): string =>
  next !== undefined && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/'
