import { useState } from 'react'
import type { EventOf } from '../../../../schemas/execution-events.ts'
import type { Graph } from '../../../../schemas/graph.ts'
import { issuesByField } from '../../../api/problem-error.ts'
import { type FormTexts, formData, formFields } from '../../../model/form-fields.ts'
import { stepTitle } from '../../../model/graph-canvas.ts'
import { portConsequence } from '../../../model/port-consequence.ts'
import { Confirm } from '../../../parts/confirm.tsx'
import { ErrorCard } from '../../../parts/notices.tsx'
import { useCommand } from './commands.ts'
import { FormControls } from './form-controls.tsx'

type Decision = 'approved' | 'rejected'
type ApprovalProps = { readonly wait: EventOf<'WaitStarted'>; readonly graph: Graph }

/** A step that waits for a person: what it asks, and the two answers. */
export function Approval({ wait, graph }: ApprovalProps) {
  const [asked, setAsked] = useState<Decision | null>(null)
  const name = stepTitle(wait.step, graph)
  return (
    <>
      <div className="row">
        <button
          type="button"
          className="button button-small button-primary"
          aria-label={`Approve ${name}`}
          onClick={() => setAsked('approved')}
        >
          Approve
        </button>
        <button
          type="button"
          className="button button-small button-danger"
          aria-label={`Reject ${name}`}
          onClick={() => setAsked('rejected')}
        >
          Reject
        </button>
      </div>
      {asked === null ? null : (
        <DecisionDialog wait={wait} graph={graph} decision={asked} onClose={() => setAsked(null)} />
      )}
    </>
  )
}

type DecisionProps = ApprovalProps & { readonly decision: Decision; readonly onClose: () => void }

function DecisionDialog({ wait, graph, decision, onClose }: DecisionProps) {
  const decide = useCommand(onClose)
  const fields = formFields(wait.form)
  const [texts, setTexts] = useState<FormTexts>({})
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({})
  const isYes = decision === 'approved'
  const submit = (): void => {
    const read = formData(fields, texts)
    // Whoever says no owes no answers to what would have been asked for a yes.
    const isComplete = read.ok || !isYes
    setProblems(isComplete ? {} : read.problems)
    if (isComplete) {
      decide.mutate({ name: 'approve', body: { step: wait.step, decision, data: read.ok ? read.data : {} } })
    }
  }
  return (
    <Confirm
      title={`${isYes ? 'Approve' : 'Reject'} ${stepTitle(wait.step, graph)}?`}
      confirm={isYes ? 'Approve' : 'Reject'}
      keep="Decide later"
      tone={isYes ? 'primary' : 'danger'}
      isBusy={decide.isPending}
      onConfirm={submit}
      onClose={onClose}
    >
      {wait.message === undefined ? null : <blockquote className="asked">{wait.message}</blockquote>}
      <FormControls
        fields={fields}
        texts={texts}
        problems={{ ...issuesByField(decide.error), ...problems }}
        onChange={setTexts}
      />
      <p>{portConsequence(graph, wait.step, decision)} A decision is taken once and not taken back.</p>
      {decide.error === null ? null : <ErrorCard error={decide.error} />}
    </Confirm>
  )
}
