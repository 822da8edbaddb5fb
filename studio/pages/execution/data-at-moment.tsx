import { useMemo } from 'react'
import type { Graph } from '../../../schemas/graph.ts'
import { useExecution } from '../../canvas/execution-context.ts'
import { shownPosition } from '../../live/execution-store.ts'
import { executionOutput, executionTrigger } from '../../model/execution-output.ts'
import { readingOrder } from '../../model/graph-frames.ts'
import { shownStep } from '../../model/selection.ts'
import { stepMoment } from '../../model/step-moment.ts'
import { JsonView } from '../../parts/json-view.tsx'

/** Every value that exists at the moment: the trigger, the outputs so far, in containers those of the shown iteration, and the execution's own. */
export function DataAtMoment({ graph }: { readonly graph: Graph }) {
  const log = useExecution((open) => open.log)
  const position = useExecution(shownPosition)
  const iteration = useExecution((open) => open.iteration)
  const trigger = executionTrigger(log.events)
  const output = executionOutput(log, position)
  const triggerNode = log.events[0]?.type === 'ExecutionStarted' ? log.events[0].triggerNode : null
  const steps = useMemo(
    () =>
      readingOrder(graph)
        .filter((node) => node.id !== triggerNode)
        .flatMap((node) => {
          const step = shownStep(log, position, iteration, node.id, graph)
          const made = stepMoment(log, position, step).output
          return made === null ? [] : [{ step, value: made.value }]
        }),
    [graph, log, position, iteration, triggerNode],
  )
  return (
    <div className="data">
      {output === null ? null : <JsonView name="Output of the execution" value={output.value} />}
      {trigger === null ? null : <JsonView name="trigger" value={trigger.value} open={1} />}
      {steps.map(({ step, value }) => (
        <JsonView key={step} name={`steps.${step}.output`} value={value} open={1} />
      ))}
      {steps.length === 0 ? <p className="faint-text">At this moment no step has an output yet.</p> : null}
    </div>
  )
}
