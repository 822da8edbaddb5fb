import { useExecution, useNavigation } from '../../canvas/execution-context.ts'
import { newestState } from '../../live/execution-store.ts'
import { eventAt, startedOf } from '../../model/execution-log.ts'
import { stepTitle } from '../../model/graph-canvas.ts'

/** Why a failed execution failed, and the way to the step that did it. */
export function FailureCard() {
  const { selectStep } = useNavigation()
  const started = useExecution((open) => startedOf(newestState(open)))
  const end = useExecution((open) => eventAt(open.log, startedOf(newestState(open))?.endAt ?? 0))
  if (started === null || end === undefined) return null
  if (end.type === 'ExecutionCancelled') return <p className="cancel-note">Cancelled: {end.reason}</p>
  if (end.type !== 'ExecutionFailed') return null
  const { failure, step } = end
  return (
    <div className="failure">
      <p className="failure-message">
        {step === undefined ? null : <strong>{stepTitle(step, started.graph)}: </strong>}
        {failure.message}
      </p>
      <p className="row">
        <code>{failure.code}</code>
        {step === undefined ? null : (
          <button type="button" className="link-button" onClick={() => selectStep(step)}>
            Show the step, its request and attempts
          </button>
        )}
      </p>
    </div>
  )
}
