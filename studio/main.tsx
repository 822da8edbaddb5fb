import './without-eval.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/buttons.css'
import './styles/fields.css'
import './styles/status.css'
import './styles/tables.css'
import './styles/notices.css'
import './styles/json.css'
import './styles/copying.css'
import './styles/sign-in.css'
import './styles/samples.css'
import './styles/workflow.css'
import './styles/executions.css'
import './styles/webhooks.css'
import './styles/secrets.css'

import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { makeQueryClient } from './query-client.ts'
import { makeRouter } from './routes.tsx'
import { takeTokenFromFragment } from './sign-in-token.ts'

// Before the router reads the address: the token must not stay in it, nor in the history.
const token = takeTokenFromFragment(window.location, window.history)

const queryClient = makeQueryClient(() => {
  const { pathname, href } = router.state.location
  if (pathname !== '/sign-in') void router.navigate({ to: '/sign-in', search: { next: href } })
})
const router = makeRouter(queryClient, token)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has an element with the id root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
