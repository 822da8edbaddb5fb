import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'

import { sessionCookie, sessionWriteHeader } from '../../schemas/session.ts'
import { Refusal } from './problem.ts'
import { isSameText, verifySession } from './session.ts'

export type SignedIn = {
  Variables: {
    /** When the session ends (epoch ms); absent for a bearer token. */
    sessionExpiresAt?: number
  }
}

/** What anybody may ask. Everything else under /api is refused without credentials, existing or not. */
const isPublic = (method: string, path: string): boolean =>
  path === '/api/health' || (method === 'POST' && path === '/api/session')

export function authentication(adminToken: string | undefined, now: () => number): MiddlewareHandler<SignedIn> {
  return async (c, next) => {
    if (!isPublic(c.req.method, c.req.path)) {
      if (adminToken === undefined || adminToken === '') throw new Refusal('not_configured')
      const bearer = c.req.header('authorization')
      if (bearer === undefined) c.set('sessionExpiresAt', checkedSession(c, adminToken, now()))
      else if (!isBearer(bearer, adminToken)) throw unauthorized()
    }
    await next()
  }
}

export const unauthorized = (): Refusal =>
  new Refusal('unauthorized', {}, { 'www-authenticate': 'Bearer realm="stepwell"' })

export const isSecure = (c: Context): boolean => new URL(c.req.url).protocol === 'https:'
export const cookieName = (c: Context): string => (isSecure(c) ? sessionCookie.https : sessionCookie.http)

/** No other site can make a browser send this request with that `Origin`. */
export const isSameOrigin = (c: Context): boolean => c.req.header('origin') === new URL(c.req.url).origin

function isBearer(header: string, adminToken: string): boolean {
  const token = /^Bearer +(\S+) *$/i.exec(header)?.[1]
  return token !== undefined && isSameText(token, adminToken)
}

function checkedSession(c: Context, adminToken: string, now: number): number {
  const expiresAt = verifySession(adminToken, getCookie(c, cookieName(c)) ?? '', now)
  if (expiresAt === null) throw unauthorized()
  const isWrite = c.req.method !== 'GET' && c.req.method !== 'HEAD'
  const isFromHere = isSameOrigin(c) && c.req.header(sessionWriteHeader.name) === sessionWriteHeader.value
  if (isWrite && !isFromHere) throw new Refusal('csrf')
  return expiresAt
}
