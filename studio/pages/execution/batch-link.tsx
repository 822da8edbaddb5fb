import { Link } from '@tanstack/react-router'
import { nodeOf, stepIn } from '../../../runtime/engine/index.ts'
import { iterationOf } from '../../../runtime/engine/step-key.ts'
import type { StepKey } from '../../../schemas/graph.ts'
import { useExecution } from '../../canvas/execution-context.ts'
import { shownPosition } from '../../live/execution-store.ts'

/** To an iteration that is a child execution: its steps are in the child's log. */
export function BatchLink({ container, index }: { readonly container: StepKey; readonly index: number }) {
  const log = useExecution((open) => open.log)
  const position = useExecution(shownPosition)
  const step = stepIn(iterationOf(container, index), nodeOf(container))
  const child = log.index.about(step, position).findLast(({ type }) => type === 'ChildStarted')
  if (child?.type !== 'ChildStarted') return null
  return (
    <Link to="/executions/$executionId" params={{ executionId: child.executionId }}>
      Its execution
    </Link>
  )
}
