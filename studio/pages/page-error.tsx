import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { Empty, ErrorCard } from '../parts/notices.tsx'

/** A page that threw: what is known of it, and the way out. */
export function PageError({ error, reset }: ErrorComponentProps) {
  return (
    <main className="content">
      <ErrorCard error={error} onRetry={reset}>
        <a className="button button-small" href="/">
          All workflows
        </a>
      </ErrorCard>
    </main>
  )
}

export function NotFoundPage() {
  return (
    <main className="content">
      <Empty
        title="There is no such page"
        action={
          <Link to="/" className="button">
            All workflows
          </Link>
        }
      >
        The address may be mistyped, or what it named is gone.
      </Empty>
    </main>
  )
}
