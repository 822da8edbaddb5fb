import { useNavigate } from '@tanstack/react-router'
import { nodeOf } from '../../../runtime/engine/index.ts'
import { useExecution } from '../../canvas/execution-context.ts'
import { newestState } from '../../live/execution-store.ts'
import { startedOf } from '../../model/execution-log.ts'
import { stepLabel } from '../../model/graph-canvas.ts'

/** Why a failed execution failed, and the way to the step that did it. */
export function FailureCard() {
  const navigate = useNavigate({ from: '/executions/$executionId' })
  const started = useExecution((open) => startedOf(newestState(open)))
  const end = useExecution(({ log }) =>
    log.events.findLast((event) => event.type === 'ExecutionFailed' || event.type === 'ExecutionCancelled'),
  )
  if (started === null || end === undefined) return null
  if (end.type === 'ExecutionCancelled') return <p className="cancel-note">Cancelled: {end.reason}</p>
  if (end.type !== 'ExecutionFailed') return null
  const { failure, step } = end
  return (
    <div className="failure">
      <p className="failure-message">
        {step === undefined ? null : <strong>{stepLabel(step, started.graph)}: </strong>}
        {failure.message}
      </p>
      <p className="row">
        <code>{failure.code}</code>
        {step === undefined ? null : (
          <button
            type="button"
            className="link-button"
            onClick={() =>
              void navigate({ search: (previous) => ({ ...previous, step: nodeOf(step) }), replace: true })
            }
          >
            Show the step, its request and attempts
          </button>
        )}
      </p>
    </div>
  )
}
