import type { MiddlewareHandler } from 'hono'

import { credentialsOf } from '../../gate/credentials.ts'
import { Refusal } from './problem.ts'

/** Everything but the routes that are registered before this one needs a token or a session. */
export const authentication: MiddlewareHandler<{ Bindings: Env }> = async (c, next) => {
  const { type } = credentialsOf(c, c.env.ADMIN_TOKEN, Date.now())
  if (type === 'not_configured') throw new Refusal('not_configured')
  if (type === 'foreign') throw new Refusal('csrf')
  if (type === 'none') throw new Refusal('unauthorized', {}, { 'www-authenticate': 'Bearer realm="stepwell"' })
  await next()
}
