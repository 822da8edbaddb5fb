import { useMutation, useQueryClient } from '@tanstack/react-query'
import { GraphInvalid, type WorkflowDetail } from '../../../schemas/api/workflows.ts'
import type { GraphProblem } from '../../../schemas/graph.ts'
import { ProblemError } from '../../api/problem-error.ts'
import { publishDraft, workflowQuery } from '../../api/workflows.ts'
import { ErrorCard } from '../../parts/notices.tsx'

/** Publishes the draft, or says what stands in the way and how to mend it. */
export function PublishButton({
  workflow,
  onSelect,
}: {
  readonly workflow: WorkflowDetail
  readonly onSelect: (node: string) => void
}) {
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
      <PublishRefusal error={publishing.error} onSelect={onSelect} />
    </div>
  )
}

function PublishRefusal({ error, onSelect }: { readonly error: unknown; readonly onSelect: (node: string) => void }) {
  if (error === null) return null
  const invalid = error instanceof ProblemError ? GraphInvalid.safeParse(error.problem) : null
  if (invalid === null || !invalid.success) return <ErrorCard error={error} />
  return (
    <div className="error-card" role="alert">
      <h2>The draft cannot be published yet</h2>
      <ul className="problems">
        {invalid.data.problems.map((problem) => (
          <Problem
            key={`${problem.nodeId}${problem.field}${problem.code}${problem.message}`}
            problem={problem}
            onSelect={onSelect}
          />
        ))}
      </ul>
    </div>
  )
}

function Problem({ problem, onSelect }: { readonly problem: GraphProblem; readonly onSelect: (node: string) => void }) {
  const { nodeId, field, message, mend } = problem
  return (
    <li>
      <p>
        {nodeId === null ? null : (
          <button type="button" className="link-button" onClick={() => onSelect(nodeId)}>
            <code>{nodeId}</code>
          </button>
        )}{' '}
        {field === null ? null : <code>{field}</code>} {message}
      </p>
      <p className="faint-text">{mend}</p>
    </li>
  )
}
