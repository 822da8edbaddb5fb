import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { WorkflowDetail } from '../../../schemas/api/workflows.ts'
import { recentExecutionsQuery } from '../../api/executions.ts'
import { workflowQuery } from '../../api/workflows.ts'
import { GraphCanvas } from '../../canvas/graph-canvas.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Empty, ErrorCard, LoadingRows } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Ago } from '../../parts/time.tsx'
import { ExecutionTable } from '../execution-table.tsx'
import { HookCard } from './hook-card.tsx'
import { NodeCard } from './node-card.tsx'
import { PublishButton } from './publish-button.tsx'
import { StartCard } from './start-card.tsx'
import { StepList } from './step-list.tsx'

export function WorkflowPage() {
  const { workflowId } = useParams({ from: '/app/workflows/$workflowId' })
  const workflow = useQuery(workflowQuery(workflowId))
  if (workflow.data === undefined) {
    return (
      <main className="content">
        {workflow.error === null ? (
          <LoadingRows label="Loading the workflow" />
        ) : (
          <ErrorCard error={workflow.error} onRetry={() => void workflow.refetch()} />
        )}
      </main>
    )
  }
  return <Opened workflow={workflow.data} />
}

function Opened({ workflow }: { readonly workflow: WorkflowDetail }) {
  const { view, node: selected } = useSearch({ from: '/app/workflows/$workflowId' })
  const navigate = useNavigate({ from: '/workflows/$workflowId' })
  const isDraft = workflow.active === undefined || view === 'draft'
  const graph = isDraft || workflow.active === undefined ? workflow.draft : workflow.active.graph
  const select = (node: string | null): void =>
    void navigate({ search: (previous) => ({ ...previous, node: node ?? undefined }), replace: true })
  const node = graph.nodes.find((candidate) => candidate.id === selected)
  return (
    <main className="content content-wide">
      <PageHead title={workflow.name} aside={<PublishButton workflow={workflow} onSelect={select} />}>
        {workflow.published === undefined ? (
          'A draft that was never published.'
        ) : (
          <>
            Version {workflow.published.version}, published <Ago at={workflow.published.publishedAt} />
          </>
        )}
        {' · '}
        <code>{workflow.id}</code> <CopyButton text={workflow.id} what="the workflow id" />
      </PageHead>
      {workflow.active !== undefined && workflow.draftChanged ? (
        <VersionSwitch
          isDraft={isDraft}
          version={workflow.active.version}
          onChange={(draft) => void navigate({ search: { view: draft ? 'draft' : undefined }, replace: true })}
        />
      ) : null}
      <div className={`canvas-frame${node === undefined ? '' : ' with-panel'}`}>
        <GraphCanvas
          key={isDraft ? 'draft' : 'published'}
          graph={graph}
          label={`Graph of ${graph.name}`}
          selected={node?.id ?? null}
          onSelect={select}
        />
        {node === undefined ? null : <NodeCard node={node} graph={graph} onClose={() => select(null)} />}
      </div>
      <StepList graph={graph} selected={node?.id ?? null} onSelect={select} />
      <div className="workflow">
        <div className="workflow-side">
          {workflow.active === undefined ? null : <Starts workflowId={workflow.id} active={workflow.active} />}
        </div>
        <Recent workflowId={workflow.id} isPublished={workflow.active !== undefined} />
      </div>
    </main>
  )
}

function VersionSwitch({
  isDraft,
  version,
  onChange,
}: {
  readonly isDraft: boolean
  readonly version: number
  readonly onChange: (draft: boolean) => void
}) {
  return (
    <fieldset className="segmented">
      <legend className="visually-hidden">Which graph</legend>
      <label>
        <input type="radio" name="view" checked={!isDraft} onChange={() => onChange(false)} />
        <span>Published v{version}</span>
      </label>
      <label>
        <input type="radio" name="view" checked={isDraft} onChange={() => onChange(true)} />
        <span>Draft</span>
      </label>
    </fieldset>
  )
}

/** Every way to start the published version. */
function Starts({
  workflowId,
  active,
}: {
  readonly workflowId: string
  readonly active: NonNullable<WorkflowDetail['active']>
}) {
  return (
    <>
      {active.graph.nodes.some((node) => node.kind === 'manual') ? (
        <StartCard workflowId={workflowId} graph={active.graph} />
      ) : null}
      {active.hooks.map((hook) => {
        const node = active.graph.nodes.find((candidate) => candidate.id === hook.nodeId)
        return node === undefined ? null : (
          <HookCard
            key={hook.hookId}
            hook={hook}
            node={node}
            workflowName={active.graph.name}
            link={
              <Link to="/webhooks" search={{ hook: hook.hookId }}>
                Deliveries
              </Link>
            }
          />
        )
      })}
    </>
  )
}

function Recent({ workflowId, isPublished }: { readonly workflowId: string; readonly isPublished: boolean }) {
  const recent = useQuery(recentExecutionsQuery(workflowId))
  return (
    <section className="recent" aria-labelledby="recent-title">
      <div className="section-head">
        <h2 id="recent-title">Latest executions</h2>
        <Link to="/executions" search={{ workflow: workflowId }}>
          All of them
        </Link>
      </div>
      {recent.data === undefined && recent.error !== null ? (
        <ErrorCard error={recent.error} onRetry={() => void recent.refetch()} />
      ) : null}
      {recent.data === undefined && recent.error === null ? <LoadingRows rows={3} label="Loading executions" /> : null}
      {recent.data?.length === 0 ? (
        <Empty title="Never started">
          {isPublished ? 'Start it above, or call its webhook: it appears here by itself.' : 'Publish it first.'}
        </Empty>
      ) : null}
      {recent.data !== undefined && recent.data.length > 0 ? (
        <ExecutionTable rows={recent.data} withWorkflow={false} />
      ) : null}
    </section>
  )
}
