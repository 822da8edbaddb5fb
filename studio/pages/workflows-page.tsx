import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { WorkflowItem } from '../../schemas/api/workflows.ts'
import { workflowsQuery } from '../api/workflows.ts'
import { kindTitle } from '../model/graph-canvas.ts'
import { executionLooks } from '../model/looks.ts'
import { KindIcon } from '../parts/kind-icon.tsx'
import { ErrorCard, LoadingRows } from '../parts/notices.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { StatusMark } from '../parts/status-mark.tsx'
import { Ago } from '../parts/time.tsx'
import { Samples } from './samples.tsx'

export function WorkflowsPage() {
  const workflows = useQuery(workflowsQuery)
  const items = workflows.data
  return (
    <main className="content">
      <PageHead title="Workflows">What runs here, and how it has been going.</PageHead>
      {items === undefined && workflows.error !== null ? (
        <ErrorCard error={workflows.error} onRetry={() => void workflows.refetch()} />
      ) : null}
      {items === undefined && workflows.error === null ? <LoadingRows label="Loading workflows" /> : null}
      {items !== undefined && items.length > 0 ? <WorkflowTable items={items} /> : null}
      {items === undefined ? null : <Samples workflows={items} />}
    </main>
  )
}

function WorkflowTable({ items }: { readonly items: readonly WorkflowItem[] }) {
  return (
    <div className="table-frame">
      <table className="table workflows">
        <thead>
          <tr>
            <th scope="col">Workflow</th>
            <th scope="col">Starts by</th>
            <th scope="col">Published</th>
            <th scope="col" className="number">
              Executions
            </th>
            <th scope="col">How it goes</th>
            <th scope="col">Last started</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <WorkflowRow key={item.id} item={item} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function WorkflowRow({ item }: { readonly item: WorkflowItem }) {
  const { total, running, failed, lastStartedAt } = item.executions
  return (
    <tr>
      <td className="cell-main">
        <Link to="/workflows/$workflowId" params={{ workflowId: item.id }} className="row-link">
          {item.name}
        </Link>
      </td>
      <td className="cell-kinds" data-label="Starts by">
        <span className="kind-list">
          {item.triggers.map((kind) => (
            <span key={kind} className="kind-chip">
              <KindIcon kind={kind} size={13} /> {kindTitle(kind)}
            </span>
          ))}
          {item.triggers.length === 0 ? <span className="faint-text">nothing yet</span> : null}
        </span>
      </td>
      <td className="cell-version" data-label="Published">
        {item.published === undefined ? (
          <span className="faint-text">draft only</span>
        ) : (
          <span className="tabular">v{item.published.version}</span>
        )}
        {item.published !== undefined && item.draftChanged ? <span className="note-chip">draft differs</span> : null}
      </td>
      <td className="number tabular" data-label="Executions">
        {total}
      </td>
      <td className="cell-health" data-label="How it goes">
        <span className="status-pair">
          {running > 0 ? <StatusMark look={{ ...executionLooks.running, label: `${running} running` }} /> : null}
          {failed > 0 ? <StatusMark look={{ ...executionLooks.failed, label: `${failed} failed` }} /> : null}
          {running === 0 && failed === 0 ? (
            <span className="faint-text">{total === 0 ? 'never started' : 'all well'}</span>
          ) : null}
        </span>
      </td>
      <td className="cell-started" data-label="Last started">
        {lastStartedAt === undefined ? <span className="faint-text">–</span> : <Ago at={lastStartedAt} />}
      </td>
    </tr>
  )
}
