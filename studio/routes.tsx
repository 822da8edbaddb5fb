import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { z } from 'zod'
import { isSignedIn } from './api/session.ts'
import { ExecutionFilters } from './model/execution-filters.ts'
import { ExecutionsPage } from './pages/executions-page.tsx'
import { NotFoundPage, PageError } from './pages/page-error.tsx'
import { SecretsPage } from './pages/secrets-page.tsx'
import { SettingsPage } from './pages/settings-page.tsx'
import { SignInPage } from './pages/sign-in-page.tsx'
import { WebhooksPage } from './pages/webhooks-page.tsx'
import { WorkflowsPage } from './pages/workflows-page.tsx'
import { sessionKey } from './query-client.ts'
import { Shell } from './shell.tsx'

type RouterContext = { readonly queryClient: QueryClient; readonly token: string | null }

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: NotFoundPage })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: z.object({ next: z.string().optional().catch(undefined) }),
  component: SignInPage,
})

/** Everything behind the sign-in. A server that cannot be reached lets the pages say so themselves. */
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const known = context.queryClient.getQueryData<boolean>(sessionKey)
    const signedIn = known ?? (await isSignedIn().catch(() => null))
    if (signedIn === false) throw redirect({ to: '/sign-in', search: { next: location.href } })
    if (signedIn === true) context.queryClient.setQueryData(sessionKey, true)
  },
})

const workflows = createRoute({ getParentRoute: () => app, path: '/', component: WorkflowsPage })

/** `node` is the selected one; `view` chooses between the published version and the draft. */
const workflow = createRoute({
  getParentRoute: () => app,
  path: '/workflows/$workflowId',
  validateSearch: z.object({
    node: z.coerce.string().optional().catch(undefined),
    view: z.enum(['published', 'draft']).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('./pages/workflow/workflow-page.tsx'), 'WorkflowPage'),
})

const executions = createRoute({
  getParentRoute: () => app,
  path: '/executions',
  validateSearch: ExecutionFilters,
  component: ExecutionsPage,
})

/** `at` is the position that is looked at (absent: the newest), `step` the selected step, `in` the iteration that is shown where the step is further out, `view` the open tab. */
const execution = createRoute({
  getParentRoute: () => app,
  path: '/executions/$executionId',
  validateSearch: z.object({
    at: z.int().min(1).optional().catch(undefined),
    step: z.coerce.string().optional().catch(undefined),
    in: z.coerce.string().optional().catch(undefined),
    view: z.enum(['timeline', 'events', 'data', 'why']).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('./pages/execution/execution-page.tsx'), 'ExecutionPage'),
})

const webhooks = createRoute({
  getParentRoute: () => app,
  path: '/webhooks',
  validateSearch: z.object({
    hook: z.coerce.string().optional().catch(undefined),
    delivery: z.coerce.string().optional().catch(undefined),
  }),
  component: WebhooksPage,
})

const secrets = createRoute({ getParentRoute: () => app, path: '/secrets', component: SecretsPage })
const settings = createRoute({ getParentRoute: () => app, path: '/settings', component: SettingsPage })

const routeTree = root.addChildren([
  signIn,
  app.addChildren([workflows, workflow, executions, execution, webhooks, secrets, settings]),
])

export const makeRouter = (queryClient: QueryClient, token: string | null) =>
  createRouter({
    routeTree,
    context: { queryClient, token },
    defaultErrorComponent: PageError,
    defaultPreload: 'intent',
    scrollRestoration: true,
  })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
