import { OpenAPIHono } from '@hono/zod-openapi'

import { refuseOtherMethods } from '../../gate/other-methods.ts'
import { approvalRoutes } from './approvals.ts'
import { authentication } from './authentication.ts'
import { callbackRoutes } from './callbacks.ts'
import { deployRoutes } from './deploy.ts'
import { documentRoutes } from './document.ts'
import { eventRoutes } from './events.ts'
import { executeRoutes } from './execute.ts'
import { executionAnswerRoutes } from './execution-answers.ts'
import { executionControlRoutes } from './execution-controls.ts'
import { executionWhyRoutes } from './execution-why.ts'
import { executionRoutes } from './executions.ts'
import { answerError, Refusal } from './problem.ts'
import { webhookRoutes } from './webhooks.ts'

/** The path behind `/actions`, under which one origin serves the runtime beside the builder; a host of its own needs no prefix. */
function pathOf(request: Request): string {
  const { pathname } = new URL(request.url)
  return pathname.startsWith('/actions/') ? pathname.slice('/actions'.length) : pathname
}

export function createApp(): OpenAPIHono<{ Bindings: Env }> {
  const app = new OpenAPIHono<{ Bindings: Env }>({ getPath: pathOf })
  app.onError(answerError)
  app.notFound((c) => answerError(new Refusal('not_found'), c))

  app.use(async (c, next) => {
    await next()
    // An upgraded connection's headers are not ours to change.
    if (c.res.status === 101) return
    c.header('cache-control', 'no-store')
    c.header('x-content-type-options', 'nosniff')
  })
  app.get('/health', (c) => c.json({ status: 'ok' }))
  app.route('/', webhookRoutes())
  app.route('/', approvalRoutes())
  app.route('/', callbackRoutes())
  refuseOtherMethods(app)

  app.use(authentication)
  app.route('/', executeRoutes())
  app.route('/', executionRoutes())
  app.route('/', executionControlRoutes())
  app.route('/', executionAnswerRoutes())
  app.route('/', executionWhyRoutes())
  app.route('/', deployRoutes())
  app.route('/', eventRoutes())
  app.route('/', documentRoutes(app))
  refuseOtherMethods(app)
  return app
}
