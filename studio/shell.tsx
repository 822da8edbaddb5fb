import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { Activity, KeyRound, Settings, Webhook, Workflow } from 'lucide-react'
import { useEffect } from 'react'
import { useReachability } from './api/reachability.ts'
import { Mark } from './parts/mark.tsx'
import { Ago } from './parts/time.tsx'

const places = [
  { to: '/', label: 'Workflows', icon: Workflow, below: '/workflows' },
  { to: '/executions', label: 'Executions', icon: Activity, below: '/executions' },
  { to: '/webhooks', label: 'Webhooks', icon: Webhook, below: '/webhooks' },
  { to: '/secrets', label: 'Secrets', icon: KeyRound, below: '/secrets' },
  { to: '/settings', label: 'Settings', icon: Settings, below: '/settings' },
] as const

/** The rail and the page beside it. */
export function Shell() {
  const path = useLocation({ select: (location) => location.pathname })
  return (
    <div className="shell">
      <a className="skip-link" href="#page">
        Skip to the page
      </a>
      <aside className="rail">
        <Link to="/" className="rail-brand" aria-label="Stepwell, all workflows">
          <Mark />
          <span>Stepwell</span>
        </Link>
        <nav aria-label="Main">
          {places.map(({ to, label, icon: Icon, below }) => (
            <Link
              key={to}
              to={to}
              className={`rail-link${path === to || path.startsWith(below) ? ' is-here' : ''}`}
              activeOptions={{ exact: true, includeSearch: false }}
            >
              <Icon size={17} strokeWidth={1.75} aria-hidden />
              <span>{label}</span>
            </Link>
          ))}
        </nav>
        <div className="rail-foot">
          <Stairs />
          <ConnectionDot />
        </div>
      </aside>
      <div className="page" id="page" tabIndex={-1}>
        <UnreachableBanner />
        <Outlet />
      </div>
    </div>
  )
}

/** Stairs down to the water. */
function Stairs() {
  return (
    <svg className="rail-stairs" viewBox="0 0 168 74" aria-hidden>
      <path d="M0 1h18v12h18v12h18v12h18v12h24V37h18V25h18V13h18V1h18" fill="none" strokeWidth="1.5" />
      <path
        className="rail-water"
        d="M64 57h40M70 64h28M77 71h14"
        fill="none"
        strokeWidth="1.5"
        strokeLinecap="round"
      />
    </svg>
  )
}

const words = { online: 'Connected', unreachable: 'Server does not answer', offline: 'Offline' } as const

function ConnectionDot() {
  const status = useReachability((state) => state.status)
  return (
    <p className={`connection connection-${status}`} role="status">
      <span className="connection-dot" aria-hidden />
      <span className="connection-words">{words[status]}</span>
    </p>
  )
}

/** What is on the page stays readable while the server is away; this says how old it is. */
function UnreachableBanner() {
  const { status, lastAnswerAt } = useReachability()
  const queryClient = useQueryClient()
  useEffect(() => {
    if (status !== 'unreachable') return
    const timer = window.setInterval(() => void queryClient.refetchQueries({ type: 'active' }), 4000)
    return () => window.clearInterval(timer)
  }, [status, queryClient])
  if (status === 'online') return null
  return (
    <div className="banner" role="alert">
      <strong>{status === 'offline' ? 'This computer is offline.' : 'The server does not answer.'}</strong>{' '}
      {lastAnswerAt === null ? (
        'The page fills as soon as it does.'
      ) : (
        <>
          You see what was known <Ago at={lastAnswerAt} />. Nothing is lost; the page goes on by itself.
        </>
      )}
    </div>
  )
}
