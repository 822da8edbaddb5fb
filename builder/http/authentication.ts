import type { MiddlewareHandler } from 'hono'

import { credentialsOf } from '../../gate/credentials.ts'
import { Refusal } from './problem.ts'

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
      const credentials = credentialsOf(c, adminToken, now())
      if (credentials.type === 'not_configured') throw new Refusal('not_configured')
      if (credentials.type === 'foreign') throw new Refusal('csrf')
      if (credentials.type === 'none') throw unauthorized()
      if (credentials.type === 'session') c.set('sessionExpiresAt', credentials.expiresAt)
    }
    await next()
  }
}

export const unauthorized = () => new Refusal('unauthorized', {}, { 'www-authenticate': 'Bearer realm="stepwell"' })
