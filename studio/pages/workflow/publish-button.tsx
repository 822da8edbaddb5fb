import { useMutation, useQueryClient } from '@tanstack/react-query'
import { GraphInvalid, type WorkflowDetail } from '../../../schemas/api/workflows.ts'
import { ProblemError } from '../../api/problem-error.ts'
import { publishDraft, workflowQuery } from '../../api/workflows.ts'
import { ErrorCard } from '../../parts/notices.tsx'

/** Publishes the draft, or says what stands in the way and how to mend it. */
export function PublishButton({ workflow }: { readonly workflow: WorkflowDetail }) {
  const queryClient = useQueryClient()
  const publishing = useMutation({
    mutationFn: () => publishDraft(workflow.id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: workflowQuery(workflow.id).queryKey }),
  })
  const isCurrent = workflow.published !== undefined && !workflow.draftChanged
  if (isCurrent) return <span className="note-chip">No changes since v{workflow.published?.version}</span>
  return (
    <div className="publish">
      <button
        type="button"
        className="button button-primary"
        onClick={() => publishing.mutate()}
        disabled={publishing.isPending}
      >
        {publishing.isPending
          ? 'Publishing…'
          : workflow.published === undefined
            ? 'Publish'
            : `Publish as v${workflow.published.version + 1}`}
      </button>
      <PublishRefusal error={publishing.error} />
    </div>
  )
}

function PublishRefusal({ error }: { readonly error: unknown }) {
  if (error === null) return null
  const invalid = error instanceof ProblemError ? GraphInvalid.safeParse(error.problem) : null
  if (invalid === null || !invalid.success) return <ErrorCard error={error} />
  return (
    <div className="error-card" role="alert">
      <h2>The draft cannot be published yet</h2>
      <ul className="problems">
        {invalid.data.problems.map((problem) => (
          <li key={`${problem.nodeId}${problem.field}${problem.code}${problem.message}`}>
            <p>
              {problem.nodeId === null ? null : <code>{problem.nodeId}</code>}{' '}
              {problem.field === null ? null : <code>{problem.field}</code>} {problem.message}
            </p>
            <p className="faint-text">{problem.mend}</p>
          </li>
        ))}
      </ul>
    </div>
  )
}
