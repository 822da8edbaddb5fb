import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Play } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import type { Graph } from '../../../schemas/graph.ts'
import { samplesQuery, startExecution } from '../../api/workflows.ts'
import { executeCurl } from '../../model/hook-curl.ts'
import { readInput } from '../../model/read-input.ts'
import { suggestedInput } from '../../model/suggested-input.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { ErrorCard } from '../../parts/notices.tsx'

/** Starts an execution with an input and goes to watch it. */
export function StartCard({ workflowId, graph }: { readonly workflowId: string; readonly graph: Graph }) {
  const samples = useQuery(samplesQuery)
  const suggestion = JSON.stringify(suggestedInput(graph, samples.data ?? []), null, 2)
  const [typed, setTyped] = useState<string | null>(null)
  const navigate = useNavigate()
  const fieldId = useId()
  const start = useMutation({
    mutationFn: (input: unknown) => startExecution(workflowId, input),
    onSuccess: (answer) => navigate({ to: '/executions/$executionId', params: { executionId: answer.executionId } }),
  })
  const text = typed ?? suggestion
  const input = readInput(text)
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    if (input.ok) start.mutate(input.value)
  }
  return (
    <section className="panel" aria-labelledby={`${fieldId}-title`}>
      <h2 id={`${fieldId}-title`}>Start</h2>
      <form onSubmit={onSubmit}>
        <label className="field" htmlFor={fieldId}>
          <span>Input, as JSON</span>
        </label>
        <textarea
          id={fieldId}
          className="code-input"
          rows={Math.min(14, Math.max(4, text.split('\n').length))}
          spellCheck={false}
          value={text}
          aria-invalid={!input.ok}
          aria-describedby={`${fieldId}-note`}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.form?.requestSubmit()
          }}
        />
        <p id={`${fieldId}-note`} className={input.ok ? 'faint-text' : 'field-error'}>
          {input.ok ? 'The steps read it as trigger.body. Ctrl+Enter starts too.' : input.message}
        </p>
        <div className="row">
          <button type="submit" className="button button-primary" disabled={!input.ok || start.isPending}>
            <Play size={14} aria-hidden /> {start.isPending ? 'Starting…' : 'Start'}
          </button>
          <CopyButton
            label="Copy as curl"
            text={() => executeCurl(location.origin, workflowId, input.ok ? input.value : {})}
            what="a curl command that starts it"
          />
        </div>
      </form>
      {start.error === null ? null : <ErrorCard error={start.error} />}
    </section>
  )
}
