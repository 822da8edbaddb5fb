import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { cancelExecution } from '../../api/executions.ts'
import { useExecution } from '../../canvas/execution-context.ts'
import { newestState } from '../../live/execution-store.ts'
import { startedOf } from '../../model/execution-log.ts'
import { stepLabel } from '../../model/graph-canvas.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { ErrorCard } from '../../parts/notices.tsx'

/** Cancels after saying what that means for what is under way. */
export function CancelButton({ executionId }: { readonly executionId: string }) {
  const [isAsking, setAsking] = useState(false)
  const cancel = useMutation({ mutationFn: () => cancelExecution(executionId), onSuccess: () => setAsking(false) })
  const started = useExecution((open) => startedOf(newestState(open)))
  const active = started === null ? [] : [...started.active.keys()].map((step) => stepLabel(step, started.graph))
  return (
    <>
      <button type="button" className="button button-small" onClick={() => setAsking(true)}>
        Cancel
      </button>
      {isAsking ? (
        <Confirm
          title="Cancel this execution?"
          confirm="Cancel the execution"
          keep="Let it go on"
          isBusy={cancel.isPending}
          onConfirm={() => cancel.mutate()}
          onClose={() => setAsking(false)}
        >
          <p>
            {active.length === 0 ? 'No step is under way.' : `Under way: ${active.join(', ')}.`} No step waits for an
            answer any more, and no further step starts. A request that has left cannot be called back, and what was
            done is not undone.
          </p>
          <p>The execution stays in the list, with everything recorded so far.</p>
          {cancel.error === null ? null : <ErrorCard error={cancel.error} />}
        </Confirm>
      ) : null}
    </>
  )
}
