import type { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'

import { refuseOtherMethods } from '../../gate/other-methods.ts'
import { sessionCookie } from '../../schemas/session.ts'
import { authentication, type SignedIn } from './authentication.ts'
import { deliveryRoutes } from './deliveries.ts'
import { draftRoutes } from './drafts.ts'
import { executionRoutes } from './executions.ts'
import { healthRoutes } from './health.ts'
import { answerError, Refusal } from './problem.ts'
import { projectionRoutes } from './projections.ts'
import { publishingRoutes } from './publishing.ts'
import { requestBody } from './request-body.ts'
import { routes } from './route-parts.ts'
import { sampleRoutes } from './samples.ts'
import { secretRoutes } from './secrets.ts'
import type { Services } from './services.ts'
import { sessionRoutes } from './sessions.ts'
import { workflowRoutes } from './workflows.ts'

/** Everything under `/api`. Refused unless signed in, but for health and signing in. */
export function createApp(services: Services): OpenAPIHono<SignedIn> {
  const app = routes()
  app.onError(answerError)
  app.notFound((c) => answerError(new Refusal('not_found'), c))
  app.use(privateAnswers)
  app.use(authentication(services.adminToken, services.now))
  app.use(requestBody)

  app.route('/', healthRoutes())
  app.route('/', sessionRoutes(services))
  app.route('/', draftRoutes(services))
  app.route('/', publishingRoutes(services))
  app.route('/', workflowRoutes(services))
  app.route('/', executionRoutes(services))
  app.route('/', deliveryRoutes(services))
  app.route('/', secretRoutes(services))
  app.route('/', sampleRoutes(services))
  app.route('/', projectionRoutes(services))
  describe(app)
  refuseOtherMethods(app)
  return app
}

const privateAnswers: MiddlewareHandler = async (c, next) => {
  await next()
  c.header('cache-control', 'no-store')
  c.header('x-content-type-options', 'nosniff')
}

function describe(app: OpenAPIHono<SignedIn>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: sessionCookie.https,
    description: `Over plain http the cookie is \`${sessionCookie.http}\`. Writes also need an Origin and \`x-stepwell: 1\`.`,
  })
  app.get('/api/openapi.json', (c) =>
    c.json(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Stepwell builder',
          version: '1',
          description: 'Drafts, versions and monitoring. Errors are RFC 9457 problems with a stable `code`.',
        },
        servers: [{ url: new URL(c.req.url).origin }],
        security: [{ token: [] }, { session: [] }],
      }),
    ),
  )
}
