import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'

import { sessionCookie, sessionWriteHeader } from '../schemas/session.ts'
import { isSameText, verifySession } from './session.ts'

/** Who asks. `foreign`: signed in by cookie, but another site may have made the browser write. */
export type Credentials =
  | { readonly type: 'token' }
  | { readonly type: 'session'; readonly expiresAt: number }
  | { readonly type: 'foreign' | 'none' | 'not_configured' }

/** Judges a request by its bearer token or, when it has none, by its session cookie. Without an admin token everybody is refused. */
export function credentialsOf(c: Context, adminToken: string | undefined, now: number): Credentials {
  if (adminToken === undefined || adminToken === '') return { type: 'not_configured' }
  const bearer = c.req.header('authorization')
  if (bearer !== undefined) return { type: isBearer(bearer, adminToken) ? 'token' : 'none' }
  const expiresAt = verifySession(adminToken, getCookie(c, cookieName(c)) ?? '', now)
  if (expiresAt === null) return { type: 'none' }
  return isWrite(c) && !isFromHere(c) ? { type: 'foreign' } : { type: 'session', expiresAt }
}

export const isSecure = (c: Context): boolean => new URL(c.req.url).protocol === 'https:'
export const cookieName = (c: Context): string => (isSecure(c) ? sessionCookie.https : sessionCookie.http)

/** No other site can make a browser send this request with that `Origin`. */
export const isSameOrigin = (c: Context): boolean => c.req.header('origin') === new URL(c.req.url).origin

function isBearer(header: string, adminToken: string): boolean {
  const token = /^Bearer +(\S+) *$/i.exec(header)?.[1]
  return token !== undefined && isSameText(token, adminToken)
}

/** Opening a stream counts: browsers let any site open a WebSocket to any other, cookies included, and only `Origin` tells. */
const isWrite = (c: Context): boolean => (c.req.method !== 'GET' && c.req.method !== 'HEAD') || isUpgrade(c)

const isFromHere = (c: Context): boolean =>
  isSameOrigin(c) && (isUpgrade(c) || c.req.header(sessionWriteHeader.name) === sessionWriteHeader.value)

const isUpgrade = (c: Context): boolean => c.req.header('upgrade')?.toLowerCase() === 'websocket'
