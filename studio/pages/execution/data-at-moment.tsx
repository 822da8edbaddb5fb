import { useMemo } from 'react'
import { rootScope, stepIn } from '../../../runtime/engine/index.ts'
import type { Graph } from '../../../schemas/graph.ts'
import { useExecution } from '../../canvas/execution-context.ts'
import { shownPosition } from '../../live/execution-store.ts'
import { eventsUntil } from '../../model/execution-log.ts'
import { executionOutput, executionTrigger } from '../../model/execution-output.ts'
import { readingOrder } from '../../model/graph-canvas.ts'
import { stepMoment } from '../../model/step-moment.ts'
import { JsonView } from '../../parts/json-view.tsx'

/** Every value that exists at the moment: the trigger, the outputs so far, and the execution's own. */
export function DataAtMoment({ graph }: { readonly graph: Graph }) {
  const log = useExecution((open) => open.log)
  const position = useExecution(shownPosition)
  const events = useMemo(() => eventsUntil(log, position), [log, position])
  const trigger = executionTrigger(events)
  const output = executionOutput(events)
  const triggerNode = events[0]?.type === 'ExecutionStarted' ? events[0].triggerNode : null
  const steps = useMemo(
    () =>
      readingOrder(graph)
        .filter((node) => node.id !== triggerNode)
        .flatMap((node) => {
          const made = stepMoment(events, stepIn(rootScope, node.id)).output
          return made === null ? [] : [{ node, value: made.value }]
        }),
    [graph, events, triggerNode],
  )
  return (
    <div className="data">
      {output === null ? null : <JsonView name="Output of the execution" value={output.value} />}
      {trigger === null ? null : <JsonView name="trigger" value={trigger.value} open={1} />}
      {steps.map(({ node, value }) => (
        <JsonView key={node.id} name={`steps.${node.id}.output`} value={value} open={1} />
      ))}
      {steps.length === 0 ? <p className="faint-text">At this moment no step has an output yet.</p> : null}
    </div>
  )
}
