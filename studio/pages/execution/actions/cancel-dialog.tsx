import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { StepKey } from '../../../../schemas/graph.ts'
import { limits } from '../../../../schemas/limits.ts'
import { undoPlanQuery } from '../../../api/one-execution.ts'
import { batchSentence, undoable } from '../../../model/actions.ts'
import { stepTitle } from '../../../model/graph-canvas.ts'
import { counted } from '../../../model/words.ts'
import { Confirm } from '../../../parts/confirm.tsx'
import { JsonView } from '../../../parts/json-view.tsx'
import { ErrorCard, LoadingRows } from '../../../parts/notices.tsx'
import type { DialogProps } from './action-bar.tsx'
import { useCommand, useExecutionId } from './commands.ts'

/** Cancels after saying what that means for what is under way, and for what was done. */
export function CancelDialog({ started, onClose }: DialogProps) {
  const cancel = useCommand(onClose)
  const [reason, setReason] = useState('')
  const [undoes, setUndoes] = useState(false)
  const active = [...started.active.keys()].map((step) => stepTitle(step, started.graph))
  const done = undoable(started)
  return (
    <Confirm
      title="Cancel this execution?"
      confirm={undoes ? 'Cancel, and undo' : 'Cancel the execution'}
      keep="Let it go on"
      isBusy={cancel.isPending}
      onConfirm={() =>
        cancel.mutate({
          name: 'cancel',
          body: { reason: reason.trim() === '' ? 'Cancelled in the studio' : reason, compensate: undoes },
        })
      }
      onClose={onClose}
    >
      <p>
        {active.length === 0
          ? 'No step is under way.'
          : `Under way: ${active.slice(0, 5).join(', ')}${active.length > 5 ? ` and ${active.length - 5} more` : ''}.`}{' '}
        No step waits for an answer any more, and no further step starts. A request that has left cannot be called back
        {undoes ? '.' : ', and what was done is not undone.'}
      </p>
      {done.length === 0 ? null : (
        <label className="choice">
          <input type="checkbox" checked={undoes} onChange={(change) => setUndoes(change.target.checked)} />
          <span>Undo what was done: {counted(done.length, 'step')}, the newest first</span>
        </label>
      )}
      {undoes ? <UndoPlan graph={started.graph} /> : null}
      <label className="field">
        <span>Why</span>
        <input value={reason} maxLength={limits.nameLength} onChange={(change) => setReason(change.target.value)} />
      </label>
      <p>The execution stays in the list, with everything recorded so far.</p>
      {cancel.error === null ? null : <ErrorCard error={cancel.error} />}
    </Confirm>
  )
}

/** What would be undone, by what, and with which request: as the server says before it does. */
function UndoPlan({ graph }: { readonly graph: DialogProps['started']['graph'] }) {
  const plan = useQuery(undoPlanQuery(useExecutionId()))
  if (plan.error !== null) return <ErrorCard error={plan.error} onRetry={() => void plan.refetch()} />
  if (plan.data === undefined) return <LoadingRows rows={2} label="Asking what would be undone" />
  return (
    <ol className="undo-plan" aria-label="What would be undone, in this order">
      {plan.data.wouldUndo.map(({ step, undoes, request, child, failure }) => (
        <li key={undoes}>
          <strong>{stepTitle(StepKey.parse(step), graph)}</strong> undoes {stepTitle(StepKey.parse(undoes), graph)}
          {request === undefined ? null : <JsonView name="Request" value={request.config} />}
          {child === undefined ? null : <p>{batchSentence(child)}</p>}
          {failure === undefined ? null : <p className="field-error">It could not: {failure.message}</p>}
        </li>
      ))}
    </ol>
  )
}
