import { deleteCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'

import { cookieName, isSameOrigin, isSecure } from '../../gate/credentials.ts'
import { isSameText, signSession } from '../../gate/session.ts'
import { limits } from '../../schemas/limits.ts'
import { EpochMs } from '../../schemas/time.ts'
import { unauthorized } from './authentication.ts'
import { documentedProblems, documentedPublicProblems, documentedWriteProblems } from './documented-problems.ts'
import { Refusal } from './problem.ts'
import { createRoute, json, jsonBody, routes } from './route-parts.ts'
import type { Services } from './services.ts'

const tags = ['Session']
const path = '/api/session'

const signIn = createRoute({
  method: 'post',
  path,
  tags,
  summary: 'Sign in with the admin token.',
  security: [],
  request: jsonBody(z.strictObject({ token: z.string().min(1).max(1000) })),
  responses: {
    204: { description: 'Signed in: the answer sets the session cookie.' },
    ...documentedPublicProblems(
      'invalid_request',
      'malformed_json',
      'unauthorized',
      'csrf',
      'too_large',
      'too_slow',
      'cut_off',
      'unsupported_media_type',
      'not_configured',
    ),
  },
})
const read = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'Whether the credentials hold.',
  responses: {
    200: json(
      z.object({ authenticated: z.literal(true), expiresAt: EpochMs.optional() }),
      'They do. `expiresAt` is when the session ends; a bearer token has none.',
    ),
    ...documentedProblems(),
  },
})
const signOut = createRoute({
  method: 'delete',
  path,
  tags,
  summary: 'Sign out of this browser.',
  responses: { 204: { description: 'The cookie is gone.' }, ...documentedWriteProblems() },
})

export function sessionRoutes({ adminToken, now }: Services) {
  return routes()
    .openapi(signIn, (c) => {
      if (adminToken === undefined || adminToken === '') throw new Refusal('not_configured')
      // A browser always says where a request comes from; a program need not.
      if (c.req.header('origin') !== undefined && !isSameOrigin(c)) throw new Refusal('csrf')
      if (!isSameText(c.req.valid('json').token, adminToken)) throw unauthorized()
      const expiresAt = now() + limits.sessionMs
      setCookie(c, cookieName(c), signSession(adminToken, expiresAt), {
        ...cookieAttributes(isSecure(c)),
        maxAge: limits.sessionMs / 1000,
      })
      return c.body(null, 204)
    })
    .openapi(read, (c) => {
      const expiresAt = c.get('sessionExpiresAt')
      return c.json({ authenticated: true as const, ...(expiresAt === undefined ? {} : { expiresAt }) }, 200)
    })
    .openapi(signOut, (c) => {
      deleteCookie(c, cookieName(c), cookieAttributes(isSecure(c)))
      return c.body(null, 204)
    })
}

const cookieAttributes = (secure: boolean) => ({ httpOnly: true, sameSite: 'Strict', path: '/', secure }) as const
