import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Sample, WorkflowItem } from '../../schemas/api/workflows.ts'
import { publishSample, samplesQuery, workflowsQuery } from '../api/workflows.ts'
import { readingOrder } from '../model/graph-frames.ts'
import { newestCopy } from '../model/sample-copy.ts'
import { KindIcon } from '../parts/kind-icon.tsx'
import { ErrorCard, LoadingRows } from '../parts/notices.tsx'

/** Five workflows that run without credentials, one click from being published. */
export function Samples({ workflows }: { readonly workflows: readonly WorkflowItem[] }) {
  const isFirst = workflows.length === 0
  const samples = useQuery(samplesQuery)
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const publishing = useMutation({
    mutationFn: publishSample,
    onSuccess: async (answer) => {
      await queryClient.invalidateQueries({ queryKey: workflowsQuery.queryKey })
      await navigate({ to: '/workflows/$workflowId', params: { workflowId: answer.workflowId } })
    },
  })
  return (
    <section className="samples" aria-labelledby="samples-title">
      <h2 id="samples-title">{isFirst ? 'Begin with a sample' : 'Samples'}</h2>
      <p className="page-sub">
        {isFirst
          ? 'Nothing is published yet. Each of these runs as it is, without an account anywhere: publish one and start it.'
          : 'Each runs as it is, without an account anywhere. Publishing one makes a workflow of your own.'}
      </p>
      {publishing.error === null ? null : <ErrorCard error={publishing.error} />}
      {samples.error !== null && samples.data === undefined ? (
        <ErrorCard error={samples.error} onRetry={() => void samples.refetch()} />
      ) : null}
      {samples.isPending ? <LoadingRows rows={3} label="Loading samples" /> : null}
      <ul className="sample-grid">
        {(samples.data ?? []).map((sample) => (
          <SampleCard
            key={sample.id}
            sample={sample}
            copyId={newestCopy(sample, workflows)?.id ?? null}
            isBusy={publishing.isPending}
            onPublish={() => publishing.mutate(sample.id)}
          />
        ))}
      </ul>
    </section>
  )
}

function SampleCard(props: {
  readonly sample: Sample
  /** The workflow that it was published as. */
  readonly copyId: string | null
  readonly isBusy: boolean
  readonly onPublish: () => void
}) {
  const { sample, copyId, isBusy, onPublish } = props
  return (
    <li className="sample">
      <div className="sample-head">
        <h3>{sample.title}</h3>
        <span className="sample-kinds" aria-hidden>
          {[...new Set(readingOrder(sample.graph).map((node) => node.kind))].map((kind) => (
            <KindIcon key={kind} kind={kind} size={14} />
          ))}
        </span>
      </div>
      <p>{sample.summary}</p>
      <div className="sample-foot">
        {copyId === null ? (
          <button type="button" className="button button-small" disabled={isBusy} onClick={onPublish}>
            Publish<span className="visually-hidden"> {sample.title}</span>
          </button>
        ) : (
          <>
            <Link to="/workflows/$workflowId" params={{ workflowId: copyId }} className="button button-small">
              Open<span className="visually-hidden"> {sample.title}</span>
            </Link>
            <button
              type="button"
              className="button button-small button-quiet"
              disabled={isBusy}
              onClick={onPublish}
              title="Makes a second workflow of the same name, with executions and hooks of its own"
            >
              Publish another copy<span className="visually-hidden"> of {sample.title}</span>
            </button>
          </>
        )}
      </div>
    </li>
  )
}
