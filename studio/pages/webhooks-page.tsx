import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type HookOfWorkflow, hooksQuery } from '../api/hooks.ts'
import { labelOf } from '../model/graph-canvas.ts'
import { Empty, ErrorCard, LoadingRows } from '../parts/notices.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Deliveries } from './deliveries.tsx'
import { HookCard } from './workflow/hook-card.tsx'

/** Every hook, and what reached it. */
export function WebhooksPage() {
  const hooks = useQuery(hooksQuery)
  const { hook: chosen, delivery } = useSearch({ from: '/app/webhooks' })
  const navigate = useNavigate({ from: '/webhooks' })
  const all = hooks.data ?? []
  const current =
    all.find((candidate) => candidate.hook.hookId === chosen) ?? (chosen === undefined ? all[0] : undefined)
  return (
    <main className="content content-wide">
      <PageHead title="Webhooks">Every request that reached a hook, refused ones included.</PageHead>
      {hooks.data === undefined && hooks.error !== null ? (
        <ErrorCard error={hooks.error} onRetry={() => void hooks.refetch()} />
      ) : null}
      {hooks.data === undefined && hooks.error === null ? <LoadingRows label="Loading webhooks" /> : null}
      {hooks.data?.length === 0 ? (
        <Empty
          title="No webhook yet"
          action={
            <Link to="/" className="button">
              Workflows and samples
            </Link>
          }
        >
          A published workflow with a webhook node has a URL of its own, and it appears here. One of the samples has
          one.
        </Empty>
      ) : null}
      {hooks.data !== undefined && hooks.data.length > 0 ? (
        <div className="webhooks">
          <HookList hooks={all} current={current} />
          {current === undefined ? (
            <Empty title="This hook is not known">It may belong to a workflow that no longer publishes it.</Empty>
          ) : (
            <div className="webhook-main">
              <HookCard
                key={current.hook.hookId}
                hook={current.hook}
                node={current.node}
                workflowName={current.workflowName}
                link={
                  <Link to="/workflows/$workflowId" params={{ workflowId: current.workflowId }}>
                    {current.workflowName}
                  </Link>
                }
              />
              <Deliveries
                key={`${current.hook.hookId}-deliveries`}
                hookId={current.hook.hookId}
                open={delivery ?? null}
                onOpen={(id) =>
                  void navigate({ search: (previous) => ({ ...previous, delivery: id ?? undefined }), replace: true })
                }
              />
            </div>
          )}
        </div>
      ) : null}
    </main>
  )
}

function HookList({
  hooks,
  current,
}: {
  readonly hooks: readonly HookOfWorkflow[]
  readonly current: HookOfWorkflow | undefined
}) {
  return (
    <nav className="hook-list" aria-label="Hooks">
      {hooks.map(({ hook, node, workflowName }) => (
        <Link
          key={hook.hookId}
          to="/webhooks"
          search={{ hook: hook.hookId }}
          className="hook-link"
          aria-current={hook.hookId === current?.hook.hookId ? 'page' : undefined}
        >
          <strong>{workflowName}</strong>
          <span className="faint-text">{labelOf(node)}</span>
        </Link>
      ))}
    </nav>
  )
}
